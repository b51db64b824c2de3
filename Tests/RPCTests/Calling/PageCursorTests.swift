import RPC
import Testing

@Suite("Signed cursors")
struct PageCursorTests {
    private let key: ServiceKey

    init() throws {
        key = try ServiceKey.random(id: "profile-2", service: "profile")
    }

    @Test("a cursor gives back its position, for its own method and scope alone")
    func bound() throws {
        let cursor = PageCursor(key: key)
        for position in [[], [0], [UInt8](0...255)] as [[UInt8]] {
            let text = cursor.sign(position, method: "m", scope: "s")
            #expect(text.utf8.allSatisfy { $0 > 0x2C && $0 < 0x7B && $0 != 0x2F })
            #expect(try cursor.verify(text, method: "m", scope: "s") == position)
            #expect(throws: RPCError.self) { try cursor.verify(text, method: "n", scope: "s") }
            #expect(throws: RPCError.self) { try cursor.verify(text, method: "m", scope: "t") }
            // The parts are kept apart: the same letters, divided otherwise, are another cursor.
            #expect(throws: RPCError.self) { try cursor.verify(text, method: "", scope: "ms") }
        }
        #expect(try cursor.position(of: "", method: "m", scope: "s") == nil)
    }

    @Test("a cursor of a key that was in use before is still accepted, one of an unknown key is not")
    func keys() throws {
        let older = try ServiceKey.random(id: "profile-1", service: "profile")
        let text = PageCursor(key: older).sign([7], method: "m", scope: "s")
        #expect(try PageCursor(key: key, alsoAccepting: [older]).verify(text, method: "m", scope: "s") == [7])
        #expect(throws: RPCError.self) { try PageCursor(key: key).verify(text, method: "m", scope: "s") }
        let sameName = try ServiceKey.random(id: "profile-1", service: "profile")
        #expect(throws: RPCError.self) { try PageCursor(key: sameName).verify(text, method: "m", scope: "s") }
    }

    @Test("no text whatever is taken for a cursor", arguments: ["A", "AQ", "AQAA", "____", "客", "=", "AQ=="])
    func garbage(_ text: String) {
        #expect(throws: RPCError.self) { try PageCursor(key: key).verify(text, method: "m", scope: "s") }
    }

    @Test("a cursor that is absurdly long is refused before it is read")
    func long() {
        let text = String(repeating: "A", count: 10_000_000)
        #expect(throws: RPCError.self) { try PageCursor(key: key).verify(text, method: "m", scope: "s") }
    }
}
