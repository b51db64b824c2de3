internal import Foundation
internal import RPC

/// What a running suite leaves in its folder for the commands that look for it.
struct RunningSuite: Codable, Sendable {
    var address: String
    var sockets: String
    /// For the commands that need the database itself.
    var databaseURL: String
    /// Business time moves by zhike clock alone.
    var isClockSimulated: Bool
    /// Of the program that supervises the suite.
    var processID: Int32 = getpid()

    private static func file(_ folder: URL) -> URL { folder.appending(path: "running.json") }

    static func find(_ folder: URL) throws -> RunningSuite {
        let file = file(folder)
        guard FileManager.default.fileExists(atPath: file.path) else { throw none(folder) }
        guard let data = try? Data(contentsOf: file) else {
            throw RuntimeError(
                .endpointUnavailable,
                localized(
                    "\(file.path) cannot be read: call as the person who started the suite.",
                    "无法读取 \(file.path)：请以启动系统的账户运行。"))
        }
        guard let running = try? JSONDecoder().decode(RunningSuite.self, from: data),
            FileManager.default.fileExists(atPath: running.sockets)
        else { throw none(folder) }
        guard isAlive(running.processID) else {
            throw RuntimeError(
                .endpointUnavailable,
                localized(
                    "The suite in \(folder.path) ended without being stopped: start it again with zhike up.",
                    "\(folder.path) 中的系统已异常结束：请用 zhike up 重新启动。"))
        }
        return running
    }

    /// A process that ended and that nobody has waited for yet is no longer alive.
    private static func isAlive(_ process: Int32) -> Bool {
        // Signal 0 asks whether the process is there; it may be another person's.
        guard kill(process, 0) == 0 || errno == EPERM else { return false }
        let state = FileHandle(forReadingAtPath: "/proc/\(process)/stat").flatMap { try? $0.readToEnd() } ?? Data()
        // After the name, which stands in parentheses and may hold anything.
        let rest = String(decoding: state, as: UTF8.self).split(separator: ")").last ?? ""
        return rest.split(separator: " ").first != "Z"
    }

    private static func none(_ folder: URL) -> RuntimeError {
        RuntimeError(
            .endpointUnavailable,
            localized(
                "No suite runs in \(folder.path): start one with zhike up, or name another folder with --data.",
                "\(folder.path) 中没有运行中的系统：请用 zhike up 启动，或用 --data 指定其他文件夹。"))
    }

    func write(to folder: URL) throws {
        let data = try JSONEncoder().encode(self)
        let file = Self.file(folder)
        try data.write(to: file, options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    }

    static func remove(from folder: URL) { try? FileManager.default.removeItem(at: file(folder)) }
}
