import Foundation
import NNG
import TestSupport

/// Connections that keep to no protocol, made by a Python script: sockets below NNG need what our tests do not use.
enum RudePeer: String, CaseIterable, Sendable {
    /// Connects, says it is done, and resets.
    case finThenReset = "fin_then_reset"
    case earlyClose = "early_close"
    /// Closes in the middle of the handshake.
    case halfHandshake = "half_handshake"
    /// Shakes hands, then closes in the middle of the length of a message.
    case halfHeader = "half_header"
    /// Shakes hands, announces a message, sends a part and closes.
    case halfMessage = "half_message"
    case garbage = "garbage"
    /// Shakes hands, then sends what is no message.
    case garbageAfterHandshake = "garbage_after_handshake"
    /// Announces messages of up to 2^64 - 1 bytes.
    case absurdLength = "absurd_length"
    /// Requests too short for, or without an end of, the protocol's header.
    case brokenRequest = "broken_request"
    /// Speaks as a REP, not as a REQ.
    case wrongProtocol = "wrong_protocol"
    /// Sends two thousand requests, reads no reply, and hangs up while they are being served: as any busy client does
    /// that is killed.
    case flood = "flood"
    /// Sends requests and reads no reply, until it is thrown out.
    case deaf = "deaf"

    /// Those that come and go.
    static let passing = allCases.filter { $0 != .deaf }

    /// Attacks `count` times, one connection after another.
    func attack(_ endpoint: Endpoint, count: Int) async throws {
        try await Python.run(Self.script, [endpoint.description, rawValue, String(count)])
    }

    private static let script = #"""
        import os, socket, struct, sys, time
        url, kind, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
        ipc = url.startswith("ipc://")

        def connect():
            if ipc:
                s = socket.socket(socket.AF_UNIX)
                s.settimeout(5)
                s.connect(url[6:])
                return s
            host, port = url[6:].rsplit(":", 1)
            return socket.create_connection((host, int(port)), 5)

        def reset(s):
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            s.close()

        def shake(s, protocol=0x30):
            s.sendall(struct.pack(">ccccHH", b"\0", b"S", b"P", b"\0", protocol, 0))
            got = b""
            while len(got) < 8:
                part = s.recv(8 - len(got))
                if not part:
                    raise ConnectionError("closed while shaking hands")
                got += part

        def frame(length):
            return (b"\x01" if ipc else b"") + struct.pack(">Q", length)

        def fin_then_reset(s, i):
            s.shutdown(socket.SHUT_WR)
            reset(s)

        def early_close(s, i):
            s.close()

        def half_handshake(s, i):
            s.sendall(b"\0SP\0"[: 1 + i % 4])
            reset(s) if i % 2 else s.close()

        def half_header(s, i):
            shake(s)
            s.sendall(frame(100)[: 1 + i % 8])
            reset(s) if i % 2 else s.close()

        def half_message(s, i):
            shake(s)
            s.sendall(frame(1000) + os.urandom(1 + i % 999))
            reset(s) if i % 2 else s.close()

        def garbage(s, i):
            s.sendall(os.urandom(1 + 37 * i % 5000))
            s.close()

        def garbage_after_handshake(s, i):
            shake(s)
            s.sendall(os.urandom(9 + 37 * i % 5000))
            s.close()

        def absurd_length(s, i):
            shake(s)
            s.sendall(frame([2**64 - 1, 2**63, 2**40, 2**32 + 1, 2**20 + 1][i % 5]) + os.urandom(64))
            s.close()

        def broken_request(s, i):
            shake(s)
            body = [b"", b"\x80", b"\x00\x00\x00\x01", b"\x00" * 400, os.urandom(3)][i % 5]
            s.sendall(frame(len(body)) + body)
            s.close()

        def wrong_protocol(s, i):
            shake(s, 0x31)
            s.close()

        def flood(s, i):
            shake(s)
            s.settimeout(0.05)
            for number in range(2000):
                s.sendall(frame(24) + struct.pack(">I", 0x80000000 | number) + b"x" * 20)
            reset(s) if i % 2 else s.close()

        def deaf(s, i):
            shake(s)
            try:
                for number in range(500):
                    s.sendall(frame(5) + struct.pack(">I", 0x80000000 | number) + b"x")
                    time.sleep(0 if number < 40 else 0.02)
            except ConnectionError:
                return
            sys.exit("a peer that reads nothing was kept")

        for i in range(count):
            try:
                globals()[kind](connect(), i)
            except OSError:
                pass  # the other side may well be the first to hang up
        """#
}

/// A short Python program.
enum Python {
    struct Failed: Error {
        let status: Int32
    }

    static func run(_ script: String, _ arguments: [String]) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", script] + arguments
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                continuation.resume(throwing: error)
            }
        }
        guard status == 0 else { throw Failed(status: status) }
    }
}
