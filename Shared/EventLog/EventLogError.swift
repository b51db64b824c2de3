/// What went wrong with a log. The description holds names and numbers, no customer's data.
public struct EventLogError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable {
        private enum Kind { case fenced, gap, notAppliedInTime }
        private let kind: Kind

        /// Another consumer has taken over a partition; nothing of the batch was applied.
        public static let fenced = Self(kind: .fenced)
        /// An offset is missing: the log was tampered with, or an archived part is being read.
        public static let gap = Self(kind: .gap)
        /// A reader's own change was not applied before its deadline.
        public static let notAppliedInTime = Self(kind: .notAppliedInTime)
    }

    public var code: Code
    public var description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

/// Thrown by a handler that cannot work at the moment: the batch is offered again later and no attempt is counted.
public struct LogRetryLater: Error, Sendable {
    public var pause: Duration

    public init(after pause: Duration = .seconds(1)) {
        self.pause = pause
    }
}

/// Thrown by a handler that refuses an entry for a reason that may be kept: no customer's data in it. Of any other
/// error the name of its type alone is kept.
public struct LogEntryRefused: Error, Sendable {
    public var reason: String

    public init(_ reason: String) {
        self.reason = reason
    }
}
