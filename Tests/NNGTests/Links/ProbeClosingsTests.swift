import Dispatch
import Synchronization
import TestSupport
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
        closings.close { stuck.wait() }
        closings.close {}
        #expect(closings.count == 2)
        #expect(!closings.hang(for: .seconds(3_600)), "there is time left")
        let limit = Duration.milliseconds(500)
        try await eventually("a hang") { closings.hang(for: limit) }
        freed.withLock { $0 += 1 }
        #expect(!closings.hang(for: limit), "what a flood left is being freed before it")
        try await eventually("a hang again") { closings.hang(for: limit) }
        stuck.signal()
        try await eventually("all are closed") { closings.count == 0 }
        #expect(!closings.hang(for: .zero), "nothing is to be closed any more")
    }

    @Test("make the watchdog pause while too many wait, and give up when they hang")
    func watchdog() async throws {
        try await withFolder { folder in
            let looks = Atomic<Int>(0)
            // Asked whenever a probe is due.
            let closings = ProbeClosings { looks.add(1, ordering: .relaxed).newValue }
            let stuck = DispatchSemaphore(value: 0)
            for _ in 0..<ListenerWatchdog.mostClosings { closings.close { stuck.wait() } }
            let probes = Atomic<Int>(0)
            var watch = ListenerWatch()
            watch.probeInterval = .milliseconds(5)
            watch.probeTimeout = .milliseconds(5)
            watch.giveUp = { _ in }
            // Nobody listens there, so each probe is missed, and asks for descriptors.
            let watchdog = ListenerWatchdog(
                watch, try Transport.ipc.endpoint(in: folder), arrivalCount: { 0 }, replace: {},
                hasDescriptors: {
                    probes.add(1, ordering: .relaxed)
                    return false
                }, closings: closings)
            watchdog.start()
            try await eventually("many looks") { looks.load(ordering: .relaxed) > 20 }
            #expect(probes.load(ordering: .relaxed) == 0)
            for _ in 0..<ListenerWatchdog.mostClosings { stuck.signal() }
            try await eventually("probes") { probes.load(ordering: .relaxed) > 0 }
            watchdog.stop()

            let hanging = ProbeClosings { 0 }
            hanging.close { stuck.wait() }
            let reasons = Mutex<[String]>([])
            watch.closingLimit = .milliseconds(20)
            watch.giveUp = { error in reasons.withLock { $0.append("\(error)") } }
            let other = ListenerWatchdog(
                watch, try Transport.ipc.endpoint(in: folder), arrivalCount: { 0 }, replace: {},
                hasDescriptors: { false }, closings: hanging)
            other.start()
            try await eventually("it gives up") { reasons.withLock { $0.count } > 0 }
            #expect(reasons.withLock { $0 }.count == 1)
            #expect(reasons.withLock { $0 }[0].contains("closes no connection"))
            stuck.signal()
        }
    }
}
