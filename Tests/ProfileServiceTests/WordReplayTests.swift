internal import Contracts
internal import Foundation
internal import Postgres
internal import RPC
internal import TestSupport
internal import Testing

@Suite("What customers said of contacts, read from the log")
struct WordReplayTests {
    private static let channels = ["sms", "email", "*"]

    private static func consent(_ random: inout SeededGenerator) -> ProfileV1.Consent {
        let hours = Int64.random(in: -3...3, using: &random)
        return ProfileV1.Consent(
            purpose: "marketing", channel: channels.randomElement(using: &random) ?? "*",
            granted: Bool.random(using: &random),
            validFromMicros: hours == 0 ? 0 : ProfileBed.now.microseconds + hours * 3_600_000_000,
            validUntilMicros: Bool.random(using: &random) ? 0 : ProfileBed.now.microseconds + 86_400_000_000,
            source: "s\(Int.random(in: 0...9, using: &random))")
    }

    /// Chunks of a file and calls in between, some of which are refused as outdated.
    private static func fill(_ bed: ProfileBed, _ random: inout SeededGenerator) async throws {
        let importID = try await bed.client.openImport(
            .init(importKey: String(repeating: "a", count: 64), title: "t", mappingJSON: "{}"),
            options: ProfileBed.options()
        ).importID
        for chunk in Int64(0)..<6 {
            let rows = (1...12).map { number in
                ProfileV1.ImportRow(
                    rowNumber: Int64(number), identities: [ProfileBed.identity("\(number % 4)")],
                    consents: [consent(&random)])
            }
            _ = try await bed.client.importRows(
                .init(importID: importID, chunk: chunk, rows: rows, source: "core"), options: ProfileBed.options())
            for number in 0..<4 {
                _ = try? await bed.client.setConsents(
                    .init(customer: ProfileBed.reference("\(number)"), consents: [consent(&random)]),
                    options: ProfileBed.options())
                _ = try await bed.client.setSuppression(
                    .init(
                        customer: ProfileBed.reference("\(number)"), suppressed: Bool.random(using: &random),
                        reason: ["complaint", "deceased"].randomElement(using: &random) ?? ""),
                    options: ProfileBed.options())
            }
        }
    }

    @Test("is what the tables hold")
    func replay() async throws {
        let bed = try await ProfileBed.make()
        var random = SeededGenerator("what customers said")
        try await Self.fill(bed, &random)
        var consents: [String: ProfileV1.Consent] = [:]
        var suppressions: [Int64: ProfileV1.SuppressionChanged] = [:]
        for row in try await bed.administrator.query(
            "SELECT customer_id, kind, body FROM profile.log WHERE kind IN (3, 7) ORDER BY partition, log_offset")
        {
            let (id, kind, body) = try row.decode(Int64.self, Int16.self, [UInt8].self)
            if kind == 7 {
                suppressions[id] = try ProfileV1.SuppressionChanged(unpacking: body)
                continue
            }
            for one in try ProfileV1.ConsentsChanged(unpacking: body).consents {
                consents["\(id) \(one.purpose) \(one.channel)"] = one
            }
        }
        let stored = try await bed.administrator.query(
            """
            SELECT customer_id, purpose, channel, granted, valid_from, valid_until, source FROM profile.consent
            """)
        #expect(stored.count == consents.count && !stored.isEmpty)
        for row in stored {
            let (id, purpose, channel, granted, from, until, source) = try row.decode(
                Int64.self, String.self, String.self, Bool.self, Date.self, Date?.self, String.self)
            let expected = ProfileV1.Consent(
                purpose: purpose, channel: channel, granted: granted, validFromMicros: from.microseconds,
                validUntilMicros: until?.microseconds ?? 0, source: source)
            #expect(consents["\(id) \(purpose) \(channel)"] == expected)
        }
        let rows = try await bed.administrator.query("SELECT customer_id, suppressed, reason FROM profile.suppression")
        #expect(rows.count == suppressions.count && rows.count == 4)
        for row in rows {
            let (id, suppressed, reason) = try row.decode(Int64.self, Bool.self, String.self)
            #expect(suppressions[id] == ProfileV1.SuppressionChanged(suppressed: suppressed, reason: reason))
        }
    }
}
