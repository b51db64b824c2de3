internal import Glibc

/// Calls that come on one thread while it gives out the replies of a bundle.
///
/// A caller who goes on where its reply came in often calls again at once. Its call waits for company anyway; gathered
/// here, the calls of a whole bundle need the bundler's lock once instead of once each, while other threads want it too.
final class GatheredCalls {
    private let bundler: Bundler
    private var calls: [BundledCall] = []

    private init(_ bundler: Bundler) {
        self.bundler = bundler
        calls.reserveCapacity(Bundle.longestItemCount)
    }

    /// What this thread gathers now: the address of a `GatheredCalls` that `gather(for:_:)` keeps alive.
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let result = pthread_key_create(&key, nil)
        precondition(result == 0, "pthread_key_create: \(result)")
        return key
    }()

    /// Gathers what comes to the bundler on this thread during `body`.
    static func gather(for bundler: Bundler, _ body: () -> Void) -> [BundledCall] {
        let gathered = GatheredCalls(bundler)
        // One may stand inside another: a caller that goes on may be the one who ends a call of another bundler.
        let outer = pthread_getspecific(key)
        pthread_setspecific(key, Unmanaged.passUnretained(gathered).toOpaque())
        withExtendedLifetime(gathered, body)
        pthread_setspecific(key, outer)
        return gathered.calls
    }

    /// Takes the call if this thread gathers for the bundler.
    static func gather(_ call: BundledCall, for bundler: Bundler) -> Bool {
        guard let current = pthread_getspecific(key) else { return false }
        let gathered = Unmanaged<GatheredCalls>.fromOpaque(current).takeUnretainedValue()
        guard gathered.bundler === bundler else { return false }
        gathered.calls.append(call)
        return true
    }
}
