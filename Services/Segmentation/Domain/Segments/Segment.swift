public import Foundation

/// A named group of customers, given by a rule. Every change makes a new version; the old ones stay.
public struct Segment: Sendable, Hashable {
    public var id: Int64
    /// From 1.
    public var version: Int64
    public var content: SegmentContent
    /// The office that owns it. Its members are customers of this office and of those below it.
    public var officePath: String
    /// The user's code.
    public var changedBy: String
    public var changedAt: Date

    public init(
        id: Int64, version: Int64, content: SegmentContent, officePath: String, changedBy: String, changedAt: Date
    ) {
        self.id = id
        self.version = version
        self.content = content
        self.officePath = officePath
        self.changedBy = changedBy
        self.changedAt = changedAt
    }
}

/// What a person writes of a segment. The rule stands in both forms, each the canonical one.
public struct SegmentContent: Sendable, Hashable {
    /// The most Unicode scalars of a name.
    public static let nameLength = 200

    public var name: String
    public var ruleText: String
    public var ruleJSON: String

    public init(name: String, ruleText: String, ruleJSON: String) {
        self.name = name
        self.ruleText = ruleText
        self.ruleJSON = ruleJSON
    }

    /// The content as it is kept.
    ///
    /// - Throws: `BadSegmentName` where nobody could read the name.
    public init(name: String, rule: Rule) throws(BadSegmentName) {
        let trimmed = name.trimmingCharacters(in: .whitespacesAndNewlines)
        let scalars = trimmed.unicodeScalars
        guard !scalars.isEmpty, scalars.count <= Self.nameLength,
            !scalars.contains(where: { $0.properties.generalCategory == .control })
        else { throw BadSegmentName() }
        self.init(name: trimmed, ruleText: rule.text, ruleJSON: rule.json)
    }
}

/// A name that is empty, too long, or holds control characters.
public struct BadSegmentName: Error, Sendable, Hashable {
    public init() {}
}

extension Segment {
    /// Names one version of one segment.
    public struct VersionKey: Sendable, Hashable {
        public var segmentID: Int64
        public var version: Int64

        public init(segmentID: Int64, version: Int64) {
            self.segmentID = segmentID
            self.version = version
        }
    }
}
