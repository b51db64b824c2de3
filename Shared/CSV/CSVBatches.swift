internal import Dispatch
internal import Synchronization

/// The rows of a file in batches, read on a thread of its own so that no task waits on a disk.
public struct CSVBatches: AsyncSequence, Sendable {
    public typealias Element = [CSVRow]

    private let path: String
    private let format: CSVFormat
    private let position: CSVPosition
    private let rowsAtOnce: Int

    public init(
        path: String, format: CSVFormat, from position: CSVPosition = .start, rowsAtOnce: Int = 1_000
    ) {
        self.path = path
        self.format = format
        self.position = position
        self.rowsAtOnce = rowsAtOnce
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(thread: ReadingThread(), batches: self)
    }

    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let thread: ReadingThread
        fileprivate let batches: CSVBatches

        public mutating func next() async throws -> [CSVRow]? {
            let batches = batches
            let rows = try await thread.read { reader throws(CSVError) in
                if reader == nil {
                    reader = try CSVReader(path: batches.path, format: batches.format, from: batches.position)
                }
                var rows: [CSVRow] = []
                while rows.count < batches.rowsAtOnce, let row = try reader?.next() { rows.append(row) }
                return rows
            }
            return rows.isEmpty ? nil : rows
        }
    }
}

/// A reader and the only queue that touches it.
///
/// `@unchecked Sendable`: `reader` is used within `queue` alone, which runs one block at a time.
private final class ReadingThread: @unchecked Sendable {
    private let queue = DispatchQueue(label: "zhike.csv")
    private var reader: CSVReader?

    func read(_ body: @escaping @Sendable (inout CSVReader?) throws(CSVError) -> [CSVRow]) async throws -> [CSVRow] {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body(&self.reader) }) }
        }
    }
}
