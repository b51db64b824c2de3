import Testing

@testable import NNG

@Suite("the rules of the watchdogs")
struct WatchStateTests {
    private let start = MachineTime(milliseconds: 1_000_000)

    private func at(_ milliseconds: UInt64) -> MachineTime {
        MachineTime(milliseconds: start.milliseconds + milliseconds)
    }

    private func sight(_ isConnected: Bool, heard: Bool = false, timeouts: Int = 0) -> DialerWatchState.Sight {
        .init(isConnected: isConnected, heard: heard, timeoutsInARow: timeouts)
    }

    @Test("a dialer without a connection is replaced after its limit, and the socket after three dialers")
    func disconnected() {
        var state = DialerWatchState(DialerWatch(), startedAt: start)
        #expect(state.look(sight(false), at: at(1_499)) == .rest)
        #expect(state.look(sight(false), at: at(1_500)) == .redial)
        #expect(state.look(sight(false), at: at(2_999)) == .rest)
        #expect(state.look(sight(false), at: at(3_000)) == .redial)
        #expect(state.look(sight(false), at: at(4_500)) == .redial)
        #expect(state.look(sight(false), at: at(6_000)) == .reopen)
        #expect(state.look(sight(false), at: at(7_500)) == .redial)
    }

    @Test("a silent link is probed after a second, and replaced when nothing at all comes back")
    func missedHeartbeat() {
        var state = DialerWatchState(DialerWatch(), startedAt: start)
        #expect(state.look(sight(true), at: at(0)) == .rest)
        #expect(state.look(sight(true), at: at(1_000)) == .probe)
        #expect(state.look(sight(true), at: at(3_999)) == .rest)
        #expect(state.look(sight(true), at: at(4_000)) == .redial)
    }

    @Test("any answer counts as a heartbeat")
    func answered() {
        var state = DialerWatchState(DialerWatch(), startedAt: start)
        #expect(state.look(sight(true), at: at(0)) == .rest)
        #expect(state.look(sight(true), at: at(1_000)) == .probe)
        #expect(state.look(sight(true, heard: true), at: at(2_000)) == .rest)
        #expect(state.look(sight(true), at: at(2_999)) == .rest)
        #expect(state.look(sight(true), at: at(3_000)) == .probe)
    }

    @Test("after five calls that time out one after another the link is probed, and replaced when that is missed")
    func timeouts() {
        var state = DialerWatchState(DialerWatch(), startedAt: start)
        #expect(state.look(sight(true, timeouts: 4), at: at(0)) == .rest)
        #expect(state.look(sight(true, timeouts: 5), at: at(10)) == .probe)
        #expect(state.look(sight(true, timeouts: 8), at: at(509)) == .rest)
        #expect(state.look(sight(true, timeouts: 9), at: at(510)) == .redial)
        // The new dialer starts without suspicion.
        #expect(state.look(sight(true), at: at(520)) == .rest)
    }

    @Test("a link whose calls time out is kept as long as it answers probes")
    func slowHandlers() {
        var state = DialerWatchState(DialerWatch(), startedAt: start)
        #expect(state.look(sight(true), at: at(0)) == .rest)
        for round: UInt64 in 1...100 {
            #expect(state.look(sight(true, timeouts: 5), at: at(round * 500)) == .probe)
            #expect(state.look(sight(true, heard: true), at: at(round * 500 + 250)) == .rest)
        }
    }

    @Test("calls that time out while a heartbeat is awaited shorten its time, and never lengthen it")
    func suspicionDuringHeartbeat() {
        for (suspected, due) in [(1_250, 1_750), (3_750, 4_000)] as [(UInt64, UInt64)] {
            var state = DialerWatchState(DialerWatch(), startedAt: start)
            #expect(state.look(sight(true), at: at(0)) == .rest)
            #expect(state.look(sight(true), at: at(1_000)) == .probe)
            #expect(state.look(sight(true, timeouts: 5), at: at(suspected)) == .probe)
            #expect(state.look(sight(true, timeouts: 5), at: at(due - 1)) == .rest)
            #expect(state.look(sight(true, timeouts: 5), at: at(due)) == .redial)
        }
    }

    @Test("a new connection is given time before it is probed")
    func newConnection() {
        var state = DialerWatchState(DialerWatch(), startedAt: start)
        #expect(state.look(sight(false), at: at(1_400)) == .rest)
        #expect(state.look(sight(true), at: at(1_600)) == .rest)
        #expect(state.look(sight(true), at: at(2_599)) == .rest)
        #expect(state.look(sight(true), at: at(2_600)) == .probe)
    }

    @Test("a listener is replaced after two misses in a row, and given up after three replacements that did not help")
    func listener() {
        var state = ListenerWatchState(ListenerWatch())
        for _ in 0..<3 {
            #expect(state.look(answered: false, arrived: false) == .rest)
            #expect(state.look(answered: false, arrived: false) == .replace)
        }
        #expect(state.look(answered: false, arrived: false) == .rest)
        #expect(state.look(answered: false, arrived: false) == .giveUp)
    }

    @Test("a listener that answers, or accepts though it does not answer, is never replaced")
    func livingListener() {
        var state = ListenerWatchState(ListenerWatch())
        for _ in 0..<20 {
            #expect(state.look(answered: false, arrived: false) == .rest)
            #expect(state.look(answered: true, arrived: false) == .rest)
            #expect(state.look(answered: false, arrived: false) == .rest)
            #expect(state.look(answered: false, arrived: true) == .rest)
        }
    }
}
