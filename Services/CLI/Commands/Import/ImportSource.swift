internal import CSV
internal import Crypto
internal import Foundation
internal import ProfileDomain
internal import RPC

/// A file and its mapping, read and found to agree.
struct ImportSource: Sendable {
    let file: URL
    let mapping: ImportMapping
    let mappingJSON: Data
    var mapper: RowMapper
    let width: Int

    /// - Throws: one sentence that names the file, and the key or column at fault.
    init(file: URL, mappingFile: URL) throws {
        self.file = file
        guard let data = try? Data(contentsOf: mappingFile) else {
            throw RuntimeError(
                .configurationInvalid,
                localized(
                    "The mapping \(mappingFile.path) cannot be read: check its path.",
                    "无法读取映射文件 \(mappingFile.path)：请检查路径。"))
        }
        mappingJSON = data
        do throws(FieldProblem) {
            mapping = try ImportMapping(json: data)
        } catch {
            throw Self.sentence(mappingFile, error)
        }
        let header = try Self.header(of: file, CSVFormat(delimiter: mapping.delimiter))
        width = header.count
        do throws(FieldProblem) {
            mapper = try RowMapper(mapping, header: header)
        } catch {
            throw Self.sentence(mappingFile, error)
        }
    }

    private static func header(of file: URL, _ format: CSVFormat) throws -> [String] {
        let name = file.lastPathComponent
        guard let row = try CSVReader(path: file.path, format: format).next() else {
            throw RuntimeError(
                .configurationInvalid,
                localized("\(name): The file is empty: it needs a header.", "\(name)：文件为空：需要表头。"))
        }
        if let problem = row.problem {
            throw RuntimeError(
                .configurationInvalid,
                localized(
                    "\(name): The header \(problem): write the file as UTF-8 text by RFC 4180.",
                    "\(name)：无法读取表头（\(problem)）：请将文件另存为 UTF-8 编码、符合 RFC 4180 的文本。"))
        }
        return row.fields
    }

    static func sentence(_ mapping: URL, _ problem: FieldProblem) -> RuntimeError {
        let place = problem.field.isEmpty ? "" : " (\(problem.field))"
        return RuntimeError(.configurationInvalid, "\(mapping.lastPathComponent): \(problem.reason)\(place)")
    }

    var format: CSVFormat { CSVFormat(delimiter: mapping.delimiter) }

    /// Beside the file.
    var defaultRejects: URL { beside("rejects.csv") }

    /// Those of a past campaign stand apart: its file is often that of its customers, who have rejects of their own.
    var defaultPastRejects: URL { beside("past.rejects.csv") }

    private func beside(_ ending: String) -> URL {
        let plain = file.pathExtension == "gz" ? file.deletingPathExtension() : file
        return plain.deletingPathExtension().appendingPathExtension(ending)
    }

    /// SHA-256 of mapping and file, so that a changed mapping is another import.
    func key() throws -> String {
        var hash = SHA256()
        hash.update(data: mappingJSON)
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        let size = (try? handle.seekToEnd()).map(Int64.init) ?? 0
        try handle.seek(toOffset: 0)
        // A file of some megabytes is read before anybody would look.
        let shown = size > 1 << 28 ? Progress(localized("reading the file", "读取文件"), total: size) : nil
        var done: Int64 = 0
        while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
            hash.update(data: piece)
            done += Int64(piece.count)
            shown?.show(done)
        }
        return hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Gives each row behind the header, with its number from 1, and shows how far the file is read.
    func rows(
        _ title: String, _ body: (_ number: Int64, _ row: CSVRow) async throws -> Void
    ) async throws {
        let size = (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int64) ?? 0
        let isPacked = file.pathExtension == "gz"
        // Of a packed file only the unpacked bytes are counted, whose number nobody knows before.
        let progress = Progress(title, total: isPacked ? nil : size)
        var count: Int64 = 0
        for try await batch in CSVBatches(path: file.path, format: format, rowsAtOnce: 1_000) {
            for row in batch where row.number > 1 {
                count += 1
                try await body(count, row)
            }
            progress.show(isPacked ? count : batch.last?.end.byteOffset ?? 0)
        }
        progress.finish(count)
    }

    /// What makes a row unfit before its values are looked at.
    func problem(_ row: CSVRow) -> FieldProblem? {
        if let problem = row.problem { return FieldProblem(field: "row", code: "csv", reason: problem) }
        guard row.fields.count == width else {
            return FieldProblem(
                field: "row", code: "width",
                reason: "The row has \(row.fields.count) fields where the header has \(width).")
        }
        return nil
    }
}
