internal import Foundation

/// The bytes of a file from some offset on; a gzip file is unpacked by `gzip` on the way.
final class ByteSource {
    private static let chunkBytes = 256 << 10

    private let path: String
    private let handle: FileHandle
    private let unpacker: Process?

    /// - Parameter offset: counted in the unpacked bytes.
    init(path: String, offset: Int64) throws(CSVError) {
        self.path = path
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw CSVError("The file \(path) cannot be read: check its path and rights.")
        }
        do {
            if try file.read(upToCount: 2) == Data([0x1F, 0x8B]) {
                try file.seek(toOffset: 0)
                (unpacker, handle) = try Self.unpack(file)
                try Self.skip(offset, of: handle)
            } else {
                unpacker = nil
                handle = file
                try file.seek(toOffset: UInt64(offset))
            }
        } catch {
            throw CSVError("The file \(path) cannot be read from byte \(offset): check it and the package gzip.")
        }
    }

    /// gzip ends by itself when nobody reads its pipe any more.
    deinit {
        try? handle.close()
    }

    /// The next bytes; empty at the end.
    func next() throws(CSVError) -> [UInt8] {
        let data: Data
        do {
            data = try handle.read(upToCount: Self.chunkBytes) ?? Data()
        } catch {
            throw CSVError("The file \(path) can no longer be read: check the disk.")
        }
        if data.isEmpty, let unpacker {
            unpacker.waitUntilExit()
            guard unpacker.terminationStatus == 0 else {
                throw CSVError("The file \(path) is damaged: gzip cannot unpack it to its end.")
            }
        }
        return Array(data)
    }

    private static func unpack(_ file: FileHandle) throws -> (Process, FileHandle) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/gzip")
        process.arguments = ["-dc"]
        process.standardInput = file
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, pipe.fileHandleForReading)
    }

    private static func skip(_ count: Int64, of handle: FileHandle) throws {
        var left = count
        while left > 0, let data = try handle.read(upToCount: Int(min(left, Int64(chunkBytes)))), !data.isEmpty {
            left -= Int64(data.count)
        }
    }
}
