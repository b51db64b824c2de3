internal import NNG
internal import RPC
internal import Synchronization

/// Lets calls to one replica travel together while it is busy.
///
/// The first few calls travel alone, so nobody waits for company. Calls that come while those are under way wait until
/// one of them is back, and then travel in one message: the busier the replica, the more calls a message carries, and
/// the fewer threads are woken and system calls made for each.
final class Bundler: Sendable {
    /// Messages under way before calls begin to wait for each other.
    private static let carrierLimit = 4

    private struct State {
        var carrierCount = 0
        var waiting: [BundledCall] = []
        /// What each bundle under way carries; a handful.
        var carried: [(carrier: Int, calls: [BundledCall])] = []
        var lastCarrier = 0
        /// When calls are looked at next for deadlines that have passed.
        var nextLook: ContinuousClock.Instant?
        var looking: Task<Void, Never>?
    }

    let replica: RequestSocket
    private let serviceName: String
    private let waitingLimit: Int
    /// How long a message may wait for the connection, so that its calls can be repeated elsewhere; nil: for ever.
    private let sendingLimit: Duration?
    private let state = Mutex(State())
    /// As many messages are under way as may be, when last looked at: saves the lock for calls that will wait anyway.
    private let isBusy = Atomic<Bool>(false)

    init(_ replica: RequestSocket, serviceName: String, waitingLimit: Int, sendingLimit: Duration?) {
        self.replica = replica
        self.serviceName = serviceName
        self.waitingLimit = waitingLimit
        self.sendingLimit = sendingLimit
    }

    /// Ends every call and frees the connection.
    func close() async {
        await replica.close()
        state.withLock { $0.looking }?.cancel()
    }

    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Whether a call may travel alone now; it then tells by `leave()` that it is back.
    func enter() -> Bool {
        guard !isBusy.load(ordering: .relaxed) else { return false }
        return state.withLock { state in
            guard state.carrierCount < Self.carrierLimit else { return false }
            addCarrier(&state)
            return true
        }
    }

    func leave() {
        sendNext()
    }

    /// A call that may not travel alone; `wait(_:)` then takes it along.
    func call(_ frame: consuming [UInt8], deadline: ContinuousClock.Instant) -> BundledCall {
        BundledCall(frame, deadline: deadline, serviceName: serviceName)
    }

    private func addCarrier(_ state: inout State) {
        state.carrierCount += 1
        if state.carrierCount == Self.carrierLimit { isBusy.store(true, ordering: .relaxed) }
    }

    /// Calls that leave together.
    private struct Load {
        let carrier: Int
        let calls: [BundledCall]
    }

    /// Takes the call along with the next message that may leave.
    func wait(_ call: BundledCall) {
        if GatheredCalls.gather(call, for: self) { return }
        let (isRefused, load) = state.withLock { state -> (Bool, Load?) in
            guard state.waiting.count < waitingLimit else { return (true, nil) }
            state.waiting.append(call)
            look(by: call.deadline, &state)
            guard state.carrierCount < Self.carrierLimit else { return (false, nil) }
            addCarrier(&state)
            return (false, takeWaiting(&state))
        }
        if isRefused { refuse([call]) }
        if let load { send(load) }
    }

    private func refuse(_ calls: some Sequence<BundledCall>) {
        for call in calls { call.end(.failure(NNGFailures.tooManyCalls(to: serviceName))) }
    }

    /// A message is back: the next takes its place, or nobody.
    ///
    /// - Parameter gathered: calls that came while the replies of the message were given out.
    private func sendNext(after carrier: Int? = nil, _ gathered: [BundledCall] = []) {
        let (refused, load) = state.withLock { state -> (ArraySlice<BundledCall>, Load?) in
            if let carrier { state.carried.removeAll { $0.carrier == carrier } }
            let room = max(0, waitingLimit - state.waiting.count)
            state.waiting.append(contentsOf: gathered.prefix(room))
            if let earliest = gathered.lazy.map(\.deadline).min() { look(by: earliest, &state) }
            return (gathered.dropFirst(room), takeWaiting(&state))
        }
        refuse(refused)
        if let load { send(load) }
    }

    /// Takes what waits for a message that may leave; without any, the message's place is given up.
    private func takeWaiting(_ state: inout State) -> Load? {
        guard !state.waiting.isEmpty else {
            state.carrierCount -= 1
            isBusy.store(false, ordering: .relaxed)
            return nil
        }
        let taken = state.waiting.prefix(Bundle.longestItemCount)
        let calls = taken.filter { $0.beginSending() }
        state.waiting.removeFirst(taken.count)
        // Where all were given up, others may wait behind them.
        guard !calls.isEmpty else { return takeWaiting(&state) }
        state.lastCarrier += 1
        state.carried.append((state.lastCarrier, calls))
        return Load(carrier: state.lastCarrier, calls: calls)
    }

    private func send(_ load: Load) {
        let (carrier, calls) = (load.carrier, load.calls)
        let context: RequestContext
        do throws(NNGError) {
            context = try replica.takeContext()
        } catch {
            return end(calls, carrier, .failure(NNGFailures.rpcError(for: error, of: serviceName, isUnsent: true)))
        }
        let message =
            calls.count == 1 ? Message(copying: calls[0].frame) : Bundle.message(of: calls.lazy.map(\.frame))
        // Until the last of the deadlines; the earlier ones are looked after here.
        let timeout = calls.lazy.map(\.deadline).max().map { ContinuousClock.now.duration(to: $0) } ?? .zero
        context.call(message, timeout: timeout, sendingLimit: sendingLimit) { [self] result in
            replica.giveBack(context)
            switch consume result {
            case .success(let reply):
                end(calls, carrier, reply)
            case .failure(let error):
                end(
                    calls, carrier,
                    .failure(NNGFailures.rpcError(for: error, of: serviceName, isUnsent: error.isSurelyUnsent)))
            }
        }
    }

    private func end(_ calls: [BundledCall], _ carrier: Int, _ reply: borrowing Message) {
        guard calls.count > 1, let replies = Bundle.items(of: reply), replies.count == calls.count else {
            // The reply of a single call, or what is no bundle and no call will accept.
            return end(calls, carrier, .success(reply.copyBytes()))
        }
        let gathered = GatheredCalls.gather(for: self) {
            for index in calls.indices { calls[index].end(.success(replies.copy(index, of: reply))) }
        }
        sendNext(after: carrier, gathered)
    }

    /// One outcome for all.
    private func end(_ calls: [BundledCall], _ carrier: Int, _ outcome: BundledCall.Outcome) {
        for call in calls { call.end(outcome) }
        sendNext(after: carrier)
    }

    // MARK: - Deadlines

    /// Sees to it that calls are looked at when this deadline passes. Rarely does anything: the next look is nearly
    /// always earlier than the deadline of a new call.
    private func look(by deadline: ContinuousClock.Instant, _ state: inout State) {
        if let next = state.nextLook, next <= deadline { return }
        state.nextLook = deadline
        state.looking?.cancel()
        // Strongly: what was once held weakly pays for it at each retain. `close()` ends it.
        state.looking = Task {
            guard (try? await Task.sleep(until: deadline, clock: .continuous)) != nil else { return }
            expire()
        }
    }

    private func expire() {
        let now = ContinuousClock.now
        let underWay = state.withLock { $0.waiting + $0.carried.flatMap(\.calls) }
        // Without the lock: who is told may go on at once, and call again.
        let ended = Set(underWay.lazy.filter { $0.expire(at: now) }.map(ObjectIdentifier.init))
        state.withLock { state in
            // Those that came meanwhile found a look that is over, and were told nothing yet, whatever their deadline;
            // some of them may have left already.
            state.waiting.removeAll { ended.contains(ObjectIdentifier($0)) }
            state.nextLook = nil
            for call in state.waiting { look(by: call.deadline, &state) }
            for load in state.carried {
                for call in load.calls where !ended.contains(ObjectIdentifier(call)) { look(by: call.deadline, &state) }
            }
        }
    }
}
