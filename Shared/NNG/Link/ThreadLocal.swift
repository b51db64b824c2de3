internal import Glibc

/// An object that one thread sees, while a closure runs on it: what callbacks of NNG that come one inside the other tell
/// each other, without a lock.
public struct ThreadLocal<Object: AnyObject>: Sendable {
    private let key: pthread_key_t

    public init() {
        var key = pthread_key_t()
        let result = pthread_key_create(&key, nil)
        precondition(result == 0, "pthread_key_create: \(result)")
        self.key = key
    }

    /// The innermost object of this thread.
    public var current: Object? {
        // Kept alive by `run`, which stands below on the same stack.
        pthread_getspecific(key).map { Unmanaged<Object>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Runs the closure with the object as this thread's own; before and after it is what it was.
    public func run(with object: Object, _ body: () -> Void) {
        let outer = pthread_getspecific(key)
        pthread_setspecific(key, Unmanaged.passUnretained(object).toOpaque())
        withExtendedLifetime(object, body)
        pthread_setspecific(key, outer)
    }
}
