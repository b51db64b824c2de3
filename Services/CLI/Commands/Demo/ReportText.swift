internal import Contracts
internal import Foundation

/// A report for people.
struct ReportText {
    var report: KPIV1.CampaignReport
    /// Arm -> effect in points that is known to be true; empty outside the sandbox.
    var truth: [String: Double] = [:]

    var text: String {
        var header = [
            localized("arm", "组"), localized("customers", "客户"), localized("converted", "转化"), localized("rate", "转化率"),
            localized("effect", "效果"), localized("95 % interval", "95% 区间"), localized("lift", "提升"),
        ]
        if !truth.isEmpty { header.append(localized("true effect", "真实效果")) }
        var table = Table(header)
        for arm in report.arms { table.add(row(arm)) }
        return [title, table.text, verdicts, refusals].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private var title: String {
        localized(
            "Campaign \(report.campaignID) \(report.campaignName): audience \(report.audience)",
            "活动 \(report.campaignID) \(report.campaignName)：目标客群 \(report.audience)")
    }

    private func row(_ arm: KPIV1.ArmReport) -> [String] {
        var cells = [
            arm.arm + (arm.control ? localized(" (control)", "（对照）") : ""), "\(arm.customers)", "\(arm.converted)",
            Self.number(100 * arm.rate, 2) + " %",
        ]
        if let effect = arm.effect {
            cells += [
                Self.signed(effect.points) + localized(" points", " 个百分点"),
                "[\(Self.signed(effect.lowPoints)), \(Self.signed(effect.highPoints))]",
                effect.lift.map { Self.number($0, 3) } ?? "–",
            ]
        } else {
            cells += ["", "", ""]
        }
        if !truth.isEmpty { cells.append(truth[arm.arm].map(Self.signed) ?? "") }
        return cells
    }

    /// What the numbers say, in words.
    private var verdicts: String {
        report.arms.compactMap { arm in
            guard let effect = arm.effect else { return nil }
            return effect.significant
                ? localized(
                    "\(arm.arm): the contacts changed the rate by \(Self.signed(effect.points)) points.",
                    "\(arm.arm)：触达使转化率变化 \(Self.signed(effect.points)) 个百分点。")
                : localized("\(arm.arm): no significant effect.", "\(arm.arm)：无显著效果。")
        }.joined(separator: "\n")
    }

    private var refusals: String {
        guard !report.refused.isEmpty else { return "" }
        let list = report.refused.map { "\($0.reason) \($0.customers)" }.joined(separator: ", ")
        return localized("refused: \(list)", "未触达：\(list)")
    }

    static func signed(_ value: Double) -> String { (value >= 0 ? "+" : "") + number(value, 2) }

    static func number(_ value: Double, _ digits: Int) -> String {
        value.formatted(
            .number.precision(.fractionLength(digits)).grouping(.never).locale(Locale(identifier: "en_US_POSIX")))
    }
}
