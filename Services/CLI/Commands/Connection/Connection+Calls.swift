internal import RPC

extension Connection {
    /// One call for the person at the terminal, which waits out the restart of a suite service.
    ///
    /// - Parameters:
    ///   - roles: what the call needs where the person named no role.
    ///   - waitingSeconds: how long it is repeated while the suite service is away.
    func call<Reply>(
        as roles: [String], waitingSeconds: Int = 5, _ body: (SuiteClients, CallOptions) async throws -> Reply
    ) async throws -> Reply {
        try await use { clients in
            try await Waiting.show {
                try await Patience.call(for: person(roles), seconds: waitingSeconds) { options in
                    try await body(clients, options)
                }
            }
        }
    }
}
