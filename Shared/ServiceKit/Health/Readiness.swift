internal import Synchronization

/// What must be well before this process takes work, such as "database" or "profile log".
public struct ReadinessCheck: Sendable {
    public let name: String
    /// Nil when all is well; otherwise a short reason without personal data.
    public let reason: @Sendable () async -> String?

    public init(_ name: String, reason: @escaping @Sendable () async -> String?) {
        self.name = name
        self.reason = reason
    }
}

/// Everything that has to be well, asked anew each time, each within a bound.
public final class Readiness: Sendable {
    private static let bound = Duration.seconds(2)

    private let checks = Mutex<[ReadinessCheck]>([])

    public init() {}

    public func add(_ check: ReadinessCheck) {
        checks.withLock { $0.append(check) }
    }

    /// The reasons against, by the name of the check; empty when ready.
    public func reasons() async -> [String: String] {
        let current = checks.withLock { $0 }
        return await withTaskGroup(of: (String, String?).self) { group in
            for check in current {
                group.addTask { (check.name, await Self.ask(check)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// Tasks of their own, because a group would wait for the slower one: a check may take its time over giving up.
    private static func ask(_ check: ReadinessCheck) async -> String? {
        let (answers, answer) = AsyncStream.makeStream(of: String?.self, bufferingPolicy: .bufferingOldest(1))
        let asking = Task { _ = answer.yield(await check.reason()) }
        let waiting = Task {
            try? await Task.sleep(for: bound)
            answer.yield("no answer within \(bound)")
        }
        defer {
            asking.cancel()
            waiting.cancel()
        }
        for await first in answers { return first }
        return "nobody waited for the answer"
    }
}
