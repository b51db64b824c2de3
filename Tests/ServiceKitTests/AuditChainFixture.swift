@testable import ServiceKit

/// Chains in memory, and the ways of tampering with them.
enum AuditChainFixture {
    enum Tampering: CaseIterable {
        case edit
        case editCode
        case remove
        case insert
        case swap
        case cut
    }

    static func entries(_ count: Int, _ chain: AuditChain, who: String = "li") -> [StoredAuditEntry] {
        var entries: [StoredAuditEntry] = []
        for number in 1...count {
            var entry = entry(Int64(number), who: who)
            entry.authenticationCode = chain.code(
                of: entry, after: entries.last?.authenticationCode ?? AuditChain.start)
            entries.append(entry)
        }
        return entries
    }

    static func findings(_ entries: [StoredAuditEntry], _ head: AuditHead, _ chain: AuditChain) -> [AuditFinding] {
        var verification = AuditVerification(chain)
        for entry in entries { verification.follow(entry) }
        return verification.finish(head: head)
    }

    /// - Returns: the changed chain, and the sequence at which the change has to be found.
    static func tamper(
        _ honest: [StoredAuditEntry], _ tampering: Tampering, at index: Int,
        using generator: inout some RandomNumberGenerator
    ) -> ([StoredAuditEntry], Int64) {
        var entries = honest
        let place = honest[index].sequence
        switch tampering {
        case .edit:
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: entries[index].who += "x"
            case 1: entries[index].right = "rights.edit"
            case 2: entries[index].what = ""
            case 3: entries[index].reason += " "
            case 4: entries[index].result = "refused"
            case 5: entries[index].officePath = "/"
            case 6: entries[index].traceID = "0"
            default: entries[index].microseconds += 1
            }
        case .editCode:
            entries[index].authenticationCode[Int.random(in: 0..<32, using: &generator)] ^= 1
        case .remove:
            entries.remove(at: index)
            return (entries, index == honest.count - 1 ? place : place + 1)
        case .insert:
            // One more in the middle takes a sequence that is taken already, and so does not follow its forerunner.
            entries.insert(entry(place, who: "x"), at: index)
        case .swap:
            let other = index == 0 ? 1 : index - 1
            (entries[index].what, entries[other].what) = (entries[other].what, entries[index].what)
        case .cut:
            entries.removeSubrange(index...)
        }
        return (entries, place)
    }

    private static func entry(_ sequence: Int64, who: String) -> StoredAuditEntry {
        StoredAuditEntry(
            sequence: sequence, microseconds: 1_700_000_000_000_000 + sequence, who: who, right: "dictionary.edit",
            what: "trait \(sequence)", reason: "ticket", result: "done", officePath: "/head/", traceID: "t",
            authenticationCode: [])
    }
}
