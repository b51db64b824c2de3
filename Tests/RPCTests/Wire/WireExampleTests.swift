import Contracts
import Foundation
import Testing

@testable import RPC

@Suite("deploy/docs/wire.md")
struct WireExampleTests {
    @Test("its example is what this version sends")
    func example() throws {
        let page = try String(
            contentsOf: URL(filePath: #filePath).appending(path: "../../../../deploy/docs/wire.md").standardizedFileURL,
            encoding: .utf8)
        let section = try #require(page.components(separatedBy: "\n## 9. ").last)
        let block = try #require(section.components(separatedBy: "```").dropFirst().first)
        let written = block.split(whereSeparator: \.isWhitespace).joined()

        let key = try ServiceKey(id: "example-1", service: "tester", secret: [UInt8](repeating: 7, count: 32))
        var form = try CallForm(key, amount: 5)
        form.envelope.nonce = [UInt8](0..<16)
        form.envelope.issuedAtMicros = 1_750_000_000_000_000
        form.envelope.requestID = "example"
        let sent = try form.bytes().map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        #expect(written == sent)
    }
}
