import Foundation
import RPC
import ServiceKit
import Testing

@Suite("configuration")
struct ConfigurationTests {
    private static let rows = Setting<Int>(
        "import.rowsAtOnce", "rows in one request", default: 1_000, mustBe: "from 1 to 10,000"
    ) {
        (1...10_000).contains($0)
    }
    private static let folder = Setting<String>("import.folder", "where files are")
    private static let peers = Setting<[String]>("peers.profile", "addresses", default: [])
    private static let isStrict = Setting<Bool>("import.isStrict", "whether a bad row stops it", default: false)
    private static let share = Setting<Double>("import.share", "part", default: 0.5)
    private static let address = Setting<String>("import.address", "an address", default: "x", isSecret: true)
    private static let all: [any AnySetting] = [rows, folder, peers, isStrict, share, address]

    private func configuration(
        _ arguments: [String] = ["--import-folder", "/data"], _ environment: [String: String] = [:],
        file: String? = nil
    ) throws -> ServiceConfiguration {
        guard let file else {
            return try ServiceConfiguration(
                serviceName: "profile", settings: Self.all, arguments: arguments, environment: environment)
        }
        let path = FileManager.default.temporaryDirectory.appending(path: "zhike-\(UUID().uuidString).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(file.utf8).write(to: URL(filePath: path))
        return try ServiceConfiguration(
            serviceName: "profile", settings: Self.all, arguments: arguments, environment: environment, file: path)
    }

    private func complaint(_ make: () throws -> ServiceConfiguration) -> String {
        do {
            _ = try make()
            return "no complaint"
        } catch {
            return "\(error)"
        }
    }

    @Test("flags go over the environment, that over the file, and that over the defaults")
    func precedence() throws {
        let file =
            #"{"import": {"rowsAtOnce": 3, "folder": "/file", "isStrict": true}, "peers": {"profile": ["a", "b"]}}"#
        let environment = ["ZHIKE_IMPORT_ROWS_AT_ONCE": "4", "ZHIKE_IMPORT_FOLDER": "/environment"]
        let first = try configuration(["--import-rows-at-once=5"], environment, file: file)
        #expect(try first.value(Self.rows) == 5)
        #expect(try first.value(Self.folder) == "/environment")
        #expect(try first.value(Self.isStrict))
        #expect(try first.value(Self.peers) == ["a", "b"])
        #expect(try first.value(Self.share) == 0.5)
        let second = try configuration(
            ["--import-is-strict", "--import-folder", "/flag"], ["ZHIKE_PEERS_PROFILE": "ipc:///a,tcp://b:1"])
        #expect(try second.value(Self.isStrict))
        #expect(try second.value(Self.folder) == "/flag")
        #expect(try second.value(Self.peers) == ["ipc:///a", "tcp://b:1"])
    }

    @Test("an unknown key is refused in every source, by its name and with the nearest known one")
    func unknown() {
        #expect(complaint { try configuration(["--import-foldr", "/x"]) }.contains("--import-foldr"))
        #expect(complaint { try configuration(["--import-foldr", "/x"]) }.contains("did you mean --import-folder?"))
        #expect(
            complaint { try configuration([], ["ZHIKE_IMPORT_ROW_AT_ONCE": "1"]) }
                .contains("did you mean ZHIKE_IMPORT_ROWS_AT_ONCE?"))
        #expect(complaint { try configuration(file: #"{"import": {"rows": 1}}"#) }.contains("import.rows"))
        #expect(complaint { try configuration(file: "[1]") }.contains("one JSON object"))
        #expect(complaint { try configuration(["stray"]) }.contains("stray"))
    }

    @Test("what belongs to others in the environment is left alone")
    func foreign() throws {
        _ = try configuration(["--import-folder", "/x"], ["PATH": "/bin", "ZHIKE_TEST_SEED": "1"])
    }

    @Test("a value that is missing, of the wrong type or out of its range stops the start with a sentence")
    func wrong() {
        #expect(complaint { try configuration([]) }.contains("import.folder is missing (where files are)"))
        #expect(
            complaint { try configuration(["--import-folder", "/x", "--import-rows-at-once", "many"]) }
                == "import.rowsAtOnce in the flags must be a whole number.")
        #expect(
            complaint { try configuration(["--import-folder", "/x"], ["ZHIKE_IMPORT_ROWS_AT_ONCE": "0"]) }
                == "import.rowsAtOnce in the environment must be from 1 to 10,000.")
        #expect(
            complaint { try configuration(file: #"{"import": {"isStrict": "perhaps"}}"#) }
                .contains("must be true or false"))
    }

    @Test("the printed configuration names every setting and masks secrets")
    func printed() throws {
        let text = try configuration(["--import-folder", "/x", "--import-address", "geheim"]).printed()
        #expect(text.contains("import.folder = /x"))
        #expect(text.contains("import.address = <secret>"))
        #expect(!text.contains("geheim"))
        for setting in Self.all { #expect(text.contains("\(setting.key) = ")) }
    }

    @Test("a secret file is trimmed, and refused when everybody may read it or nothing is in it")
    func secretFiles() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "zhike-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        func write(_ text: String, rights: Int) throws {
            try Data(text.utf8).write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: rights], ofItemAtPath: path)
        }
        try write("  secret\n", rights: 0o640)
        #expect(try SecretFile.read(path, meaning: "it") == "secret")
        let secret = String(repeating: "0a", count: 32)
        try write("# ours\na:profile:\(secret)\nb:gateway:\(secret)\n", rights: 0o600)
        #expect(try SecretFile.readKeys(path).keys.map(\.service) == ["profile", "gateway"])
        // As Kubernetes mounts secrets; everybody may read a link itself.
        let link = path + ".link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        defer { try? FileManager.default.removeItem(atPath: link) }
        try write("secret", rights: 0o600)
        #expect(try SecretFile.read(link, meaning: "it") == "secret")
        try write("secret", rights: 0o644)
        #expect(throws: RuntimeError.self) { try SecretFile.read(path, meaning: "it") }
        #expect(throws: RuntimeError.self) { try SecretFile.read(link, meaning: "it") }
        try write("\n", rights: 0o600)
        #expect(throws: RuntimeError.self) { try SecretFile.read(path, meaning: "it") }
    }
}
