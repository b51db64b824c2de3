internal import Contracts
internal import EventLog
internal import Postgres
internal import RPC
internal import ServiceLifecycle
internal import Synchronization
internal import TestSupport
internal import Testing

@testable internal import SegmentationService

@Suite("Who entered and exited is logged by whoever can, and nobody waits without bound for whoever stands still")
struct MembershipLoggingTests {
    private func bed() async throws -> TestBed {
        let bed = try await TestBed.make(traits: ["age": .integer])
        try await bed.addCustomers((1...20).map { TestCustomer(id: $0, traits: ["age": "40"]) })
        return bed
    }

    private func logged(_ bed: TestBed) async throws -> Int64 {
        try await bed.administrator.query("SELECT sum(last_offset)::bigint FROM segmentation.log_head")[0]
            .decode(Int64.self)
    }

    @Test("a freeze is logged and told of by the service itself, without anybody asking for the position")
    func byItself() async throws {
        let bed = try await bed()
        let told = Mutex(0)
        let wakeUps = bed.administrator.wakeUps(on: "zhike_log_segmentation")
        let listening = Task { for await _ in wakeUps { told.withLock { $0 += 1 } } }
        // The first comes with the connection.
        try await eventually("the test listens") { told.withLock { $0 } == 1 }
        let services = bed.services
        let running = Task {
            try await withThrowingTaskGroup { group in
                for service in services { group.addTask { try await service.run() } }
                try await group.waitForAll()
            }
        }
        _ = try await bed.freeze(try await bed.segment("age > 30").segmentID)
        try await eventually("the freeze is logged") { try await logged(bed) == 20 }
        try await eventually("those who follow are woken") { told.withLock { $0 } > 1 }
        running.cancel()
        listening.cancel()
    }

    @Test("while somebody holds the part, the position is refused in time and every connection stays free")
    func held() async throws {
        let bed = try await bed()
        _ = try await bed.freeze(try await bed.segment("age > 30").segmentID)
        let owner = bed.owner(poolSize: 2)
        let client = try bed.client(owner: owner)
        try await bed.administrator.transaction { holder in
            try await holder.execute("SELECT FROM segmentation.membership_task FOR UPDATE")
            // Nobody waits for the holder, whose part it remains.
            #expect(try await !TestBed.membershipLog(owner).step(deadline: .now + .seconds(20)))
            let codes = await withTaskGroup(of: RPCError.Code?.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        var options = TestBed.options()
                        options.timeout = .milliseconds(300)
                        do {
                            _ = try await client.getPosition(.init(), options: options)
                            return nil
                        } catch { return (error as? RPCError)?.code }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count == 6)
            #expect(codes.allSatisfy { $0 == .deadlineExceeded || $0 == .unavailable }, "\(codes)")
            let waiting = try await bed.administrator.query(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0
                """)
            #expect(try waiting[0].decode(Int64.self) == 0)
            let count = SegmentationV1.CountRequest(of: .rule(.init(form: .text("age > 30"))))
            #expect(try await client.count(count, options: TestBed.options()).count == 20)
        }
        _ = try await client.getPosition(.init(), options: TestBed.options())
        #expect(try await logged(bed) == 20)
        await owner.close()
    }

    @Test("the deadline of who waits ends also the statements of the part that is logged for it")
    func deadline() async throws {
        let bed = try await bed()
        _ = try await bed.freeze(try await bed.segment("age > 30").segmentID)
        let owner = bed.owner()
        try await bed.administrator.transaction { holder in
            // Another writer of the log stands still.
            try await holder.execute("SELECT FROM segmentation.log_head FOR UPDATE")
            let began = ContinuousClock.now
            let error = await #expect(throws: PostgresError.self) {
                try await TestBed.membershipLog(owner).catchUp(deadline: began + .milliseconds(300))
            }
            #expect(error?.isTimeout == true)
            #expect(ContinuousClock.now - began < .seconds(5))
        }
        await owner.close()
    }

    @Test("a replica that stands still between two statements loses its part to another")
    func stoodStill() async throws {
        let bed = try await bed()
        _ = try await bed.freeze(try await bed.segment("age > 30").segmentID)
        let stopped = bed.owner()
        let owner = bed.owner()
        let client = try bed.client(owner: owner)
        await #expect(throws: PostgresError.self) {
            var options = MembershipLog.options()
            options.maximumAttempts = 1
            try await stopped.transaction(options) { connection in
                #expect(try await MembershipStorage.takePart(in: connection) != nil)
                // Long after the bound, and long before the session's own.
                _ = try await client.getPosition(.init(), options: TestBed.options())
                _ = try await connection.query("SELECT 1")
            }
        }
        #expect(try await logged(bed) == 20)
        await owner.close()
        await stopped.close()
    }
}
