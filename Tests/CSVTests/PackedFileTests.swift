import CSV
import Foundation
import Testing

@Suite("packed CSV files")
struct PackedFileTests {
    private func packed(_ text: String) throws -> [UInt8] {
        try TemporaryFile.with(Array(text.utf8)) { path in
            let process = Process()
            let pipe = Pipe()
            process.executableURL = URL(filePath: "/usr/bin/gzip")
            process.arguments = ["-c", path]
            process.standardOutput = pipe
            try process.run()
            let data = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return Array(data)
        }
    }

    @Test("a gzip file is read like the file in it, from the start and from a position")
    func gzip() async throws {
        let text = (0..<5_000).map { "\($0);x\n" }.joined()
        try await TemporaryFile.with(packed(text)) { path in
            var rows: [CSVRow] = []
            for try await batch in CSVBatches(path: path, format: CSVFormat(delimiter: ";"), rowsAtOnce: 700) {
                #expect(batch.count <= 700)
                rows += batch
            }
            #expect(rows.map(\.fields) == (0..<5_000).map { ["\($0)", "x"] })
            var rest: [CSVRow] = []
            for try await batch in CSVBatches(path: path, format: CSVFormat(delimiter: ";"), from: rows[3_000].end) {
                rest += batch
            }
            #expect(rest == Array(rows.dropFirst(3_001)))
        }
    }

    @Test("a gzip file that was cut short is an error and not a short file")
    func cut() async throws {
        let text = (0..<5_000).map { "\($0);\($0 &* 7_919)\n" }.joined()
        try await TemporaryFile.with(packed(text).dropLast(2_000)) { path in
            _ = await #expect(throws: CSVError.self) {
                for try await _ in CSVBatches(path: path, format: CSVFormat(delimiter: ";")) {}
            }
        }
    }

    @Test("a gzip file whose bytes were changed is an error")
    func changed() async throws {
        var bytes = try packed((0..<50_000).map { "\($0);\($0 &* 7_919)\n" }.joined())
        bytes[bytes.count / 2] ^= 0x10
        try await TemporaryFile.with(bytes) { path in
            _ = await #expect(throws: CSVError.self) {
                for try await _ in CSVBatches(path: path, format: CSVFormat(delimiter: ";")) {}
            }
        }
    }

    @Test("a reader that is given up early closes its file")
    func givenUp() async throws {
        let text = String(repeating: "1;2\n", count: 2_000_000)
        try await TemporaryFile.with(packed(text)) { path in
            for try await _ in CSVBatches(path: path, format: CSVFormat(delimiter: ";"), rowsAtOnce: 10) { break }
            let end = ContinuousClock.now + .seconds(20)
            while Self.isOpen(path), ContinuousClock.now < end { await Task.yield() }
            #expect(!Self.isOpen(path))
        }
    }

    private static func isOpen(_ path: String) -> Bool {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return files.contains {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path
        }
    }
}
