internal import EventLog

/// Dead letters are of two kinds, each with a key of its own; one number names either.
enum DeadLetterID {
    case delivery(Int64)
    case entry(partition: Int16, offset: Int64)

    init(_ number: Int64) {
        let key = number >> 1
        self = number & 1 == 0 ? .delivery(key) : .entry(partition: Int16(key & 0xFF), offset: key >> 8)
    }

    var number: Int64 {
        switch self {
        case .delivery(let id): id << 1
        case .entry(let partition, let offset): (offset << 8 | Int64(partition)) << 1 | 1
        }
    }
}
