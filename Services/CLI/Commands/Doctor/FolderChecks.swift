internal import Foundation

/// The data folder of a suite on one machine.
enum FolderChecks {
    static func rights(_ folder: URL, account: String?) -> Finding {
        let nearest = MachineChecks.nearest(folder)
        let isThere = nearest.standardizedFileURL.path == folder.standardizedFileURL.path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: nearest.path, isDirectory: &isFolder), isFolder.boolValue,
            FileManager.default.isWritableFile(atPath: nearest.path)
        else {
            return .act(
                "data folder", localized("\(nearest.path) cannot be written", "无法写入 \(nearest.path)"),
                localized(
                    "Choose another folder with --data, or make \(folder.path) yours.",
                    "请用 --data 选择其他文件夹，或取得 \(folder.path) 的权限。"))
        }
        if let account, let closed = closedAbove(folder) {
            return .act(
                "data folder", localized("\(closed) is closed to others", "\(closed) 不允许其他账户进入"),
                localized(
                    "As root Postgres runs as \(account), which must be able to pass: chmod o+x \(closed), or choose "
                        + "another folder.",
                    "以 root 运行时 Postgres 使用账户 \(account)，须能进入：chmod o+x \(closed)，或选择其他文件夹。"))
        }
        return .ok(
            "data folder",
            isThere ? folder.path : localized("\(folder.path), made by zhike up", "\(folder.path)，由 zhike up 创建"))
    }

    /// The first folder on the way that accounts other than its owner cannot pass through.
    private static func closedAbove(_ folder: URL) -> String? {
        var path = MachineChecks.nearest(folder)
        var folders: [URL] = []
        while path.path != "/" {
            folders.append(path)
            path.deleteLastPathComponent()
        }
        return folders.reversed().first { folder in
            let attributes = try? FileManager.default.attributesOfItem(atPath: folder.path)
            guard let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue else { return false }
            return mode & 0o001 == 0
        }?.path
    }

    /// Before a start; a running suite has the port itself.
    static func port(_ port: Int, isTaken: Bool) -> Finding {
        guard isTaken else { return .ok("port \(port)", localized("free", "空闲")) }
        return .act(
            "port \(port)", localized("taken", "已被占用"),
            localized(
                "Stop the program that uses it, or start with zhike up --port of another.",
                "请停止占用它的程序，或用 zhike up --port 指定其他端口。"))
    }
}
