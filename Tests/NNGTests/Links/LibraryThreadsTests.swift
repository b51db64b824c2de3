import Foundation
import Testing

@testable import NNG

@Suite("threads of NNG", .timeLimit(.minutes(1)))
struct LibraryThreadsTests {
    /// SCHED_OTHER and SCHED_BATCH of linux/sched.h.
    private static let normal: Int32 = 0
    private static let batch: Int32 = 3

    @Test("NNG's threads push nobody aside, and ours keep the normal policy")
    func policies() async throws {
        let server = try TestServer(Endpoint(parsing: "inproc://policies"), configuration: .unwatched)
        let client = try RequestSocket(dialing: server.listener.endpoint)
        _ = try await client.call(Message(copying: [1]), timeout: .seconds(10)).count

        let policies = try Self.policies()
        let ofNNG = policies.filter { $0.name.hasPrefix("nng:") }
        #expect(ofNNG.contains { $0.name.hasPrefix("nng:task") })
        #expect(ofNNG.allSatisfy { $0.policy == Self.batch })
        #expect(policies.contains { $0.policy == Self.normal })
        #expect(sched_getscheduler(0) == Self.normal)

        await client.close()
        await server.close()
    }

    @Test("so they do where NNG is asked for the time before anything else")
    func time() async {
        await #expect(processExitsWith: .success) {
            _ = MachineTime.now
            let ofNNG = try Self.policies().filter { $0.name.hasPrefix("nng:") }
            #expect(!ofNNG.isEmpty)
            #expect(ofNNG.allSatisfy { $0.policy == Self.batch })
        }
    }

    private static func policies() throws -> [(name: String, policy: Int32)] {
        // A thread that only starts may not have its name yet; those that answered have.
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").compactMap(Int32.init)
        return threads.compactMap { thread in
            // One that ends just now has no name any more, or no policy.
            let name = try? String(contentsOfFile: "/proc/self/task/\(thread)/comm", encoding: .utf8)
            let policy = sched_getscheduler(thread)
            guard let name, policy >= 0 else { return nil }
            return (name, policy)
        }
    }
}
