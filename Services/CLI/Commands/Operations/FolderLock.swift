internal import Foundation
internal import RPC

/// Keeps a data folder to one suite: the lock ends with the process that holds it, however that ends.
struct FolderLock: ~Copyable {
    private let file: FileHandle

    /// - Throws: one sentence where the folder cannot be made, or another suite has it.
    init(_ folder: URL) throws {
        do {
            // As root, Postgres runs as an account of its own, which must be able to pass through to its folder.
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: geteuid() == 0 ? 0o711 : 0o700])
        } catch {
            throw Self.closed(folder)
        }
        let path = folder.appending(path: "up.lock").path
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        guard let file = FileHandle(forUpdatingAtPath: path) else { throw Self.closed(folder) }
        // The suite services must not inherit it, or they would hold the folder after us.
        _ = fcntl(file.fileDescriptor, F_SETFD, FD_CLOEXEC)
        guard flock(file.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw RuntimeError(
                .alreadyRunning,
                localized(
                    "A suite runs in \(folder.path) already: stop it first, or name another folder with --data.",
                    "\(folder.path) 中已有系统在运行：请先停止，或用 --data 指定其他文件夹。"))
        }
        self.file = file
    }

    private static func closed(_ folder: URL) -> RuntimeError {
        RuntimeError(
            .configurationInvalid,
            localized(
                "The folder \(folder.path) cannot be made or written: choose another with --data.",
                "无法创建或写入文件夹 \(folder.path)：请用 --data 指定其他文件夹。"))
    }

    deinit { try? file.close() }
}
