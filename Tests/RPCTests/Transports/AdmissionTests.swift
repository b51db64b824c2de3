import Testing

@testable import RPC

@Suite("Draining")
struct AdmissionTests {
    @Test("who waits again, after having given up once, waits until the last call has ended")
    func secondWait() async throws {
        let admission = Admission(limit: 2)
        #expect(admission.enter() == .admitted)
        admission.beginDraining()
        let first = Task { for await _ in admission.emptied() {} }
        first.cancel()
        await first.value
        let isOver = Notes<Bool>()
        let second = Task {
            for await _ in admission.emptied() {}
            isOver.add(true)
        }
        // A third waits too; nobody is told before the call has ended.
        let third = Task { for await _ in admission.emptied() {} }
        // Long enough for whoever was told too early to say so.
        for _ in 0..<10_000 { await Task.yield() }
        #expect(isOver.all.isEmpty)
        admission.leave()
        await second.value
        await third.value
        #expect(isOver.all == [true])
        for await _ in admission.emptied() {}
    }
}
