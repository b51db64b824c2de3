internal import CPostgres
internal import Foundation

/// Makes connections, on a queue of its own: looking up a name blocks, and SCRAM computes for milliseconds.
enum Connector {
    /// Calls of libpq that block.
    static let queue = DispatchQueue(label: "postgres-blocking", attributes: .concurrent)

    /// A connected `PGconn` on its way to its owner.
    ///
    /// `@unchecked Sendable`: it is handed over once, and only the receiver uses it.
    struct Handle: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    /// Milliseconds after which a thread that waits for a server looks whether its caller still does.
    private static let longestPoll: Int64 = 100

    /// - Parameter deadline: when the caller gives up; `connectTimeout` bounds it as well.
    /// - Returns: a connection in non-blocking mode, which the caller finishes.
    static func connect(
        _ configuration: PostgresConfiguration, deadline: ContinuousClock.Instant?
    ) async throws(PostgresError) -> Handle {
        let now = ContinuousClock.now
        let latest = now + configuration.connectTimeout
        let limit = min(deadline ?? latest, latest)
        let attempt = ConnectAttempt()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                attempt.wait(continuation)
                queue.async {
                    attempt.end(
                        Result { () throws(PostgresError) in
                            try connectBlocking(configuration, limit, attempt)
                        })
                }
                // For the look-up of a name, which does not end by itself.
                queue.asyncAfter(deadline: .now() + (limit - now) / .seconds(1)) { attempt.end(.failure(noAnswer)) }
            }
        } onCancel: {
            attempt.end(.failure(PostgresError(.acquireTimedOut, "the caller gave up")))
        }
        return try result.get()
    }

    private static let noAnswer = PostgresError(.connectionRefused, "the database did not answer in time")

    private static func connectBlocking(
        _ configuration: PostgresConfiguration, _ deadline: ContinuousClock.Instant, _ attempt: ConnectAttempt
    ) throws(PostgresError) -> Handle {
        guard attempt.isWanted else { throw noAnswer }
        guard let pointer = start(configuration.keywords) else {
            throw PostgresError(.connectionRefused, "no memory for a connection")
        }
        do {
            try finishConnecting(pointer, deadline, attempt)
        } catch {
            PQfinish(pointer)
            throw error
        }
        // Otherwise libpq writes notices to standard error.
        PQsetNoticeProcessor(pointer, { _, _ in }, nil)
        PQsetnonblocking(pointer, 1)
        return Handle(pointer: pointer)
    }

    private static func start(_ keywords: [(String, String)]) -> OpaquePointer? {
        // libpq copies the texts; the copies made here are freed on return.
        var names = keywords.map { UnsafePointer(strdup($0.0)) } + [nil]
        var values = keywords.map { UnsafePointer(strdup($0.1)) } + [nil]
        defer { for text in names + values { free(UnsafeMutablePointer(mutating: text)) } }
        return PQconnectStartParams(&names, &values, 0)
    }

    private static func finishConnecting(
        _ pointer: OpaquePointer, _ deadline: ContinuousClock.Instant, _ attempt: ConnectAttempt
    ) throws(PostgresError) {
        var status = PGRES_POLLING_WRITING
        while status != PGRES_POLLING_OK {
            guard status != PGRES_POLLING_FAILED, PQstatus(pointer) != CONNECTION_BAD else {
                throw refusal(pointer)
            }
            // Asked anew each time: the socket changes when libpq tries the next address.
            let events = Int16(status == PGRES_POLLING_READING ? POLLIN : POLLOUT)
            var waited = pollfd(fd: PQsocket(pointer), events: events, revents: 0)
            let remaining = (deadline - .now).wholeMilliseconds
            guard remaining > 0, attempt.isWanted else { throw noAnswer }
            if poll(&waited, 1, Int32(clamping: min(remaining, longestPoll))) > 0 { status = PQconnectPoll(pointer) }
        }
    }

    /// libpq 15 gives a refused connection no SQLSTATE, only words; they name host, user and database alone.
    private static func refusal(_ pointer: OpaquePointer) -> PostgresError {
        let words = String(cString: PQerrorMessage(pointer)).trimmingCharacters(in: .whitespacesAndNewlines)
        let isLasting =
            PQconnectionNeedsPassword(pointer) != 0
            || ["authentication failed", "does not exist", "no pg_hba.conf entry", "permission denied for database"]
                .contains { words.contains($0) }
        return PostgresError(isLasting ? .invalidUse : .connectionRefused, words)
    }
}
