/// Why a file cannot be read any further. What is wrong with one row alone stands in `CSVRow.problem`.
public struct CSVError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A sentence that names the file and says what to do.
    public let message: String

    init(_ message: String) {
        self.message = message
    }

    public var description: String { message }
}
