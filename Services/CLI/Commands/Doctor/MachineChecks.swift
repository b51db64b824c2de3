internal import EmbeddedPostgres
internal import Foundation

/// What the machine has to offer.
enum MachineChecks {
    private static let gibibyte: Int64 = 1 << 30

    /// No toolchain is asked for: the programs bring what they need of Swift.
    static func swift(programs: URL) -> Finding {
        let missing = SuiteFolder.services.map { "zhike-\($0)" }.filter {
            !FileManager.default.isExecutableFile(atPath: programs.appending(path: $0).path)
        }
        guard missing.isEmpty else {
            return .act(
                "programs", localized("missing: ", "缺少：") + missing.joined(separator: ", "),
                localized(
                    "Put the suite's programs into one folder with zhike: swift build -c release.",
                    "请将各程序与 zhike 放在同一文件夹：swift build -c release。"))
        }
        return .ok(
            "programs",
            localized("all beside zhike; no Swift toolchain is needed to run them", "均与 zhike 同处；运行时无需 Swift 工具链"))
    }

    static func postgres(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> Finding {
        do {
            let program = try PostgresInstallation.find(environment: environment).binaries.appending(path: "postgres")
            let version = ProgramOutput.read(program.path, ["--version"])
            let found = version?.trimmingCharacters(in: .whitespacesAndNewlines) ?? program.path
            return .ok("postgres", found)
        } catch {
            return .act("postgres", localized("not found", "未找到"), "\(error)")
        }
    }

    static func disk(_ folder: URL, freeBytes: Int64?) -> Finding {
        guard let freeBytes else {
            return .note("disk", localized("free space unknown", "剩余空间未知"))
        }
        let free = localized("free for \(folder.path)", "可用于 \(folder.path)")
        let found = "\(ReportText.number(Double(freeBytes) / Double(gibibyte), 1)) GiB \(free)"
        if freeBytes < gibibyte {
            return .act(
                "disk", found,
                localized(
                    "Make room or choose another folder with --data: Postgres stops when the disk is full.",
                    "请清理空间或用 --data 选择其他文件夹：磁盘写满后 Postgres 会停止。"))
        }
        guard freeBytes < 10 * gibibyte else { return .ok("disk", found) }
        return .note(
            "disk", found,
            localized("Ten million customers need some tens of GiB.", "一千万客户需要数十 GiB。"))
    }

    static func freeBytes(_ folder: URL) -> Int64? {
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: nearest(folder).path)
        return (attributes?[.systemFreeSize] as? NSNumber)?.int64Value
    }

    /// The folder, or the next one above that is there.
    static func nearest(_ folder: URL) -> URL {
        var folder = folder.standardizedFileURL
        while !FileManager.default.fileExists(atPath: folder.path), folder.path != "/" {
            folder.deleteLastPathComponent()
        }
        return folder
    }

    /// Business days and quiet hours need the zones of the tz database.
    static func timeZones() -> Finding {
        guard TimeZone(identifier: "Asia/Shanghai") != nil else {
            return .act(
                "time zones", localized("Asia/Shanghai is unknown", "不认识 Asia/Shanghai"),
                localized("Install the zones: apt-get install tzdata.", "请安装时区数据：apt-get install tzdata。"))
        }
        return .ok("time zones", localized("known", "可用"))
    }

    /// Whether something keeps the clock of the machine in step; signed calls of another host fall out of their window
    /// where it runs away.
    static func clock(isSynchronised: Bool?) -> Finding {
        switch isSynchronised {
        case true?: return .ok("clock", localized("kept in step", "已同步"))
        case false?:
            return .note(
                "clock", localized("not kept in step", "未同步"),
                localized(
                    "Run chrony or systemd-timesyncd where suite services stand on several hosts.",
                    "若服务分布在多台主机，请启用 chrony 或 systemd-timesyncd。"))
        case nil: return .note("clock", localized("unknown", "未知"))
        }
    }

    /// What systemd says; nil where there is none.
    static func isClockSynchronised() -> Bool? {
        let answer = ProgramOutput.read("/usr/bin/timedatectl", ["show", "-p", "NTPSynchronized", "--value"])
        switch answer?.trimmingCharacters(in: .whitespacesAndNewlines) {
        case "yes": return true
        case "no": return false
        default: return nil
        }
    }
}
