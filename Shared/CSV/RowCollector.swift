/// The fields of the row that is being read.
final class RowCollector {
    private let format: CSVFormat
    private var fields: [String] = []
    private var isText = true
    private var longestBytes = 0
    private var count = 0
    private(set) var isComplete = false

    init(_ format: CSVFormat) {
        self.format = format
    }

    var hasFields: Bool { count > 0 }

    /// What is too much in this row, as the end of a sentence; nil when nothing is.
    func excess(unfinishedFieldBytes: Int) -> String? {
        if max(longestBytes, unfinishedFieldBytes) > format.maximumFieldBytes {
            return "has a field of more than \(format.maximumFieldBytes) bytes"
        }
        return count > format.maximumFields ? "has more than \(format.maximumFields) fields" : nil
    }

    func append(_ bytes: UnsafeRawBufferPointer) {
        count += 1
        longestBytes = max(longestBytes, bytes.count)
        guard count <= format.maximumFields, bytes.count <= format.maximumFieldBytes else { return }
        if let field = String(validating: bytes, as: UTF8.self) {
            fields.append(field)
        } else {
            isText = false
        }
    }

    func complete() {
        isComplete = true
    }

    func take() -> (fields: [String], isText: Bool) {
        defer {
            fields.removeAll(keepingCapacity: true)
            isText = true
            longestBytes = 0
            count = 0
            isComplete = false
        }
        return (fields, isText)
    }
}

/// libcsv calls this at the end of each field; an empty field may come without an address.
let appendField: @convention(c) (UnsafeMutableRawPointer?, Int, UnsafeMutableRawPointer?) -> Void = {
    field, count, context in
    guard let context else { return }
    let collector = Unmanaged<RowCollector>.fromOpaque(context).takeUnretainedValue()
    collector.append(UnsafeRawBufferPointer(start: field, count: field == nil ? 0 : count))
}

/// libcsv calls this at the end of each row.
let endRow: @convention(c) (Int32, UnsafeMutableRawPointer?) -> Void = { _, context in
    guard let context else { return }
    Unmanaged<RowCollector>.fromOpaque(context).takeUnretainedValue().complete()
}
