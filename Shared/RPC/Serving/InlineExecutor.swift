/// Runs each job at once, on the thread that makes it ready: a task with this preference continues where its call's
/// reply came in, without a hop to another thread.
///
/// Only for tasks that never block and do little between their awaits: the thread belongs to the transport, and
/// everybody's replies come in on it.
public final class InlineExecutor: TaskExecutor {
    public static let shared = InlineExecutor()

    private init() {}

    public func enqueue(_ job: consuming ExecutorJob) {
        job.runSynchronously(on: asUnownedTaskExecutor())
    }
}
