import Foundation
import NNG

extension ReplySocket.Configuration {
    /// Without probes. For tests of calls, too: NNG 1.5.2 may keep the message of a probe whose connection is closed just
    /// then, and where nobody goes away every byte must come back.
    static var unwatched: ReplySocket.Configuration {
        var configuration = ReplySocket.Configuration()
        configuration.watch.probeInterval = .seconds(86_400)
        return configuration
    }
}

/// A server in this process that answers every request by a rule, with so many calls in service at a time.
final class TestServer: Sendable {
    let socket: ReplySocket
    let listener: Listener
    let serving: Task<Void, Never>

    /// - Parameter answer: nil drops the request.
    init(
        _ endpoint: Endpoint, contexts: Int = 8, configuration: ReplySocket.Configuration = .init(),
        answer: @escaping @Sendable ([UInt8]) async -> [UInt8]? = { $0 }
    ) throws {
        socket = try ReplySocket(configuration: configuration)
        listener = try socket.listen(on: endpoint)
        let opened = try (0..<contexts).map { [socket] _ in try socket.openContext() }
        serving = Task {
            await withTaskGroup { group in
                for context in opened {
                    group.addTask { await Self.serve(context, answer) }
                }
            }
        }
    }

    private static func serve(_ context: ReplyContext, _ answer: @Sendable ([UInt8]) async -> [UInt8]?) async {
        guard var request = try? await context.receive() else { return }
        while true {
            let reply = await answer(request.copyBytes())
            do {
                if let reply {
                    request = try await context.replyThenReceive(Message(copying: reply))
                } else {
                    request = try await context.receive()
                }
            } catch {
                return
            }
        }
    }

    /// Ends when every context came to rest.
    func close() async {
        await socket.close()
        await serving.value
    }
}

/// A folder that only this user can enter, with a path short enough for sockets.
func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = "/tmp/zhike-nng-\(UInt32.random(in: 0...UInt32.max))"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
}

/// The kinds of endpoint that every test of calls runs over.
enum Transport: String, CaseIterable, Sendable {
    case ipc
    case tcp
    case inproc

    /// Those with connections that outsiders can make.
    static let open: [Transport] = [.ipc, .tcp]

    func endpoint(in folder: String) throws -> Endpoint {
        switch self {
        case .ipc: try Endpoint(parsing: "ipc://\(folder)/test.sock")
        case .tcp: try Endpoint(parsing: "tcp://127.0.0.1:0")
        case .inproc: try Endpoint(parsing: "inproc://\(folder)")
        }
    }
}
