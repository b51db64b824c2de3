internal import Foundation
internal import RPC

/// What a running suite leaves in its folder for the commands that look for it.
struct RunningSuite: Codable, Sendable {
    var address: String
    var sockets: String
    /// For the commands that need the database itself.
    var databaseURL: String

    private static func file(_ folder: URL) -> URL { folder.appending(path: "running.json") }

    static func find(_ folder: URL) throws -> RunningSuite {
        guard let data = try? Data(contentsOf: file(folder)),
            let running = try? JSONDecoder().decode(RunningSuite.self, from: data),
            FileManager.default.fileExists(atPath: running.sockets)
        else {
            throw RuntimeError(
                .endpointUnavailable,
                localized(
                    "No suite runs in \(folder.path): start one with zhike up, or name another folder with --data.",
                    "\(folder.path) 中没有运行中的系统：请用 zhike up 启动，或用 --data 指定其他文件夹。"))
        }
        return running
    }

    func write(to folder: URL) throws { try JSONEncoder().encode(self).write(to: Self.file(folder), options: .atomic) }

    static func remove(from folder: URL) { try? FileManager.default.removeItem(at: file(folder)) }
}
