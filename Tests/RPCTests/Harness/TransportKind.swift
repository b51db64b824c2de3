import Testing

/// The ways a call can travel; the tests of Transports/ run over each of them.
enum TransportKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case inProcess
    case ipc
    case tcp
    case inproc

    /// Those with a socket.
    static let sockets: [TransportKind] = [.ipc, .tcp, .inproc]

    var testDescription: String { rawValue }
}
