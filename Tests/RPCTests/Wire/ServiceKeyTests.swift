import RPC
import Testing

@Suite("Keys of suite services")
struct ServiceKeyTests {
    private static let digits = String(repeating: "0a", count: 32)

    @Test("a key is read from its text, in either case, and shows everything but its secret")
    func parsing() throws {
        let key = try ServiceKey(parsing: "gateway-1:gateway:\(Self.digits)")
        #expect(key == (try ServiceKey(parsing: "gateway-1:gateway:\(Self.digits.uppercased())")))
        #expect(key == (try ServiceKey(id: "gateway-1", service: "gateway", secret: .init(repeating: 10, count: 32))))
        #expect(key.id == "gateway-1" && key.service == "gateway")
        #expect(!"\(key)".contains("0a0a") && "\(key)".contains("gateway-1"))
    }

    @Test(
        "a text that is no key is refused with a sentence",
        arguments: [
            "", "a:b", "a:b:c", "a:b:" + "0a", ":b:" + digits, "a::" + digits, "a:b:" + digits + "0a",
            "a:b:" + digits.dropLast() + "g", "a:b:c:" + digits, digits + ":a:b",
        ])
    func refused(_ text: String) {
        let error = #expect(throws: RuntimeError.self) { try ServiceKey(parsing: text) }
        #expect(error?.message.isEmpty == false)
        #expect(error?.message.contains("0a0a") == false)
    }

    @Test("a ring refuses two keys of one id and signs with the newest key of a service")
    func ring() throws {
        let first = try ServiceKey.random(id: "gateway-1", service: "gateway")
        let second = try ServiceKey.random(id: "gateway-2", service: "gateway")
        #expect(try KeyRing([first, second]).signingKey(of: "gateway") == second)
        #expect(throws: RuntimeError.self) { try KeyRing([first, first]) }
        #expect(throws: RuntimeError.self) { try KeyRing([first]).signingKey(of: "kpi") }
    }
}
