internal import NNG
internal import RPC

/// Calls that come on one thread while it gives out the replies of a bundle.
///
/// A caller who goes on where its reply came in often calls again at once. Its call waits for company anyway; gathered
/// here, the calls of a whole bundle need the bundler's lock once instead of once each, while other threads want it too.
final class GatheredCalls {
    private static let ofThread = ThreadLocal<GatheredCalls>()

    private let bundler: Bundler
    private var calls: [BundledCall] = []

    private init(_ bundler: Bundler) {
        self.bundler = bundler
        calls.reserveCapacity(CallBundle.longestItemCount)
    }

    /// Gathers what comes to the bundler on this thread during `body`, which may stand inside that of another bundler.
    static func gather(for bundler: Bundler, _ body: () -> Void) -> [BundledCall] {
        let gathered = GatheredCalls(bundler)
        ofThread.run(with: gathered, body)
        return gathered.calls
    }

    /// Takes the call if this thread gathers for the bundler.
    static func gather(_ call: BundledCall, for bundler: Bundler) -> Bool {
        guard let gathered = ofThread.current, gathered.bundler === bundler else { return false }
        gathered.calls.append(call)
        return true
    }
}
