import Foundation
import NNG
import Testing

@Suite("threads of NNG", .timeLimit(.minutes(1)))
struct LibraryThreadsTests {
    /// SCHED_OTHER and SCHED_BATCH of linux/sched.h.
    private let normal: Int32 = 0
    private let batch: Int32 = 3

    @Test("NNG's threads push nobody aside, and ours keep the normal policy")
    func policies() async throws {
        let server = try TestServer(Endpoint(parsing: "inproc://policies"), configuration: .unwatched)
        let client = try RequestSocket(dialing: server.listener.endpoint)
        _ = try await client.call(Message(copying: [1]), timeout: .seconds(10)).count

        // A thread that only starts may not have its name yet; those that answered have.
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").compactMap(Int32.init)
        let policies: [(name: String, policy: Int32)] = threads.compactMap { thread in
            // One that ends just now has no name any more, or no policy.
            let name = try? String(contentsOfFile: "/proc/self/task/\(thread)/comm", encoding: .utf8)
            let policy = sched_getscheduler(thread)
            guard let name, policy >= 0 else { return nil }
            return (name, policy)
        }
        let ofNNG = policies.filter { $0.name.hasPrefix("nng:") }
        #expect(ofNNG.contains { $0.name.hasPrefix("nng:task") })
        #expect(ofNNG.allSatisfy { $0.policy == batch })
        #expect(policies.contains { $0.policy == normal })
        #expect(sched_getscheduler(0) == normal)

        await client.close()
        await server.close()
    }
}
