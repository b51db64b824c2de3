internal import CCSV

/// The bytes of a file from some offset on; zlib unpacks a gzip file on the way and gives any other as it is.
final class ByteSource {
    private static let chunkBytes: UInt32 = 256 << 10

    private let path: String
    /// Ours alone; closed in `deinit`.
    private let file: gzFile

    /// - Parameter offset: counted in the unpacked bytes.
    init(path: String, offset: Int64) throws(CSVError) {
        guard let file = gzopen(path, "rb") else {
            throw CSVError("The file \(path) cannot be read: check its path and rights.")
        }
        self.path = path
        self.file = file
        gzbuffer(file, Self.chunkBytes)
        guard offset == 0 || gzseek(file, Int(offset), SEEK_SET) == Int(offset) else {
            throw CSVError("The file \(path) cannot be read from byte \(offset): it is not the file it was.")
        }
    }

    deinit {
        gzclose(file)
    }

    /// The next bytes; empty at the end.
    func next() throws(CSVError) -> [UInt8] {
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(Self.chunkBytes)) { buffer, count in
            // Negative for an error, which is asked for below.
            count = max(0, Int(gzread(file, buffer.baseAddress, Self.chunkBytes)))
        }
        var code: Int32 = Z_OK
        _ = gzerror(file, &code)
        guard code == Z_OK || code == Z_STREAM_END else {
            let isTorn = code == Z_BUF_ERROR || code == Z_DATA_ERROR
            throw CSVError(
                isTorn
                    ? "The file \(path) is damaged: it cannot be unpacked to its end."
                    : "The file \(path) can no longer be read: check the disk.")
        }
        return bytes
    }
}
