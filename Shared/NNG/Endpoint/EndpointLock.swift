internal import CNNG
internal import Glibc

/// The right to listen on an ipc path, held by an exclusive lock on a file beside it: NNG would unlink the path of a
/// listener that is alive and take its place.
///
/// The file stays when the lock is released: to remove it would let two processes hold locks on two files of one name.
struct EndpointLock: ~Copyable {
    private let descriptor: Int32

    deinit {
        close(descriptor)
    }

    /// Nil for what the kernel itself keeps apart.
    static func take(for endpoint: Endpoint) throws(NNGError) -> EndpointLock? {
        guard case .ipc(let path) = endpoint.transport else { return nil }
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        try claimFolder(folder.isEmpty ? "/" : folder)
        let lockPath = path + ".lock"
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("opening \(lockPath)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isTaken = errno == EWOULDBLOCK
            let error = failure("locking \(lockPath)")
            close(descriptor)
            throw isTaken
                ? NNGError(.addressInUse, "\(endpoint) is served by another process (\(lockPath) is locked)") : error
        }
        return EndpointLock(descriptor: descriptor)
    }

    /// Makes the folder with mode 0700, or sees that nobody else can reach into it: who can connect can call.
    private static func claimFolder(_ folder: String) throws(NNGError) {
        guard mkdir(folder, 0o700) != 0 else { return }
        guard errno == EEXIST else { throw failure("making the folder \(folder)") }
        var status = stat()
        guard stat(folder, &status) == 0 else { throw failure("looking at the folder \(folder)") }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw NNGError(
                .permissionDenied, "the folder \(folder) must belong to the user of this process and have mode 0700")
        }
    }

    private static func failure(_ attempt: String) -> NNGError {
        let reason = String(cString: strerror(errno))
        let isPermission = errno == EACCES || errno == EPERM || errno == EROFS
        return NNGError(isPermission ? .permissionDenied : .invalidAddress, "\(attempt): \(reason)")
    }
}
