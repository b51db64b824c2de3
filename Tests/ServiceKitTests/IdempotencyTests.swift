import Contracts
import Foundation
import Logging
import Postgres
import RPC
import TestSupport
import Testing

@testable import ServiceKit

@Suite("repeated calls")
struct IdempotencyTests {
    private let idempotency = Idempotency(schema: "profile")

    /// Adds to a total and answers with it, as a handler would.
    private func add(
        _ amount: Int64, _ context: CallContext, _ database: KitDatabase, pool: PostgresPool? = nil,
        options: TransactionOptions = .init(), failing: Bool = false
    ) async throws -> Int64 {
        let request = TestingV1.AddRequest(amount: amount)
        let reply: TestingV1.AddResponse = try await idempotency.run(
            context, request, pool: pool ?? database.owner, options: options
        ) { connection in
            let rows = try await connection.query("UPDATE profile.total SET value = value + \(amount) RETURNING value")
            if failing { throw RPCError(.failedPrecondition, "Not now.") }
            return TestingV1.AddResponse(total: try rows[0].decode(0, as: Int64.self))
        }
        return reply.total
    }

    private func database() async throws -> KitDatabase {
        let database = try await KitDatabase()
        try await database.owner.execute("CREATE TABLE profile.total AS SELECT 0::bigint AS value")
        try await database.owner.execute("GRANT SELECT, UPDATE ON profile.total TO zhike_profile_request")
        return database
    }

    @Test("a repetition gets the stored reply and changes nothing; without a key every call counts")
    func repetition() async throws {
        let database = try await database()
        let context = KitDatabase.context(key: "k1")
        #expect(try await add(5, context, database) == 5)
        #expect(try await add(5, KitDatabase.context(key: nil), database) == 10)
        #expect(try await add(5, context, database) == 5)
        #expect(try await add(5, KitDatabase.context(key: nil), database) == 15)
    }

    @Test("twenty at once are one execution with equal replies")
    func together() async throws {
        let database = try await database()
        for round in 0..<5 {
            let replies = try await withThrowingTaskGroup(of: Int64.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await add(1, KitDatabase.context(key: "round \(round)"), database) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(replies == Array(repeating: Int64(round + 1), count: 20))
        }
        #expect(try await database.count("SELECT value FROM profile.total") == 5)
    }

    @Test("the same key with another request or another method is refused by the field's name")
    func otherRequest() async throws {
        let database = try await database()
        _ = try await add(5, KitDatabase.context(key: "k"), database)
        for context in [KitDatabase.context(key: "k"), KitDatabase.context(key: "k", method: "subtract")] {
            let error = await #expect(throws: RPCError.self) {
                try await add(context.method == "add" ? 6 : 5, context, database)
            }
            #expect(error?.code == .invalidArgument && error?.field == "idempotency_key")
        }
        #expect(try await database.count("SELECT value FROM profile.total") == 5)
    }

    @Test("a key belongs to the calling service and the person")
    func owners() async throws {
        let database = try await database()
        #expect(try await add(1, KitDatabase.context(key: "k", user: "li"), database) == 1)
        #expect(try await add(1, KitDatabase.context(key: "k", user: "wang"), database) == 2)
        #expect(try await add(1, KitDatabase.context(key: "k", user: nil), database) == 3)
        #expect(try await add(1, KitDatabase.context(key: "k", user: nil, caller: "campaign"), database) == 4)
    }

    @Test("a failed call leaves nothing behind, so that its repetition executes")
    func failure() async throws {
        let database = try await database()
        let context = KitDatabase.context(key: "k")
        await #expect(throws: RPCError.self) { try await add(5, context, database, failing: true) }
        #expect(try await database.count("SELECT count(*) FROM profile.idempotency") == 0)
        #expect(try await add(5, context, database) == 5)
    }

    @Test("while the first of many fail, exactly one of the others executes")
    func failureAmongMany() async throws {
        let database = try await database()
        let replies = await withTaskGroup(of: Int64?.self) { group in
            for number in 0..<20 {
                group.addTask { try? await add(1, KitDatabase.context(key: "k"), database, failing: number < 3) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(replies.compactMap(\.self)) == [1])
        #expect(try await database.count("SELECT value FROM profile.total") == 1)
    }

    @Test("a person's role stores within a scope, and sees no stored reply without one")
    func scope() async throws {
        let database = try await database()
        let options = TransactionOptions(officePath: "/head/")
        let context = KitDatabase.context(key: "k")
        #expect(try await add(5, context, database, pool: database.request, options: options) == 5)
        #expect(try await add(5, context, database, pool: database.request, options: options) == 5)
        #expect(try await database.count("SELECT count(*) FROM profile.idempotency", database.request) == 0)
        #expect(try await database.count("SELECT count(*) FROM profile.idempotency") == 1)
    }

    @Test("keys that are too long or empty are refused", arguments: ["", String(repeating: "k", count: 201)])
    func badKeys(_ key: String) async throws {
        let database = try await database()
        await #expect(throws: RPCError.self) { try await add(1, KitDatabase.context(key: key), database) }
    }

    @Test("stored replies go after seven days and not before")
    func retention() async throws {
        let database = try await database()
        _ = try await add(5, KitDatabase.context(key: "k"), database)
        let week = Date().addingTimeInterval(7 * 24 * 3600)
        for (later, gone) in [(-60.0, 0), (60, 1)] {
            let sweeper = IdempotencySweeper(
                schema: "profile", pool: database.owner, logger: Logger(label: "test")
            ) { week.addingTimeInterval(later) }
            #expect(try await sweeper.sweep() == gone)
        }
    }
}
