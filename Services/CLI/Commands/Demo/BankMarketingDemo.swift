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
        let rejects = FileManager.default.temporaryDirectory.appending(path: "zhike-rejects-\(UUID().uuidString).csv")
        let imported = try await FileImport(
            clients: suite.clients, file: file, mappingFile: mapping, rejectsFile: rejects
        ).run(receivedAt: start)
        Terminal.shared.say(
            localized(
                "imported \(imported.accepted) clients, rejected \(imported.rejected)",
                "已导入 \(imported.accepted) 名客户，拒绝 \(imported.rejected) 名"))
        let run = CampaignRun(suite: suite, start: start)
        let audience = try await run.freeze(Self.plan, after: imported.position)
        let campaign = try await run.run(Self.plan, audience)
        let yes = try await saidYes()
        let outcomes = audience.customerNumbers.filter(yes.contains).map { Outcomes.One(customerNumber: $0) }
        try await Outcomes(
            gateway: GatewayClient(address: suite.address, token: token), eventType: Self.plan.conversionEvent,
            occurredAt: start
        ).send(outcomes)
        return campaign.campaignID
    }

    /// Numbers of the rows whose `y` is yes.
    private func saidYes() async throws -> Set<String> {
        var numbers: Set<String> = []
        var column: Int?
        for try await batch in CSVBatches(path: file.path, format: CSVFormat(delimiter: ";")) {
            for row in batch {
                guard let index = column else {
                    column = row.fields.firstIndex(of: "y") ?? row.fields.count - 1
                    continue
                }
                if row.fields[index] == "yes" { numbers.insert(String(row.number - 1)) }
            }
        }
        return numbers
    }
}
