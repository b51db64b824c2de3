internal import Foundation
internal import RPC
internal import Testing

@testable internal import GatewayService

@Suite("The file of the channels")
struct ChannelConfigurationTests {
    private func read(_ url: String, statusURL: String = "http://a/status") throws -> [ChannelConfiguration] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "channels-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let secret = folder.appending(path: "secret")
        try "secret".write(to: secret, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret.path)
        let file = folder.appending(path: "channels.json")
        let text = """
            {"channels": [{"name": "sms", "url": "\(url)", "status_url": "\(statusURL)",
            "secret_file": "\(secret.path)"}]}
            """
        try text.write(to: file, atomically: false, encoding: .utf8)
        return try ChannelConfiguration.read(file.path)
    }

    @Test(
        "an address with a host is taken",
        arguments: ["http://a", "https://push.bank.example/d?x=1", "http://10.0.0.1:8080/", "http://[::1]:80/d"])
    func addresses(url: String) throws {
        #expect(try read(url).map(\.url) == [url])
    }

    @Test(
        "an address that leads nowhere stops the start with a sentence that names it",
        arguments: [
            "http://", "http:///deliveries", "https://:443/", "http://?a", "http://a b/", "http://a:99999/", "a",
        ])
    func noAddresses(url: String) throws {
        for (url, status, member) in [(url, "http://a", "url"), ("http://a", url, "status_url")] {
            let error = #expect(throws: RuntimeError.self) { try read(url, statusURL: status) }
            #expect(error?.message.contains("channels[0].\(member): Send an address with a host") == true)
        }
    }
}
