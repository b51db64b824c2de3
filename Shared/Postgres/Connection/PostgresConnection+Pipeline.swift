internal import CPostgres

extension PostgresConnection {
    var hasPreamble: Bool { transaction?.isPending ?? !preamble.isEmpty }

    private func takePreamble() -> [String] {
        guard let transaction else {
            defer { preamble.removeAll() }
            return preamble
        }
        guard transaction.isPending else { return [] }
        self.transaction?.isPending = false
        // Whatever runs before BEGIN without a round trip between takes its snapshot away from it, so what is left over
        // waits for a statement outside.
        guard transaction.takesPreamble else { return transaction.opening }
        defer { preamble.removeAll() }
        return preamble + transaction.opening
    }

    /// Sends what waits for a next statement now, for an exchange that cannot be part of a pipeline.
    func sendPreamble() async throws(PostgresError) {
        if hasPreamble { _ = try await runPipelined([]) }
    }

    /// What one answer of a pipeline stands for.
    private enum Expected {
        case aside
        case parsed(index: Int, name: String)
        case result(index: Int)
    }

    /// Sends the preamble and the batch in one go and collects the answers. On a failure the server skips the rest; the
    /// first error is thrown once the connection is in order again.
    func runPipelined(_ batch: [SQL]) async throws(PostgresError) -> [PostgresResult] {
        // Before anything leaves, so that a refusal leaves the connection as it was.
        if let statementRule {
            for sql in batch where statements.name(of: sql) == nil { try statementRule(sql.text) }
        }
        guard PQenterPipelineMode(channel.pointer) == 1 else { throw channel.lose() }
        var expected: [Expected] = []
        for text in takePreamble() {
            try send(unprepared: SQL(unsafeSQL: text))
            expected.append(.aside)
        }
        // A statement that occurs twice in a batch is parsed once.
        var parsedNames: [String: (name: String, types: [PostgresType])] = [:]
        for (index, sql) in batch.enumerated() {
            if !sql.isPrepared {
                try send(unprepared: sql)
            } else if let name = statements.name(of: sql) {
                try send(prepared: name, sql.parameters)
            } else if let known = parsedNames[sql.template], sql.parameters.hasTypes(known.types) {
                try send(prepared: known.name, sql.parameters)
            } else {
                let name = statements.makeName()
                parsedNames[sql.template] = (name, sql.parameters.types)
                try send(parse: sql, name: name)
                expected.append(.parsed(index: index, name: name))
                try send(prepared: name, sql.parameters)
            }
            expected.append(.result(index: index))
        }
        guard PQpipelineSync(channel.pointer) == 1 else { throw channel.lose() }
        try await channel.flush()
        return try await collect(expected, of: batch)
    }

    private func collect(_ expected: [Expected], of batch: [SQL]) async throws(PostgresError) -> [PostgresResult] {
        var results: [PostgresResult] = []
        results.reserveCapacity(batch.count)
        var forgotten: [String] = []
        var failed: PostgresError?
        for expectation in expected {
            guard let answer = try await nextAnswer() else { throw channel.lose() }
            if failed == nil {
                do throws(PostgresError) {
                    try check(answer)
                    switch expectation {
                    case .aside: break
                    case .parsed(let index, let name): forgotten += statements.insert(batch[index], name: name)
                    case .result: results.append(answer)
                    }
                } catch {
                    failed = error
                    if case .result(let index) = expectation, error.isStaleStatement {
                        statements.remove(batch[index])
                    }
                }
            }
            guard channel.isOpen else { break }
            // A nil ends the answers of each statement.
            while try await nextAnswer() != nil {}
        }
        if !channel.isOpen { throw failed ?? channel.loss() }
        guard let end = try await nextAnswer(), end.status == PGRES_PIPELINE_SYNC,
            PQexitPipelineMode(channel.pointer) == 1
        else { throw channel.lose() }
        if let failed { throw failed }
        // What the cache dropped goes with the next statement; within a transaction that may fail and be undone, a
        // forgotten name only stays in the server's memory.
        preamble += forgotten.map { "DEALLOCATE \($0)" }
        return results
    }
}
