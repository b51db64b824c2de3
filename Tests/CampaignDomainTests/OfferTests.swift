internal import CampaignDomain
internal import Testing

@Suite("an offer")
struct OfferTests {
    private func check(_ text: String) throws {
        try Offer(code: "gold", productCode: "card", title: "Gold", text: text).check()
    }

    @Test("has lines and tabs in its text, and no other control characters")
    func text() throws {
        try check("第一行\n\t第二行")
        try check("")
        for wrong in ["\u{1B}[2K", "a\rb", "a\r\nb", "\0", "\u{7F}", "\u{85}", "\u{9B}1A"] {
            let problem = #expect(throws: CampaignProblem.self) { try check(wrong) }
            #expect(problem?.field == "offer.text")
        }
        try check(String(repeating: "字", count: 4_000))
        #expect(throws: CampaignProblem.self) { try check(String(repeating: "字", count: 4_001)) }
    }
}
