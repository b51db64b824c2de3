import Contracts
import RPC
import TestSupport
import Testing

@Suite("Who may call, and with what bytes")
struct SignatureTests {
    /// Sends bytes as they are, and reads what comes back.
    private func answer(_ bench: Bench, _ bytes: [UInt8]) async throws -> ReplyForm {
        try ReplyForm(await bench.transport.exchange(bytes, deadline: .now + .seconds(10)))
    }

    private func counting(_ amounts: Notes<Int64>) -> RPCRouter {
        var service = TestService()
        service.onAdd = { request, _ in
            amounts.add(request.amount)
            return TestingV1.AddResponse(total: request.amount)
        }
        return service.router()
    }

    @Test("a recorded call cannot be played again", arguments: TransportKind.allCases)
    func replay(_ kind: TransportKind) async throws {
        let amounts = Notes<Int64>()
        try await Bench.with(kind, counting(amounts)) { bench in
            let bytes = try CallForm(bench.key, amount: 5).bytes()
            let first = try await answer(bench, bytes)
            #expect(first.code == .ok && first.isSigned)
            let second = try await answer(bench, bytes)
            #expect(second.code == .unauthenticated && !second.envelope.notExecuted)
            #expect(amounts.all == [5])
        }
    }

    @Test("a call that is not signed by its caller's key is refused", arguments: TransportKind.allCases)
    func badSignature(_ kind: TransportKind) async throws {
        let amounts = Notes<Int64>()
        let other = try ServiceKey.random(id: "other-1", service: "other")
        try await Bench.with(kind, counting(amounts), otherKeys: [other]) { bench in
            var wrongSecret = try CallForm(bench.key)
            wrongSecret.signer = other
            var unknownKey = try CallForm(bench.key)
            unknownKey.envelope.keyID = "nobody"
            var unsigned = try CallForm(bench.key)
            unsigned.algorithm = 0
            for form in [wrongSecret, unknownKey, unsigned] {
                let reply = try await answer(bench, try form.bytes())
                #expect(reply.code == .unauthenticated && !reply.isSigned)
            }
            var wrongCaller = try CallForm(other)
            wrongCaller.envelope.caller = "tester"
            let wrong = try await answer(bench, try wrongCaller.bytes())
            #expect(wrong.code == .unauthenticated)
            #expect(amounts.all.isEmpty)
        }
    }

    @Test("a call with any one byte changed is refused", arguments: [TransportKind.inProcess, .ipc])
    func anyByteChanged(_ kind: TransportKind) async throws {
        let amounts = Notes<Int64>()
        try await Bench.with(kind, counting(amounts)) { bench in
            let count = try CallForm(bench.key).bytes().count
            for index in 0..<count {
                var bytes = try CallForm(bench.key).bytes()
                guard index < bytes.count else { break }
                bytes[index] ^= 1 << UInt8.random(in: 0..<8)
                let reply = try await answer(bench, bytes)
                #expect(reply.code != .ok && !reply.isSigned, "byte \(index)")
            }
            #expect(amounts.all.isEmpty)
        }
    }

    @Test("another version of the wire is refused by name", arguments: TransportKind.allCases)
    func otherVersion(_ kind: TransportKind) async throws {
        try await Bench.with(kind, TestService().router()) { bench in
            var form = try CallForm(bench.key)
            form.version = 2
            let reply = try await answer(bench, try form.bytes())
            #expect(reply.code == .unimplemented && reply.envelope.message.contains("version 2"))
        }
    }

    @Test(
        "bytes that are cut, stretched or made up are refused, and the next call works",
        arguments: TransportKind.allCases)
    func garbage(_ kind: TransportKind) async throws {
        var generator = SeededGenerator("garbage over \(kind)")
        let amounts = Notes<Int64>()
        var attempts: [[UInt8]] = []
        let key = try ServiceKey.random(id: "tester-1", service: "tester")
        let good = try CallForm(key).bytes()
        attempts += (0..<good.count).map { Array(good[..<$0]) }
        attempts += (1...40).map { good + [UInt8](repeating: 0, count: $0) }
        for _ in 0..<200 {
            let count = Int.random(in: 0...400, using: &generator)
            let noise = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            attempts.append(noise)
            attempts.append(Array(good[..<min(12, count)]) + noise)
        }
        // An envelope length beyond the message, and beyond every integer.
        for length: UInt8 in [1, 0x7F, 0xFF] {
            var absurd = good
            absurd.replaceSubrange(8..<12, with: [length, 0xFF, 0xFF, 0xFF])
            attempts.append(absurd)
        }
        let hostile = attempts
        try await Bench.with(kind, counting(amounts)) { bench in
            for bytes in hostile {
                let reply = try await answer(bench, bytes)
                #expect(reply.code != .ok && !reply.isSigned)
            }
            _ = try await bench.client.add(TestingV1.AddRequest(amount: 9))
            #expect(amounts.all == [9])
        }
    }

    @Test(
        "a message a little too long is refused like any that is no call, a longer one is lost",
        arguments: [TransportKind.ipc, .tcp])
    func tooLong(_ kind: TransportKind) async throws {
        // What NNG takes, less the four bytes that it adds.
        let longest = (1 << 20) - 4
        try await Bench.with(kind, TestService().router()) { bench in
            for count in [RPCLimits.messageBytes, RPCLimits.messageBytes + 1, longest] {
                let reply = try await answer(bench, Array("ZHKQ".utf8) + [UInt8](repeating: 1, count: count - 4))
                #expect(reply.code == .invalidArgument && !reply.isSigned)
            }
            let error = try await failure { () throws(RPCError) in
                try await bench.transport.exchange(
                    [UInt8](repeating: 1, count: longest + 1), deadline: .now + .seconds(20))
            }
            #expect(error.code == .unavailable)
            _ = try await bench.client.add(TestingV1.AddRequest(amount: 9))
        }
    }

    private typealias Change = @Sendable (inout CallForm) -> Void

    /// What is wrong with a signed call: the field and the status that it is refused with, and how it came about.
    private static let impossibleChanges: [(String, RPCError.Code, Change)] = [
        ("remaining_milliseconds", .invalidArgument, { $0.envelope.remainingMilliseconds = 0 }),
        ("nonce", .invalidArgument, { $0.envelope.nonce = [1] }),
        ("request_id", .invalidArgument, { $0.envelope.requestID = "a\nb" }),
        ("request_id", .invalidArgument, { $0.envelope.requestID = String(repeating: "r", count: 129) }),
        ("idempotency_key", .invalidArgument, { $0.envelope.idempotencyKey = " " }),
        ("idempotency_key", .invalidArgument, { $0.envelope.idempotencyKey = String(repeating: "k", count: 201) }),
        ("principal", .invalidArgument, { $0.envelope.principal = .init(user: "a\u{7}") }),
        ("principal", .invalidArgument, { $0.envelope.principal = .init() }),
        ("", .invalidArgument, { $0.body = [0xFF, 0xFF] }),
        ("", .unimplemented, { $0.envelope.method = "no.such/Method" }),
    ]

    @Test(
        "a signed call with an impossible envelope or body is refused with its field", arguments: TransportKind.allCases
    )
    func impossible(_ kind: TransportKind) async throws {
        let amounts = Notes<Int64>()
        try await Bench.with(kind, counting(amounts)) { bench in
            for (field, code, change) in Self.impossibleChanges {
                var form = try CallForm(bench.key)
                change(&form)
                let reply = try await answer(bench, try form.bytes())
                #expect(reply.code == code && reply.envelope.field == field && reply.envelope.notExecuted)
            }
            #expect(amounts.all.isEmpty)
        }
    }

    @Test("a call signed too long ago, or ahead of time, is refused", arguments: TransportKind.allCases)
    func otherTime(_ kind: TransportKind) async throws {
        let amounts = Notes<Int64>()
        try await Bench.with(kind, counting(amounts)) { bench in
            for seconds: Int64 in [-100, 100] {
                var form = try CallForm(bench.key)
                form.envelope.issuedAtMicros += seconds * 1_000_000
                form.envelope.remainingMilliseconds = 600_000
                let reply = try await answer(bench, try form.bytes())
                #expect(reply.code == .unauthenticated)
            }
            for micros in [Int64.min, Int64.max] {
                var form = try CallForm(bench.key)
                form.envelope.issuedAtMicros = micros
                let reply = try await answer(bench, try form.bytes())
                #expect(reply.code == .unauthenticated)
            }
            #expect(amounts.all.isEmpty)
        }
    }

    @Test(
        "of calls signed before the server started, only those that may be repeated run",
        arguments: TransportKind.allCases)
    func beforeStart(_ kind: TransportKind) async throws {
        let amounts = Notes<Int64>()
        try await Bench.with(kind, counting(amounts)) { bench in
            func early(_ amount: Int64) throws -> CallForm {
                var form = try CallForm(bench.key, amount: amount)
                form.envelope.issuedAtMicros -= 20_000_000
                form.envelope.remainingMilliseconds = 60_000
                return form
            }
            let unkeyed = try await answer(bench, try early(1).bytes())
            #expect(unkeyed.code == .unavailable && unkeyed.envelope.notExecuted)
            var keyed = try early(2)
            keyed.envelope.idempotencyKey = "once"
            let repeatable = try await answer(bench, try keyed.bytes())
            #expect(repeatable.code == .ok)
            #expect(amounts.all == [2])
        }
    }

    @Test("a call whose time ran out on the way is not executed", arguments: TransportKind.allCases)
    func expired(_ kind: TransportKind) async throws {
        let amounts = Notes<Int64>()
        try await Bench.with(kind, counting(amounts)) { bench in
            var form = try CallForm(bench.key)
            form.envelope.issuedAtMicros -= 300_000
            form.envelope.remainingMilliseconds = 300
            let reply = try await answer(bench, try form.bytes())
            #expect(reply.code == .deadlineExceeded && reply.envelope.notExecuted && reply.isSigned)
            #expect(amounts.all.isEmpty)
        }
    }
}
