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

    private static func ask(_ check: ReadinessCheck) async -> String? {
        await withTaskGroup(of: String?.self) { group in
            group.addTask { await check.reason() }
            group.addTask {
                try? await Task.sleep(for: bound)
                return "no answer within \(bound)"
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}
