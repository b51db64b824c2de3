internal import Contracts
internal import Foundation
internal import RPC

/// The customers that the events of a benchmark are about.
struct BenchmarkBank: Sendable {
    /// Named `K000001` and so on, as the bank's own customer numbers.
    let customerCount: Int

    static let administrator = CallOptions(
        timeout: .seconds(60), principal: Principal(user: "operator", roles: ["operator", "admin"], officePath: "/"))

    static func number(_ index: Int) -> String { "K" + String(1_000_000 + index).dropFirst() }

    /// Stores the customers with one trait and the consent to be contacted.
    func load(through profile: ProfileV1.ProfileServiceClient) async throws {
        let tier = ProfileV1.TraitDefinition(
            name: "tier", type: .text, meaning: "Tier of the customer", source: "benchmark", refresh: "daily",
            sensitivity: .c1, known: .before)
        _ = try await profile.defineTraits(
            ProfileV1.DefineTraitsRequest(traits: [tier]), options: Self.administrator)
        let opened = try await profile.openImport(
            ProfileV1.OpenImportRequest(
                importKey: String(repeating: "0", count: 64), title: "Customers of the benchmark", mappingJSON: "{}"),
            options: Self.administrator)
        for (chunk, start) in stride(from: 0, to: customerCount, by: 1_000).enumerated() {
            let rows = (start..<min(start + 1_000, customerCount)).map(Self.row)
            let reply = try await profile.importRows(
                ProfileV1.ImportRowsRequest(
                    importID: opened.importID, chunk: Int64(chunk), rows: rows, source: "benchmark"),
                options: Self.administrator)
            guard reply.rowsAccepted == Int64(rows.count) else {
                throw BenchmarkSuiteError("A customer was refused.")
            }
        }
    }

    private static func row(_ index: Int) -> ProfileV1.ImportRow {
        ProfileV1.ImportRow(
            rowNumber: Int64(index + 1), identities: [.init(kind: "customer_number", value: number(index))],
            officePath: "/",
            traits: [.init(name: "tier", value: .text("gold"))],
            consents: [.init(purpose: "marketing", channel: "*", granted: true, source: "benchmark")])
    }
}
