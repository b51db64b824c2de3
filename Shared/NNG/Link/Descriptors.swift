internal import Glibc

/// The descriptors of this process: each connection takes one, and so do files and the connections to a database.
enum Descriptors {
    /// More are of no use here.
    private static let mostWanted: rlim_t = 65_536
    private static let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

    /// How many there may be, after as many as are granted were asked for, once.
    static let limit: Int = {
        raiseLimit()
        return currentLimit
    }()

    static var currentLimit: Int {
        var limits = rlimit()
        return getrlimit(kind, &limits) == 0 ? Int(clamping: limits.rlim_cur) : 1_024
    }

    /// Takes what the system grants to who asks: at first a process often has no more than 1,024.
    static func raiseLimit() {
        var limits = rlimit()
        guard getrlimit(kind, &limits) == 0 else { return }
        let wanted = min(limits.rlim_max, mostWanted)
        guard limits.rlim_cur < wanted else { return }
        limits.rlim_cur = wanted
        // What is refused leaves the limit that there was, which `connectionLimit` goes by.
        _ = setrlimit(kind, &limits)
    }

    /// Connections that one socket may have, such that connecting to it takes no more than half of all descriptors:
    /// where none is left, a listener that lives cannot be told from a dead one.
    static func connectionLimit(wanted: Int, descriptorLimit: Int = limit) -> Int {
        min(wanted, max(1, descriptorLimit / 2))
    }

    /// Whether a connection within this process could be made, which takes two.
    static func areLeftForConnection() -> Bool {
        let first = openOne()
        guard first >= 0 else { return first != noneLeft }
        defer { close(first) }
        let second = openOne()
        guard second >= 0 else { return second != noneLeft }
        close(second)
        return true
    }

    private static let noneLeft: Int32 = -2

    private static func openOne() -> Int32 {
        let descriptor = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor < 0 else { return descriptor }
        return errno == EMFILE || errno == ENFILE ? noneLeft : -1
    }
}
