import ServiceKit
import Synchronization
import TestSupport
import Testing

@Suite("work step by step") struct StepLoopTests {
    @Test("What was left before the start is looked at without a wake, step after step until nothing is due")
    func beginsUnwokenAndGoesOnWhileSomethingIsDue() async throws {
        let (done, note) = AsyncStream.makeStream(of: Int.self)
        let left = Mutex(3)
        let loop = StepLoop(every: .seconds(3600))
        let running = Task {
            await loop.run {
                let rest = left.withLock { left in
                    left -= 1
                    return left
                }
                note.yield(rest)
                return rest > 0
            } onFailure: { _ in
            }
        }
        var seen: [Int] = []
        for await rest in done {
            seen.append(rest)
            if rest == 0 { break }
        }
        #expect(seen == [2, 1, 0])

        left.withLock { $0 = 1 }
        loop.wake()
        for await rest in done {
            #expect(rest == 0)
            break
        }
        running.cancel()
        await running.value
    }

    @Test("A step that fails is told of, and the next look tries again")
    func goesOnAfterAFailure() async throws {
        struct Trouble: Error {}
        let (events, note) = AsyncStream.makeStream(of: String.self)
        let steps = Mutex(0)
        let loop = StepLoop(every: .seconds(3600))
        let running = Task {
            await loop.run {
                let step = steps.withLock { steps in
                    steps += 1
                    return steps
                }
                if step == 1 { throw Trouble() }
                note.yield("done")
                return false
            } onFailure: { error in
                note.yield(error is Trouble ? "trouble" : "something else")
            }
        }
        var seen = events.makeAsyncIterator()
        #expect(await seen.next() == "trouble")
        loop.wake()
        #expect(await seen.next() == "done")
        running.cancel()
        await running.value
    }

    @Test("Unwoken it looks now and then: another replica may have left something")
    func looksNowAndThen() async throws {
        let (looks, note) = AsyncStream.makeStream(of: Void.self)
        let loop = StepLoop(every: .milliseconds(1))
        let running = Task {
            await loop.run {
                note.yield()
                return false
            } onFailure: { _ in
            }
        }
        var seen = looks.makeAsyncIterator()
        for _ in 1...3 { #expect(await seen.next() != nil) }
        running.cancel()
        await running.value
    }
}
