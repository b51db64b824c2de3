internal import CNNG
internal import Glibc

/// NNG's own threads, which it creates once per process, at the first call that needs any of them.
///
/// They wake one another while they hold the lock that the one woken takes first. A woken thread of the normal policy
/// may take the processor from its waker: it then sleeps again on that lock, and each hop of a message costs three or
/// four switches more than it has to. Threads of the batch policy run as soon but push nobody aside (sched(7),
/// SCHED_BATCH); what they wake of ours, in the normal policy, still may push them.
enum LibraryThreads {
    /// Creates them, once. What NNG then lacks is told by the call that needs it.
    static func start() {
        _ = started
    }

    private static let started: Void = {
        // A new thread inherits the policy of the one that creates it.
        withBatchPolicy { (try? AsyncOperation())?.free() }
    }()

    /// SCHED_BATCH of linux/sched.h, which Glibc as imported leaves out.
    private static let batch: Int32 = 3

    /// Where the process was given another policy than the normal one, or may not change it, nothing is changed.
    private static func withBatchPolicy(_ body: () -> Void) {
        var policy: Int32 = 0
        var parameters = sched_param()
        guard pthread_getschedparam(pthread_self(), &policy, &parameters) == 0, policy == SCHED_OTHER,
            pthread_setschedparam(pthread_self(), batch, &parameters) == 0
        else { return body() }
        body()
        _ = pthread_setschedparam(pthread_self(), policy, &parameters)
    }
}
