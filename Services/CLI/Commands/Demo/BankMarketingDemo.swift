internal import CSV
internal import Contracts
internal import Foundation
internal import RPC

/// 41,188 clients of a real bank: an offer by telephone, held against a control group whose true effect is nil, because
/// every client was called and `y` is what each then said.
///
/// Data: S. Moro, P. Cortez, P. Rita, "A data-driven approach to predict the success of bank telemarketing", Decision
/// Support Systems 62 (2014) 22-31.
struct BankMarketingDemo: Sendable {
    let file: URL
    let mapping: URL

    static let salt = "bank-marketing-2014"

    static let plan = CampaignRun.Plan(
        name: "Term deposits by telephone",
        rule: #"poutcome = "success" or (euribor3m < 1.5 and contact = "cellular")"#,
        offer: CampaignV1.Offer(
            code: "term-deposit-call", productCode: "term-deposit", title: "Term deposit",
            text: "A term deposit with a fixed rate."),
        product: CampaignV1.Product(code: "term-deposit", name: "Term deposit", class: "deposit"),
        channel: "call_centre",
        controlBasisPoints: 2_000, salt: salt, conversionEvent: "deposit.subscribed", windowDays: 30, valueProperty: "",
        currency: "EUR")

    /// - Returns: the campaign's number.
    func run(on suite: Suite, start: Date, token: String) async throws -> Int64 {
        // First, so that a file that cannot be replayed is refused before anything is done with it.
        let yes = try await Self.saidYes(in: file)
        let imported = try await DemoRejects.use { rejects in
            try await FileImport(
                clients: suite.clients, file: file, mappingFile: mapping, rejectsFile: rejects
            ).run(receivedAt: start)
        }
        Terminal.shared.say(
            localized(
                "imported \(imported.accepted) clients, rejected \(imported.rejected)",
                "已导入 \(imported.accepted) 名客户，拒绝 \(imported.rejected) 名"))
        let run = CampaignRun(suite: suite, start: start)
        let audience = try await run.freeze(Self.plan, after: imported.position)
        let campaign = try await run.run(Self.plan, audience)
        let outcomes = audience.customerNumbers.filter(yes.contains).map { Outcomes.One(customerNumber: $0) }
        try await Outcomes(
            gateway: GatewayClient(address: suite.address, token: token), eventType: Self.plan.conversionEvent,
            occurredAt: start
        ).send(outcomes)
        return campaign.campaignID
    }

    /// Numbers of the rows whose `y` is yes. Rows that do not have the columns of the header are left out, as the import
    /// refuses them.
    static func saidYes(in file: URL) async throws -> Set<String> {
        var numbers: Set<String> = []
        var header: (columns: Int, answer: Int)?
        for try await batch in CSVBatches(path: file.path, format: CSVFormat(delimiter: ";")) {
            for row in batch {
                guard let header else {
                    guard let answer = row.fields.firstIndex(of: "y") else { throw withoutAnswer(file) }
                    header = (row.fields.count, answer)
                    continue
                }
                guard row.problem == nil, row.fields.count == header.columns else { continue }
                if row.fields[header.answer] == "yes" { numbers.insert(String(row.number - 1)) }
            }
        }
        guard header != nil else { throw withoutAnswer(file) }
        return numbers
    }

    private static func withoutAnswer(_ file: URL) -> RuntimeError {
        RuntimeError(
            .configurationInvalid,
            localized(
                "\(file.lastPathComponent) has no column y, which says what each client answered: take "
                    + "bank-additional-full.csv as it is published.",
                "\(file.lastPathComponent) 没有记录客户答复的 y 列：请使用原样发布的 bank-additional-full.csv。"))
    }
}
