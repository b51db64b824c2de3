internal import Foundation

/// The C libraries that this program runs with, and the packages they come from.
enum LibraryChecks {
    /// A library, the oldest version that the suite was tested with, and Debian's package.
    private static let wanted: [(file: String, version: [Int], package: String)] = [
        ("libnng", [1, 5, 2], "libnng1"), ("libprotobuf-c", [1, 4, 1], "libprotobuf-c1"), ("libpq", [15], "libpq5"),
        ("libcsv", [3, 0, 3], "libcsv3"), ("libnettle", [3, 8], "libnettle8"),
    ]

    /// - Parameters:
    ///   - maps: the text of /proc/self/maps: which files are loaded.
    ///   - packages: version by package, as dpkg knows them; empty on a machine without dpkg.
    static func findings(maps: String, packages: [String: String]) -> [Finding] {
        wanted.map { library in
            let name = library.file
            guard let path = loaded(name, maps: maps) else {
                return .act(
                    name, localized("not loaded", "未加载"),
                    localized(
                        "Install it: apt-get install \(library.package).", "请安装：apt-get install \(library.package)。"))
            }
            // libprotobuf-c and libpq number their files by interface, not by version: the package tells it.
            let version = packages[library.package] ?? ""
            let found = version.isEmpty ? path : "\(library.package) \(version)"
            guard version.isEmpty || numbers(version).lexicographicallyPrecedes(library.version) == false else {
                return .act(
                    name, found,
                    localized(
                        "Version \(text(library.version)) or newer is needed: Debian 12 has it as \(library.package).",
                        "需要 \(text(library.version)) 或更新版本：Debian 12 的软件包为 \(library.package)。"))
            }
            return .ok(name, found)
        }
    }

    private static func loaded(_ name: String, maps: String) -> String? {
        maps.split(separator: "\n").lazy.compactMap { line in
            line.split(separator: " ").last.map(String.init)
        }.first { $0.contains("/\(name).so") }
    }

    /// 15 and 8 of "15.8-0+deb12u1"; an epoch before a colon does not count.
    static func numbers(_ version: String) -> [Int] {
        let upstream = version.split(separator: ":").last ?? ""
        return upstream.prefix { $0.isNumber || $0 == "." }.split(separator: ".").compactMap { Int($0) }
    }

    private static func text(_ version: [Int]) -> String { version.map(String.init).joined(separator: ".") }

    /// Asks dpkg for the versions of what it knows to be installed.
    static func installedPackages() -> [String: String] {
        let names = wanted.map(\.package) + ["postgresql-15"]
        let arguments = ["-W", "-f", "${Package} ${Version} ${db:Status-Status}\n"] + names
        guard let output = ProgramOutput.read("/usr/bin/dpkg-query", arguments) else { return [:] }
        return parse(output)
    }

    static func parse(_ output: String) -> [String: String] {
        var versions: [String: String] = [:]
        for line in output.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            if words.count == 3, words[2] == "installed" { versions[words[0]] = words[1] }
        }
        return versions
    }
}

/// What a program prints.
enum ProgramOutput {
    /// - Returns: nil where the program is missing or could not be started.
    static func read(_ path: String, _ arguments: [String]) -> String? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        guard FileManager.default.isExecutableFile(atPath: path), (try? process.run()) != nil else { return nil }
        let data = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
