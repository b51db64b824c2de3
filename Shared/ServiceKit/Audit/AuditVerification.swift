/// A place where the audit log is not what was written.
public struct AuditFinding: Sendable, Equatable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// The entry, or the link to the one before it, was changed, or the entry was put in.
        case altered
        /// Entries are missing up to the one before `sequence`.
        case missing
        /// Entries at the end are missing: the head, or one kept elsewhere, lies behind the last entry.
        case cut
        /// The head does not belong to the last entry.
        case headAltered
        /// A head that was kept elsewhere does not fit: the chain was written anew.
        case rewritten
    }

    public let kind: Kind
    public let sequence: Int64

    public var description: String { "audit entry \(sequence): \(kind.rawValue)" }
}

/// Follows a chain entry by entry and notes every place that does not fit. Values in, findings out.
struct AuditVerification {
    private let chain: AuditChain
    private var lastCode = AuditChain.start
    private(set) var lastSequence: Int64 = 0
    private(set) var findings: [AuditFinding] = []
    private let kept: [Int64: [UInt8]]

    /// - Parameter kept: heads of earlier days from outside the database.
    init(_ chain: AuditChain, kept: [AuditHead] = []) {
        self.chain = chain
        self.kept = Dictionary(
            kept.filter { $0.service == chain.service }.map { ($0.sequence, $0.authenticationCode) }
        ) { first, _ in first }
    }

    mutating func follow(_ entry: StoredAuditEntry) {
        if entry.sequence != lastSequence + 1 { note(.missing, entry.sequence) }
        // After a gap the link cannot be checked, but whatever follows it can.
        if entry.sequence == lastSequence + 1, chain.code(of: entry, after: lastCode) != entry.authenticationCode {
            note(.altered, entry.sequence)
        }
        if let head = kept[entry.sequence], head != entry.authenticationCode { note(.rewritten, entry.sequence) }
        lastSequence = entry.sequence
        lastCode = entry.authenticationCode
    }

    /// - Parameter head: the head row of the database; nil when it is gone.
    mutating func finish(head: AuditHead?) -> [AuditFinding] {
        if let head, head.sequence > lastSequence {
            note(.cut, lastSequence + 1)
        } else if head?.sequence != lastSequence || head?.authenticationCode != lastCode {
            if head != nil || lastSequence > 0 { note(.headAltered, lastSequence) }
        }
        if let latest = kept.keys.max(), latest > lastSequence, findings.last?.kind != .cut {
            note(.cut, lastSequence + 1)
        }
        return findings
    }

    private mutating func note(_ kind: AuditFinding.Kind, _ sequence: Int64) {
        findings.append(AuditFinding(kind: kind, sequence: sequence))
    }
}
