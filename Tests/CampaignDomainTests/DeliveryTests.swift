internal import CampaignDomain
internal import Testing

@Suite("a contact on its way")
struct DeliveryTests {
    private func sending(attempt: Int32 = 0) -> DeliveryStateMachine {
        var machine = DeliveryStateMachine(attempt: attempt)
        let wasClaimed = machine.claim()
        #expect(wasClaimed)
        return machine
    }

    /// `#expect` takes its argument apart and cannot call what mutates; a function with `inout` it can.
    private func take(_ machine: inout DeliveryStateMachine) -> Bool { machine.claim() }

    private func lapse(_ machine: inout DeliveryStateMachine) -> DeliveryStateMachine.Action { machine.lapse() }

    private func refuse(_ machine: inout DeliveryStateMachine) -> DeliveryStateMachine.Action { machine.refuse() }

    private func report(
        _ machine: inout DeliveryStateMachine, _ outcome: DeliveryOutcome, _ token: Int64
    ) -> DeliveryStateMachine.Action {
        machine.report(outcome, fencingToken: token)
    }

    @Test("it is claimed once at a time, each time under a new token")
    func claim() {
        var machine = sending()
        #expect(machine.fencingToken == 1)
        #expect(!take(&machine))
        #expect(report(&machine, .notTaken, 1) == .retryLater)
        #expect(take(&machine))
        #expect(machine.fencingToken == 2)
        #expect(machine.attempt == 2)
    }

    @Test("what a worker gives back unposted is due again, and no attempt is counted, however often")
    func givenBack() {
        var machine = DeliveryStateMachine()
        for token in Int64(1)...20 {
            #expect(take(&machine))
            #expect(machine.attempt == 1)
            #expect(report(&machine, .notPosted, token) == .retryLater)
            #expect(report(&machine, .notPosted, token) == .duplicate)
            #expect(machine.state == .reserved && machine.attempt == 0)
        }
        #expect(take(&machine))
        #expect(report(&machine, .notPosted, 20) == .duplicate)
        // Its lease lapsed before the report came, and it has been counted as a contact of which nobody knows.
        #expect(lapse(&machine) == .logContact)
        #expect(report(&machine, .notPosted, 21) == .logChange(wasSent: false))
        #expect(machine.state == .failed)
    }

    @Test("what was sent or may have been is logged, and never claimed again")
    func neverTwice() {
        for outcome in [DeliveryOutcome.sent, .unknown] {
            var machine = sending()
            #expect(report(&machine, outcome, 1) == .logContact)
            #expect(!take(&machine))
            #expect(machine.state.countsForCaps)
        }
        var lapsed = sending()
        #expect(lapse(&lapsed) == .logContact)
        #expect(lapsed.state == .unknown)
        #expect(!take(&lapsed))
    }

    @Test("through a channel that takes each key once, what lapsed is claimed again until it has been too often")
    func repeatable() {
        var machine = DeliveryStateMachine()
        for _ in 1..<DeliveryStateMachine.attemptLimit {
            _ = machine.claim(isRepeatable: true)
            #expect(lapse(&machine) == .retryLater)
            #expect(machine.state == .reserved)
            #expect(machine.mayHaveLeft)
        }
        _ = machine.claim(isRepeatable: true)
        #expect(lapse(&machine) == .logContact)
        #expect(machine.state == .unknown)
    }

    @Test("what may have left is never refused or dead: nobody knows, and the log says so")
    func mayHaveLeft() {
        var lapsed = DeliveryStateMachine()
        _ = lapsed.claim(isRepeatable: true)
        _ = lapsed.lapse()
        var late = lapsed
        #expect(report(&late, .sent, 1) == .logContact)
        #expect(late.state == .sent)
        #expect(refuse(&lapsed) == .logContact)
        #expect(lapsed.state == .unknown)

        var tooOften = DeliveryStateMachine(attempt: DeliveryStateMachine.attemptLimit - 1)
        _ = tooOften.claim(isRepeatable: true)
        #expect(report(&tooOften, .doubtful, 1) == .logContact)
        #expect(tooOften.state == .unknown)

        // The report of the claim before, come twice, says nothing about what may have left.
        #expect(report(&tooOften, .notTaken, 1) == .duplicate)
        #expect(tooOften.state == .unknown)

        var waiting = DeliveryStateMachine()
        #expect(refuse(&waiting) == .logRefused)
        #expect(waiting.state == .refused)
        #expect(refuse(&waiting) == .stale)
    }

    @Test("a channel that surely took nothing makes no contact, whether it deduplicates or not")
    func surelyNotTaken() {
        var machine = DeliveryStateMachine(attempt: DeliveryStateMachine.attemptLimit - 1)
        _ = machine.claim(isRepeatable: true)
        #expect(report(&machine, .notTaken, 1) == .deadLetter)
        #expect(machine.state == .failed)
    }

    @Test("what may have left is posted again only where each key is taken once, and a later refusal does not undo it")
    func inDoubt() {
        var machine = DeliveryStateMachine()
        _ = machine.claim(isRepeatable: true)
        #expect(report(&machine, .doubtful, 1) == .retryLater)
        #expect(machine.mayHaveLeft)
        var elsewhere = machine
        #expect(!take(&elsewhere))
        _ = machine.claim(isRepeatable: true)
        #expect(report(&machine, .refused, 2) == .logContact)
        #expect(machine.state == .unknown)
        // The report came twice, because its answer was lost; it says nothing new.
        #expect(report(&machine, .refused, 2) == .duplicate)
        #expect(machine.state == .unknown)
        // Only who asks afterwards knows.
        #expect(report(&machine, .notReceived, 2) == .logChange(wasSent: false))
        #expect(machine.state == .failed)
        #expect(report(&machine, .notReceived, 2) == .duplicate)

        // A worker that reports after its claim lapsed and something forbade the next.
        var late = DeliveryStateMachine()
        _ = late.claim(isRepeatable: true)
        _ = late.lapse()
        _ = refuse(&late)
        #expect(report(&late, .refused, 1) == .duplicate)
        #expect(late.state == .unknown)

        var once = sending()
        #expect(report(&once, .doubtful, 1) == .logContact)
        #expect(once.state == .unknown)
    }

    @Test("repeating a report changes nothing")
    func repeated() {
        // What is found out afterwards is no report of a claim.
        for outcome in DeliveryOutcome.allCases where outcome != .notReceived {
            var machine = sending()
            _ = machine.report(outcome, fencingToken: 1)
            let before = machine
            #expect(report(&machine, outcome, 1) == .duplicate, "\(outcome)")
            #expect(machine == before)
        }
        var again = sending()
        _ = again.report(.notTaken, fencingToken: 1)
        _ = again.claim()
        #expect(report(&again, .notTaken, 1) == .duplicate)
        #expect(again.state == .sending)
    }

    @Test("the report of an older claim is refused")
    func fencing() {
        var machine = sending()
        _ = machine.report(.notTaken, fencingToken: 1)
        _ = machine.claim()
        #expect(report(&machine, .sent, 1) == .stale)
        #expect(report(&machine, .sent, 3) == .stale)
        #expect(report(&machine, .sent, 0) == .stale)
        #expect(machine.state == .sending)
    }

    @Test("what was unknown may become known, but is not sent again")
    func reconciled() {
        for (outcome, action) in [
            (DeliveryOutcome.sent, DeliveryStateMachine.Action.logChange(wasSent: true)),
            (.refused, .logChange(wasSent: false)), (.notTaken, .logChange(wasSent: false)),
        ] {
            var machine = sending()
            _ = machine.lapse()
            #expect(report(&machine, outcome, 1) == action)
            #expect(!take(&machine))
        }
    }

    @Test("a contact that was sent stays sent")
    func sentStays() {
        var machine = sending()
        _ = machine.report(.sent, fencingToken: 1)
        for outcome in [DeliveryOutcome.notTaken, .refused, .unknown] {
            #expect(report(&machine, outcome, 1) == .stale)
        }
        #expect(lapse(&machine) == .stale)
    }

    @Test("not taken too often, it becomes a dead letter")
    func deadLetter() {
        var machine = sending(attempt: DeliveryStateMachine.attemptLimit - 1)
        #expect(report(&machine, .notTaken, 1) == .deadLetter)
        #expect(machine.state == .failed)
        #expect(!machine.state.countsForCaps)
    }

    @Test("a dedupe key names campaign, customer, wave and channel")
    func dedupeKey() {
        #expect(DedupeKey(campaignID: 3, customerID: 12, wave: 1, channel: "sms").description == "3.12.1.sms")
    }
}
