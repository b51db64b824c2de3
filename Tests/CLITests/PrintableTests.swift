internal import Contracts
internal import Testing

@testable internal import ZhikeCommands

@Suite("texts of others at the terminal")
struct PrintableTests {
    @Test("what would move the cursor or turn the writing is shown by its number")
    func controls() {
        #expect(Printable.line("a\u{1B}[2K\rb\u{7F}\u{9B}1A") == #"a\u001B[2K\u000Db\u007F\u009B1A"#)
        #expect(Printable.line("\u{202E}x\u{2066}y\u{2028}") == #"\u202Ex\u2066y\u2028"#)
        #expect(Printable.line("two\n\tlines") == #"two\u000A\u0009lines"#)
        #expect(Printable.text("two\n\tlines\r\n") == "two\n\tlines" + #"\u000D"# + "\n")
        let plain = "秋季存款 · ünï 👩‍💼"
        #expect(Printable.line(plain) == plain)
    }

    @Test("a maker cannot rewrite what the checker of a campaign is shown")
    func campaign() {
        let words = "Free\u{1B}[1A\u{1B}[2K\rstate  approved\nSecond line"
        let campaign = CampaignV1.Campaign(
            campaignID: 7, plan: CampaignV1.CampaignPlan(name: "Gold\u{1B}[8m"), offerText: words)
        let text = CampaignText(campaign: campaign).text
        #expect(Printable.text(text) == text)
        #expect(text.contains(#"Free\u001B[1A\u001B[2K\u000Dstate  approved"#))
        // A line of the text is one of the table, too, below the first one's column.
        let lines = text.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("  ") && $0.hasSuffix("  Second line") })
    }

    @Test("a long text does not draw a rule of its own length")
    func rule() {
        var table = Table(["a", "b"], columnsOfText: [0, 1])
        table.add(["text", String(repeating: "长", count: 4_000)])
        let lines = table.text.split(separator: "\n")
        #expect(lines[1].count < 100)
        #expect(lines[2].count > 4_000)
    }
}
