internal import Metrics
internal import Synchronization

/// The timers of one method, one for each status that occurred.
final class MethodTimers: Sendable {
    private let label: String
    private let method: String
    /// Made at once: nearly every call ends well, and its timer is then found without a lock.
    private let succeeded: Metrics.Timer
    private let others = Mutex<[RPCError.Code: Metrics.Timer]>([:])

    init(label: String, method: String) {
        self.label = label
        self.method = method
        succeeded = Self.timer(label, method, .ok)
    }

    private static func timer(_ label: String, _ method: String, _ code: RPCError.Code) -> Metrics.Timer {
        Metrics.Timer(label: label, dimensions: [("method", method), ("status", code.name)])
    }

    func record(_ code: RPCError.Code, _ nanoseconds: Int64) {
        if code == .ok { recordSuccess(nanoseconds) } else { Self.record(nanoseconds, other(code)) }
    }

    func recordSuccess(_ nanoseconds: Int64) {
        Self.record(nanoseconds, succeeded)
    }

    private static func record(_ nanoseconds: Int64, _ timer: borrowing Metrics.Timer) {
        timer.recordNanoseconds(nanoseconds)
    }

    private func other(_ code: RPCError.Code) -> Metrics.Timer {
        others.withLock { others in
            if let timer = others[code] { return timer }
            let timer = Self.timer(label, method, code)
            others[code] = timer
            return timer
        }
    }
}

/// What a channel knows of a method, and how its calls are measured: timer `rpc_client_seconds` with method and
/// status, retries included, and counter `rpc_client_retries_total`, through swift-metrics.
final class CalledMethod: Sendable {
    let timers: MethodTimers
    /// What the server said last: the method is a read that it answers from memory, so calls may be bundled.
    let isFromMemory = Atomic<Bool>(false)
    let name: String

    fileprivate init(_ name: String) {
        self.name = name
        timers = MethodTimers(label: "rpc_client_seconds", method: name)
    }

    /// Repeating is rare, so the counter is looked up each time.
    func countRetry() {
        Counter(label: "rpc_client_retries_total", dimensions: [("method", name)]).increment()
    }

    func note(isFromMemory answer: Bool) {
        // Nearly always nothing changes, and the line of memory stays shared.
        if isFromMemory.load(ordering: .relaxed) != answer { isFromMemory.store(answer, ordering: .relaxed) }
    }
}

/// The methods that a channel called so far. A lock for each slot, held for a few instructions: threads that make calls
/// would contend for one of the whole table, and the library's reference that is set once takes three times as long,
/// because its generic code is not specialized.
final class CalledMethods: Sendable {
    /// More than a suite service has methods.
    private static let slotCount = 64

    /// By the end of the name, or behind it where that slot is taken.
    private let slots = InlineArray<64, Mutex<CalledMethod?>> { _ in Mutex(nil) }
    /// Those that found no slot.
    private let others = Mutex<[String: CalledMethod]>([:])

    subscript(_ name: String) -> CalledMethod {
        let start = Self.hash(name)
        for offset in 0..<Self.slotCount {
            let index = (start + offset) & (Self.slotCount - 1)
            // Who comes first takes the slot.
            let method = slots[index].withLock { slot in
                if let known = slot { return known }
                let new = CalledMethod(name)
                slot = new
                return new
            }
            if method.name == name { return method }
        }
        return others.withLock { others in
            if let known = others[name] { return known }
            let new = CalledMethod(name)
            others[name] = new
            return new
        }
    }

    /// Names of methods differ at their end.
    private static func hash(_ name: String) -> Int {
        var hash: UInt64 = 0
        for byte in name.utf8.suffix(8) { hash = hash &* 31 &+ UInt64(byte) }
        return Int(truncatingIfNeeded: hash & UInt64(slotCount - 1))
    }
}
