import Glibc
import Synchronization
import TestSupport
import Testing

@testable import NNG

@Suite("descriptors", .timeLimit(.minutes(2)))
struct DescriptorTests {
    @Test(
        "the connections of a socket take no more than half of the descriptors",
        arguments: [(4_096, 1_024, 512), (4_096, 65_536, 4_096), (2, 1_024, 2), (4_096, 1, 1)])
    func connectionLimit(wanted: Int, descriptorLimit: Int, allowed: Int) {
        #expect(Descriptors.connectionLimit(wanted: wanted, descriptorLimit: descriptorLimit) == allowed)
    }

    @Test("a process takes all the descriptors that it is granted, and sees when too few are left for a connection")
    func limit() async {
        await #expect(processExitsWith: .success) {
            let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
            var limits = rlimit(rlim_cur: 100, rlim_max: 300)
            #expect(setrlimit(kind, &limits) == 0)
            #expect(Descriptors.currentLimit == 100)
            Descriptors.raiseLimit()
            #expect(Descriptors.currentLimit == 300)
            #expect(Descriptors.areLeftForConnection())
            var taken: [Int32] = []
            while case let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC), descriptor >= 0 {
                taken.append(descriptor)
            }
            #expect(!Descriptors.areLeftForConnection())
            close(taken.removeLast())
            #expect(!Descriptors.areLeftForConnection())
            close(taken.removeLast())
            #expect(Descriptors.areLeftForConnection())
            for descriptor in taken { close(descriptor) }
        }
    }

    @Test("a socket asks for the descriptors by itself")
    func socket() async {
        await #expect(processExitsWith: .success) {
            let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
            var limits = rlimit(rlim_cur: 100, rlim_max: 300)
            #expect(setrlimit(kind, &limits) == 0)
            let socket = try ReplySocket()
            #expect(Descriptors.currentLimit == 300)
            await socket.close()
        }
    }

    @Test("a listener that does not answer is not taken for dead while no descriptor is left")
    func watchdog() async throws {
        try await withFolder { folder in
            var watch = ListenerWatch()
            watch.probeInterval = .milliseconds(20)
            watch.probeTimeout = .milliseconds(20)
            watch.giveUp = { _ in }
            let areLeft = Atomic<Bool>(false)
            let missCount = Atomic<Int>(0)
            let replacementCount = Atomic<Int>(0)
            // Nobody listens there.
            let watchdog = ListenerWatchdog(
                watch, try Transport.ipc.endpoint(in: folder), arrivalCount: { 0 },
                replace: { replacementCount.add(1, ordering: .relaxed) },
                hasDescriptors: {
                    missCount.add(1, ordering: .relaxed)
                    return areLeft.load(ordering: .relaxed)
                })
            watchdog.start()
            try await eventually("many misses") { missCount.load(ordering: .relaxed) > 20 }
            #expect(replacementCount.load(ordering: .relaxed) == 0)
            areLeft.store(true, ordering: .relaxed)
            try await eventually("a replacement") { replacementCount.load(ordering: .relaxed) > 0 }
            watchdog.stop()
        }
    }
}
