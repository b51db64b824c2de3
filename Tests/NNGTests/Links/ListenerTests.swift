import Foundation
import NNG
import Synchronization
import TestSupport
import Testing

@Suite("listeners", .timeLimit(.minutes(2)))
struct ListenerTests {
    @Test("a second listener on an ipc path is refused, and the first goes on", arguments: [false, true])
    func secondListener(inAnotherProcess: Bool) async throws {
        try await withFolder { folder in
            let endpoint = try Transport.ipc.endpoint(in: folder)
            if inAnotherProcess {
                let first = try await ServerProcess(endpoint)
                try await Self.expectRefusal(beside: endpoint)
                await first.killAndWait()
            } else {
                let first = try TestServer(endpoint)
                try await Self.expectRefusal(beside: endpoint)
                await first.close()
            }
            // The lock ends with its holder, be that killed; the path that is left behind is no obstacle.
            let next = try TestServer(endpoint)
            await next.close()
        }
    }

    private static func expectRefusal(beside endpoint: Endpoint) async throws {
        let error = #expect(throws: NNGError.self) { try TestServer(endpoint) }
        #expect(error?.code == .addressInUse)
        let client = try RequestSocket(dialing: endpoint)
        _ = try await client.call(Message(copying: [1]), timeout: .seconds(20)).count
        await client.close()
    }

    @Test("the folder of an ipc endpoint is made for this user alone")
    func folderIsMade() async throws {
        try await withFolder { folder in
            let server = try TestServer(Transport.ipc.endpoint(in: folder))
            let mode = try FileManager.default.attributesOfItem(atPath: folder)[.posixPermissions] as? Int
            #expect(mode == 0o700)
            await server.close()
        }
    }

    @Test("a folder that others can enter is refused with a sentence that names it")
    func openFolder() async throws {
        try await withFolder { folder in
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
            let error = try #require(throws: NNGError.self) { try TestServer(Transport.ipc.endpoint(in: folder)) }
            #expect(error.code == .permissionDenied)
            #expect(error.description.contains(folder))
        }
    }

    @Test("a folder that cannot be made is an error that names it")
    func missingParent() async throws {
        let error = try #require(throws: NNGError.self) {
            try TestServer(Endpoint(parsing: "ipc:///nowhere-at-all/deeper/test.sock"))
        }
        #expect(error.description.contains("/nowhere-at-all/deeper"))
    }

    @Test("a port that is taken is an error that names it")
    func takenPort() async throws {
        let first = try TestServer(Endpoint(parsing: "tcp://127.0.0.1:0"))
        let error = #expect(throws: NNGError.self) { try TestServer(first.listener.endpoint) }
        #expect(error?.code == .addressInUse)
        #expect(error?.description.contains(first.listener.endpoint.description) == true)
        await first.close()
    }

    @Test("connections above the limit are closed, those below go on, and the watchdog replaces nothing")
    func connectionLimit() async throws {
        var configuration = ReplySocket.Configuration()
        configuration.limits.connectionLimit = 2
        configuration.watch.probeInterval = .milliseconds(20)
        configuration.watch.giveUp = { error in Issue.record(error) }
        let server = try TestServer(Endpoint(parsing: "tcp://127.0.0.1:0"), configuration: configuration)
        let clients = try (0..<2).map { _ in try RequestSocket(dialing: server.listener.endpoint) }
        for client in clients {
            // A probe can be there first; it goes again at once.
            try await eventually("a connection") {
                try await client.call(Message(copying: [1]), timeout: .seconds(20)).count == 1
            }
        }
        let third = try RequestSocket(dialing: server.listener.endpoint)
        let error = await failure { try await third.call(Message(copying: [1]), timeout: .milliseconds(500)).count }
        #expect(error != nil)
        try await eventually("refusals of probes, too") { server.socket.refusalCount > 20 }
        for client in clients { _ = try await client.call(Message(copying: [1]), timeout: .seconds(20)).count }
        #expect(server.listener.replacementCount == 0)
        for client in clients + [third] { await client.close() }
        await server.close()
    }

    @Test("a server whose calls are all in service is not taken for dead")
    func busy() async throws {
        var configuration = ReplySocket.Configuration()
        configuration.watch.probeInterval = .milliseconds(20)
        configuration.watch.giveUp = { error in Issue.record(error) }
        let gate = AsyncStream<Void>.makeStream()
        let server = try TestServer(
            Endpoint(parsing: "tcp://127.0.0.1:0"), contexts: 1, configuration: configuration
        ) { request in
            for await _ in gate.stream { break }
            return request
        }
        // Without the spare contexts that a server has for it nobody answers the heartbeat.
        var patient = RequestSocket.Configuration()
        patient.watch.heartbeatTimeout = .seconds(60)
        let client = try RequestSocket(dialing: server.listener.endpoint, configuration: patient)
        async let reply = client.call(Message(copying: [1]), timeout: .seconds(60)).count
        // Probes take connections of their own, so that their number shows how many have come and gone unanswered.
        try await eventually("some probes") { server.socket.arrivalCount > 6 }
        #expect(server.listener.replacementCount == 0)
        gate.continuation.yield()
        #expect(try await reply == 1)
        await client.close()
        await server.close()
    }

    @Test("a listener that cannot be brought back is given up once")
    func giveUp() async throws {
        try await withFolder { folder in
            let endpoint = try Transport.ipc.endpoint(in: folder)
            let givenUp = AsyncStream<NNGError>.makeStream()
            var configuration = ReplySocket.Configuration()
            configuration.watch.probeInterval = .milliseconds(20)
            configuration.watch.probeTimeout = .milliseconds(20)
            configuration.watch.giveUp = { givenUp.continuation.yield($0) }
            let server = try TestServer(endpoint, configuration: configuration)
            // The listeners that come after it begin to count at nothing, which must not pass for an arrival.
            try await eventually("a probe arrives") { server.socket.arrivalCount > 0 }
            // Nobody reaches the path any more, and it cannot be made again.
            try FileManager.default.removeItem(atPath: folder)
            for await error in givenUp.stream {
                #expect(error.description.contains(folder))
                break
            }
            #expect(server.listener.replacementCount == 3)
            await server.close()
        }
    }
}
