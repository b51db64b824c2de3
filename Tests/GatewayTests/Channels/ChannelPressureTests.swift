internal import Testing

@testable internal import GatewayService

@Suite("Pressure on a channel")
struct ChannelPressureTests {
    private let start = ContinuousClock.now

    private func after(_ milliseconds: Int) -> ContinuousClock.Instant {
        start.advanced(by: .milliseconds(milliseconds))
    }

    /// One that eight posts in a row have found down at the start.
    private func down(_ verdict: PostVerdict = .postAgain(reason: "http_503", afterMilliseconds: 100))
        -> ChannelPressure
    {
        var pressure = ChannelPressure()
        for _ in 0..<8 { pressure.note(verdict, isProbe: false, at: start) }
        return pressure
    }

    @Test(
        "a channel that is down gets one post at a time with growing pauses, until one is taken",
        arguments: [
            PostVerdict.postAgain(reason: "no_connection", afterMilliseconds: 100), .unknown(reason: "http_502"),
            .refused(reason: "http_401", isOfUs: true),
        ])
    func growing(verdict: PostVerdict) {
        #expect(ChannelPressure().turn(upTo: 50, at: start) == .claim(upTo: 50, isProbe: false))
        var pressure = down(verdict)
        var now = start
        for pause in [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000] {
            let end = now.advanced(by: .milliseconds(pause))
            #expect(pressure.turn(upTo: 50, at: now) == .rest(until: end))
            #expect(pressure.turn(upTo: 50, at: end) == .claim(upTo: 1, isProbe: true))
            pressure.probe()
            #expect(pressure.turn(upTo: 50, at: end) == .awaitProbe)
            pressure.note(verdict, isProbe: true, at: end)
            now = end
        }
        pressure.note(.sent, isProbe: true, at: now)
        #expect(pressure.turn(upTo: 50, at: now) == .claim(upTo: 50, isProbe: false))
    }

    @Test("a pause counts from the post that failed, so that none is left where nothing was due for long")
    func longAgo() {
        var pressure = down(.postAgain(reason: "http_503", afterMilliseconds: 3_600_000))
        #expect(pressure.turn(upTo: 50, at: start) == .rest(until: after(60_000)))
        #expect(pressure.turn(upTo: 50, at: after(60_000)) == .claim(upTo: 1, isProbe: true))
        // Nothing was due; asking again asks for no other pause.
        #expect(pressure.turn(upTo: 50, at: after(63_000)) == .claim(upTo: 1, isProbe: true))
        pressure.probe()
        pressure.note(.sent, isProbe: true, at: after(63_100))
        #expect(pressure.turn(upTo: 50, at: after(63_100)) == .claim(upTo: 50, isProbe: false))
    }

    @Test("posts that were under way when the channel went down lengthen no pause")
    func underWay() {
        var pressure = down()
        for _ in 0..<20 { pressure.note(.unknown(reason: "no_answer"), isProbe: false, at: after(400)) }
        #expect(pressure.turn(upTo: 50, at: after(400)) == .rest(until: after(500)))
        pressure.probe()
        pressure.note(.unknown(reason: "no_answer"), isProbe: false, at: after(600))
        #expect(pressure.turn(upTo: 50, at: after(600)) == .awaitProbe)
    }

    @Test("a probe that was not posted after all is followed by another")
    func leftOff() {
        var pressure = down()
        pressure.probe()
        pressure.leaveOff()
        #expect(pressure.turn(upTo: 50, at: after(500)) == .claim(upTo: 1, isProbe: true))
    }

    @Test("a channel that refuses single messages is not down")
    func refusals() {
        var pressure = ChannelPressure()
        for _ in 0..<30 { pressure.note(.refused(reason: "http_422"), isProbe: false, at: start) }
        #expect(pressure.turn(upTo: 50, at: start) == .claim(upTo: 50, isProbe: false))
    }

    @Test("a message that is taken ends the pause of whoever waits, and so does a probe", .timeLimit(.minutes(1)))
    func woken() async throws {
        let began = ContinuousClock.now
        for round in 0..<50 {
            let pressure = SharedPressure()
            for _ in 0..<8 {
                pressure.note(.postAgain(reason: "http_503", afterMilliseconds: 3_600_000), isProbe: false)
            }
            // In a pause of a minute, or for as long as the probe takes.
            if round % 2 == 0 { pressure.probe() }
            async let turn = pressure.turn(upTo: 50)
            await Task.yield()
            pressure.note(.sent, isProbe: round % 2 == 0)
            let found = try #require(await turn)
            #expect(found.limit == 50 && !found.isProbe)
        }
        #expect(began.duration(to: .now) < .seconds(30))
    }
}
