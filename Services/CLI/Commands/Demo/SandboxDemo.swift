internal import Contracts
internal import Foundation
internal import Sandbox

/// A bank that does not exist, whose true effect is known.
struct SandboxDemo: Sendable {
    let bank: SandboxBank
    let mappings: URL

    static func plan(seed: UInt64) -> CampaignRun.Plan {
        CampaignRun.Plan(
            name: localized("Autumn deposits", "秋季存款"),
            rule: #"app_days >= 8 and assets between 20000 and 800000 and events("app.login", last 180 days) >= 1"#,
            offer: CampaignV1.Offer(
                code: "autumn-deposit", productCode: "term-deposit", title: "秋收定存", text: "一年期定期存款，利率上浮。"),
            product: CampaignV1.Product(code: "term-deposit", name: "定期存款", class: "deposit"),
            channel: "mobile_bank", controlBasisPoints: 2_000, salt: "sandbox-\(seed)",
            conversionEvent: "deposit.opened", windowDays: 30, valueProperty: "value_minor", currency: "CNY")
    }

    /// - Returns: the campaign's number and the true effect in points.
    func run(on suite: Suite, start: Date, token: String) async throws -> (campaignID: Int64, truth: Double) {
        let position = try await importBank(suite, start)
        let plan = Self.plan(seed: bank.seed)
        let run = CampaignRun(suite: suite, start: start)
        let audience = try await run.freeze(plan, after: position)
        let campaign = try await run.run(plan, audience)
        let (outcomes, truth) = try await outcomes(audience, campaign.campaignID, plan, suite)
        try await Outcomes(
            gateway: GatewayClient(address: suite.address, token: token), eventType: plan.conversionEvent,
            occurredAt: start
        ).send(outcomes)
        return (campaign.campaignID, truth)
    }

    func importBank(_ suite: Suite, _ start: Date) async throws -> CommonV1.LogPosition? {
        _ = try await Patience.call(for: Person.atTerminal) { options in
            try await suite.clients.profile.putOrganisation(organisation, options: options)
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "zhike-sandbox-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let progress = Progress(localized("make the sandbox bank", "生成沙箱银行"), total: Int64(bank.customerCount))
        let files = try SandboxFiles.write(bank, to: folder) { done, _ in progress.show(Int64(done)) }
        progress.finish(Int64(bank.customerCount))
        _ = try await FileImport(
            clients: suite.clients, file: files.customers,
            mappingFile: mappings.appending(path: "sandbox-customers.json")
        ).run(receivedAt: start)
        return try await FileImport(
            clients: suite.clients, file: files.events, mappingFile: mappings.appending(path: "sandbox-events.json")
        ).run(receivedAt: start).position
    }

    private var organisation: ProfileV1.PutOrganisationRequest {
        ProfileV1.PutOrganisationRequest(
            offices: SandboxBank.upperOffices.map { ProfileV1.Office(path: $0.path, name: $0.name) }
                + bank.offices.map { ProfileV1.Office(path: $0.path, name: $0.name) },
            staff: bank.offices.flatMap { office in
                office.managers.map {
                    ProfileV1.Staff(staffNumber: $0, name: "客户经理 \($0)", officePath: office.path, duty: "manager")
                }
            })
    }

    /// Each customer answers by the hidden model, knowing whether it is held: everybody else is reached.
    private func outcomes(
        _ audience: CampaignRun.Audience, _ campaignID: Int64, _ plan: CampaignRun.Plan, _ suite: Suite
    ) async throws -> ([Outcomes.One], Double) {
        var truth = TrueEffect()
        var outcomes: [Outcomes.One] = []
        for number in audience.customerNumbers {
            let customer = bank.customer(Int(number.dropFirst()) ?? 1)
            guard customer.allowsApp else { continue }
            truth.add(customer)
            let isHeld = ControlGroup.isHeld(number, salt: plan.salt, basisPoints: plan.controlBasisPoints)
            if customer.converts(contacted: !isHeld, seed: bank.seed) {
                outcomes.append(Outcomes.One(customerNumber: number, valueMinor: Int64(customer.assets * 10)))
            }
        }
        return (outcomes, truth.points)
    }
}
