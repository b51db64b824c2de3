internal import Foundation
public import Logging

/// The serving side of all transports: takes the bytes of a call and gives the bytes of its reply.
///
/// A transport hands each message to `receive(_:)`, which checks without suspending and never fails: hostile bytes get
/// a refusal like any other call. What is admitted is then run, inline or on Swift's global executor, and noted once its
/// reply has left.
public final class RPCDispatcher: Sendable {
    /// What is to be done with a message that came in.
    public enum Decision: Sendable {
        /// Send these bytes back; nothing was executed.
        case reply([UInt8])
        /// Run this call and send back what it gives.
        case run(AdmittedCall)
    }

    let routes: NameTable<ServedRoute>
    let keys: NameTable<SigningKey>
    let replays: ReplayWindow
    let admission: Admission
    let configuration: RPCServerConfiguration
    let failures: FailureTranslation
    private let refusals = RefusalCounters()

    /// Refuses a router whose list of methods and callers does not hold together.
    public init(
        router: RPCRouter, keys: KeyRing, configuration: RPCServerConfiguration = RPCServerConfiguration(),
        logger: Logger = Logger(label: "zhike.rpc")
    ) throws(RuntimeError) {
        try router.validate()
        guard configuration.runningCallLimit > 0 else {
            throw RuntimeError(.configurationInvalid, "The limit of calls that run at once must be at least 1.")
        }
        self.configuration = configuration
        routes = NameTable(router.routes.mapValues { ServedRoute($0, in: router) })
        self.keys = NameTable(Dictionary(uniqueKeysWithValues: keys.keys.map { ($0.id, SigningKey($0)) }))
        replays = ReplayWindow(
            startedAtMicroseconds: WallClock.nowMicroseconds, capacity: configuration.rememberedCallLimit)
        admission = Admission(limit: configuration.runningCallLimit)
        failures = FailureTranslation(logger: logger)
    }

    /// Calls that run now.
    public var runningCount: Int { admission.runningCount }

    /// Checks a message and either refuses or admits the call. Does not suspend and does not block.
    public func receive(_ frame: [UInt8]) -> Decision {
        switch check(frame) {
        case .success(let call): .run(call)
        case .failure(let refusal): .reply(refuse(refusal))
        }
    }

    func refuse(_ refusal: Refusal) -> [UInt8] {
        note(refusal)
        return refusal.start.signed(refusal.start.refusal(refusal.error))
    }

    func note(_ refusal: Refusal) {
        refusals.count(refusal.error.code)
    }

    /// Checks a message and runs the call here and now.
    public func answer(_ frame: [UInt8]) async -> [UInt8] {
        switch receive(frame) {
        case .reply(let bytes):
            return bytes
        case .run(let call):
            let answer = await call.run()
            call.note(answer)
            return answer.bytes
        }
    }

    /// Refuses every new call with UNAVAILABLE from now on; what runs goes on.
    public func beginDraining() {
        admission.beginDraining()
    }

    /// Waits until no call runs any more, after `beginDraining()`; false when the bound or the task ended the wait.
    public func waitUntilDrained(within bound: Duration) async -> Bool {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [admission] in
                for await _ in admission.emptied() {}
            }
            group.addTask { try? await Task.sleep(for: bound) }
            await group.next()
            group.cancelAll()
        }
        return admission.runningCount == 0
    }
}

/// Time as other processes see it too, in microseconds since 1970 UTC.
enum WallClock {
    static var nowMicroseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }
}
