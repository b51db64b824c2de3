import Postgres
import TestSupport
import Testing

@Suite struct NotificationTests {
    @Test("listeners of several channels share a connection and hear their own")
    func channels() async throws {
        try await withPool { pool in
            var first = pool.wakeUps(on: "first").makeAsyncIterator()
            var second = pool.wakeUps(on: "second").makeAsyncIterator()
            #expect(await first.next() == "")
            #expect(await second.next() == "")
            try await pool.withConnection { connection in
                try await connection.notify("first", payload: "1")
                try await connection.notify("second", payload: "2")
            }
            #expect(await first.next() == "1")
            #expect(await second.next() == "2")
            let listeners = try await pool.query(
                "SELECT FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()")
            #expect(listeners.count == 1)
        }
    }

    @Test("a listener that is dropped ends the connection")
    func end() async throws {
        try await withPool { pool in
            do {
                var stream = pool.wakeUps(on: "bell").makeAsyncIterator()
                #expect(await stream.next() == "")
            }
            try await eventually {
                try await pool.query(
                    "SELECT FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
                ).isEmpty
            }
        }
    }

    @Test("who comes right after the last listener left is heard, and who comes later too", .timeLimit(.minutes(1)))
    func succession() async throws {
        try await withPool { pool in
            for round in 0..<20 {
                for _ in 0..<8 { _ = pool.wakeUps(on: "gone") }
                var first = pool.wakeUps(on: "first\(round)").makeAsyncIterator()
                #expect(await first.next() == "")
                var second = pool.wakeUps(on: "second\(round)").makeAsyncIterator()
                #expect(await second.next() == "")
            }
        }
    }

    @Test("closing the pool ends the streams")
    func close() async throws {
        try await withPool { pool in
            var stream = pool.wakeUps(on: "bell").makeAsyncIterator()
            #expect(await stream.next() == "")
            await pool.close()
            #expect(await stream.next() == nil)
            for await _ in pool.wakeUps(on: "bell") {}
        }
    }

    @Test("a connection hears what it says itself, without waiting for more", .timeLimit(.minutes(1)))
    func own() async throws {
        let connection = try await PostgresConnection.connect(try await TestPostgres.database())
        var words = try await connection.listen("own").makeAsyncIterator()
        for word in ["one", "two"] {
            try await connection.notify("own", payload: word)
            #expect(await words.next() == word)
        }
        await connection.close()
        #expect(await words.next() == nil)
    }

    @Test("the stream of a connection that is dropped ends", .timeLimit(.minutes(1)))
    func dropped() async throws {
        let configuration = try await TestPostgres.database()
        func listen() async throws -> AsyncStream<String> {
            try await PostgresConnection.connect(configuration).listen("dropped")
        }
        let stream = try await listen()
        for await word in stream { Issue.record("nobody said \(word)") }
    }
}
