import Testing

@testable import EventLog

@Suite struct ConsumerStateTests {
    private static let held: [Int16: CursorStorage.Lease] = [3: CursorStorage.Lease(applied: 10, token: 7)]

    @Test("a look that came back after a renewal, but was asked before it, leaves a doubt open")
    func staleLook() throws {
        var state = ConsumerState()
        let asked = try #require(state.openDoubts)
        state.replaceLeases(Self.held)
        state.resetLeases([:], answering: asked)
        let again = try #require(state.openDoubts)
        state.resetLeases(Self.held, answering: again)
        #expect(state.openDoubts == nil)
        #expect(state.leases == Self.held)
    }

    @Test("a doubt that arises while the database is asked stays open")
    func laterDoubt() throws {
        var state = ConsumerState()
        let asked = try #require(state.openDoubts)
        state.distrustItself()
        state.resetLeases(Self.held, answering: asked)
        #expect(state.openDoubts != nil)
    }
}
