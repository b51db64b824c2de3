internal import CSV
internal import Contracts
internal import Foundation
internal import Postgres
internal import ProfileDomain
internal import RPC

/// A real randomised campaign with three arms, imported as it was.
///
/// Data: K. Hillstrom, "The MineThatData e-mail analytics and data mining challenge" (2008).
struct HillstromDemo: Sendable {
    let file: URL
    let mapping: URL

    /// - Returns: the campaign's number.
    func run(on suite: Suite, start: Date) async throws -> Int64 {
        try await DemoRejects.use { rejects in
            _ = try await FileImport(
                clients: suite.clients, file: file, mappingFile: mapping, rejectsFile: rejects
            ).run(receivedAt: start)
            return try await PastCampaignImport(
                clients: suite.clients, file: file, mappingFile: mapping, rejectsFile: rejects
            ).run()
        }
    }
}
