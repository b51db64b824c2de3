import NNG
import Testing

@Suite("endpoints")
struct EndpointTests {
    @Test(
        "what is written is what is used",
        arguments: [
            "ipc:///run/zhike/profile.sock", "tcp://127.0.0.1:7001", "tcp://[::1]:7001",
            "tcp://profile.bank.internal:1",
            "tcp://*:0", "inproc://a",
        ])
    func parse(text: String) throws {
        #expect(try Endpoint(parsing: text).description == text)
    }

    @Test(
        "what cannot work is refused with a sentence that names it",
        arguments: [
            "", "profile", "http://a", "ipc://relative", "ipc://", "ipc:///folder/", "tcp://host", "tcp://:7001",
            "tcp://host:70000", "tcp://host:-1", "tcp://a b:1", "tcp://ho/st:1", "inproc://",
            "ipc:///" + String(repeating: "x", count: 107), "ipc:///a\nb",
        ])
    func refuse(text: String) throws {
        let error = #expect(throws: NNGError.self) { try Endpoint(parsing: text) }
        #expect(error?.code == .invalidAddress)
        #expect(error?.description.contains("\"\(text)\"") == true)
    }

    @Test("tls+tcp is refused as not yet served")
    func refuseTLS() {
        let error = #expect(throws: NNGError.self) { try Endpoint(parsing: "tls+tcp://host:1") }
        #expect(error?.code == .notSupported)
    }
}
