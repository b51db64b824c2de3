import Dispatch
import Synchronization
import Testing

@testable import NNG

@Suite("Connections of probes that are closed")
struct ProbeClosingsTests {
    @Test("hang when one cannot be closed and none is freed, whoever it belongs to")
    func hanging() async throws {
        let freed = Mutex(0)
        let closings = ProbeClosings { freed.withLock { $0 } }
        #expect(!closings.hang(for: .zero), "nothing is to be closed")
        let stuck = DispatchSemaphore(value: 0)
        let (closed, end) = AsyncStream<Void>.makeStream()
        closings.close { stuck.wait() }
        closings.close { end.yield() }
        #expect(closings.count == 2)
        #expect(!closings.hang(for: .seconds(3_600)), "there is time left")
        try await Self.eventually { closings.hang(for: .milliseconds(1)) }
        freed.withLock { $0 += 1 }
        #expect(!closings.hang(for: .milliseconds(500)), "a flood is being freed before it")
        try await Self.eventually { closings.hang(for: .milliseconds(1)) }
        stuck.signal()
        for await _ in closed.prefix(1) {}
        try await Self.eventually { closings.count == 0 }
        #expect(!closings.hang(for: .zero), "nothing is to be closed any more")
    }

    private static func eventually(_ condition: () -> Bool) async throws {
        while !condition() { await Task.yield() }
    }
}
