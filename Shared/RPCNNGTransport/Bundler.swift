internal import NNG
internal import RPC
internal import Synchronization

/// Lets calls to one replica travel together while it is busy.
///
/// The first few calls leave at once, so nobody waits for company. Calls that come while those are under way wait until
/// one of them is back, and then travel in one message: the busier the replica, the more calls a message carries, and
/// the fewer threads are woken, system calls made and signatures computed for each.
final class Bundler: Sendable {
    /// Messages under way before calls begin to wait for each other.
    private static let carrierLimit = 4
    /// Between two looks at calls that came since.
    private static let lookInterval = Duration.milliseconds(10)

    private struct State {
        var carrierCount = 0
        var waiting: [BundledCall] = []
        /// What each bundle under way carries; a handful.
        var carried: [(carrier: Int, calls: [BundledCall])] = []
        var lastCarrier = 0
        /// When calls are looked at next.
        var nextLook: CallInstant?
        /// That is soon, because there are calls that were not looked at often enough.
        var looksSoon = false
        var looking: Task<Void, Never>?
    }

    let replica: RequestSocket
    private let serviceName: String
    private let waitingLimit: Int
    /// How long a message may wait for the connection, so that its calls can go elsewhere; nil: for ever.
    private let sendingLimit: Duration?
    private let sealer: BundleSealer
    private let state = Mutex(State())

    init(
        _ replica: RequestSocket, serviceName: String, waitingLimit: Int, sendingLimit: Duration?,
        sealer: BundleSealer
    ) {
        self.replica = replica
        self.serviceName = serviceName
        self.waitingLimit = waitingLimit
        self.sendingLimit = sendingLimit
        self.sealer = sealer
    }

    /// Ends every call and frees the connection.
    func close() async {
        await replica.close()
        state.withLock { $0.looking }?.cancel()
    }

    var waitingCount: Int { state.withLock { $0.waiting.count } }

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
            state.carrierCount += 1
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
            return nil
        }
        let taken = state.waiting.prefix(CallBundle.longestItemCount)
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
        let (frame, expected) = sealer.seal(calls.map { $0.part })
        // Until the last of the deadlines; the earlier ones are looked after here.
        let timeout = calls.lazy.map(\.deadline).max().map { CallInstant.now.duration(to: $0) } ?? .zero
        context.call(Message(copying: frame), timeout: timeout, sendingLimit: sendingLimit) { [self] result in
            replica.giveBack(context)
            switch consume result {
            case .success(let reply):
                end(calls, carrier, reply, expected)
            case .failure(let error) where error.code == .timedOut && error.isSurelyUnsent:
                endUnsent(calls, carrier, error)
            case .failure(let error):
                end(
                    calls, carrier,
                    .failure(NNGFailures.rpcError(for: error, of: serviceName, isUnsent: error.isSurelyUnsent)))
            }
        }
    }

    private func end(
        _ calls: [BundledCall], _ carrier: Int, _ reply: borrowing Message, _ expected: BundleSealer.Expected
    ) {
        do throws(RPCError) {
            let replies = try sealer.open(reply.copyBytes(), expected)
            let gathered = GatheredCalls.gather(for: self) {
                for index in calls.indices { calls[index].end(.success(replies[index])) }
            }
            sendNext(after: carrier, gathered)
        } catch {
            end(calls, carrier, .failure(error))
        }
    }

    /// The replica has lost its connection since it was chosen: who has time left may take another.
    private func endUnsent(_ calls: [BundledCall], _ carrier: Int, _ error: NNGError) {
        let now = CallInstant.now
        let late = NNGFailures.rpcError(for: error, of: serviceName, isUnsent: true)
        for call in calls { call.end(call.deadline > now ? .success(nil) : .failure(late)) }
        sendNext(after: carrier)
    }

    /// One outcome for all.
    private func end(_ calls: [BundledCall], _ carrier: Int, _ outcome: BundledCall.Outcome) {
        for call in calls { call.end(outcome) }
        sendNext(after: carrier)
    }

    // MARK: - Deadlines and cancellations

    /// Sees to it that calls are looked at soon, and when this deadline passes. Rarely does anything: under load a look
    /// is nearly always ahead, and nearly always before the deadline of a new call.
    private func look(by deadline: CallInstant, _ state: inout State) {
        if state.looksSoon, let next = state.nextLook, next <= deadline { return }
        state.looksSoon = true
        let soon = min(deadline, .now + Self.lookInterval)
        // A look at an older call's deadline may be due before.
        look(at: state.nextLook.map { min($0, soon) } ?? soon, &state)
    }

    private func look(at moment: CallInstant, _ state: inout State) {
        state.nextLook = moment
        state.looking?.cancel()
        // Strongly: what was once held weakly pays for it at each retain. `close()` ends it.
        state.looking = Task {
            guard (try? await Task.sleep(until: moment.continuous, clock: .continuous)) != nil else { return }
            look()
        }
    }

    private func look() {
        let now = CallInstant.now
        let underWay = state.withLock { $0.waiting + $0.carried.flatMap(\.calls) }
        // Without the lock: who is told may go on at once, and call again.
        var ended: Set<ObjectIdentifier> = []
        var patient: Set<ObjectIdentifier> = []
        for call in underWay {
            if call.expire(at: now) {
                ended.insert(ObjectIdentifier(call))
            } else if call.look() {
                patient.insert(ObjectIdentifier(call))
            }
        }
        state.withLock { state in
            // Those that came meanwhile found a look that is over, and were told nothing yet, whatever their deadline;
            // some of them may have left already.
            state.waiting.removeAll { ended.contains(ObjectIdentifier($0)) }
            state.nextLook = nil
            state.looksSoon = false
            for call in state.waiting + state.carried.flatMap(\.calls) where !ended.contains(ObjectIdentifier(call)) {
                if patient.contains(ObjectIdentifier(call)) {
                    if let next = state.nextLook, next <= call.deadline { continue }
                    look(at: call.deadline, &state)
                } else {
                    look(by: call.deadline, &state)
                }
            }
        }
    }
}
