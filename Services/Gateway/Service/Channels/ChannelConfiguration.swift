internal import Foundation
public import RPC
internal import ServiceKit

/// One channel to customers, and how it is spoken to.
public struct ChannelConfiguration: Sendable {
    /// As waves and triggers name it.
    public var name: String
    /// Messages are posted here.
    public var url: String
    /// The dedupe key is put behind it to ask whether a message was taken; empty where the channel cannot tell.
    public var statusURL: String
    /// What messages are signed with.
    public var secret: [UInt8]
    /// The channel takes a message of a known dedupe key only once, so that it may be posted again.
    public var deduplicates: Bool
    /// Posts at the same time.
    public var concurrency: Int
    /// The longest that one post may take.
    public var timeoutMilliseconds: Int
    /// How long after a post the channel may still take it; only then does "not taken" at the status address count.
    public var settleMilliseconds: Int

    public init(
        name: String, url: String, statusURL: String = "", secret: [UInt8], deduplicates: Bool = false,
        concurrency: Int = 16, timeoutMilliseconds: Int = 5_000, settleMilliseconds: Int = 600_000
    ) {
        self.name = name
        self.url = url
        self.statusURL = statusURL
        self.secret = secret
        self.deduplicates = deduplicates
        self.concurrency = concurrency
        self.timeoutMilliseconds = timeoutMilliseconds
        self.settleMilliseconds = settleMilliseconds
    }

    /// The channels of a file: `{"channels": [{"name": "app_push", "url": …, "secret_file": …}, …]}`.
    ///
    /// - Throws: a sentence that names the member at fault.
    public static func read(_ path: String) throws(RuntimeError) -> [ChannelConfiguration] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw RuntimeError(
                .configurationInvalid, "The channel file \(path) cannot be read: check its path and rights.")
        }
        let file: ChannelFile
        do {
            file = try ChannelFile.shape.value(of: Array(data))
        } catch {
            throw RuntimeError(
                .configurationInvalid, "The channel file \(path) is wrong at \(error.path): \(error.message)")
        }
        var names: Set<String> = []
        var channels: [ChannelConfiguration] = []
        for entry in file.channels {
            guard names.insert(entry.channel.name).inserted else {
                throw RuntimeError(
                    .configurationInvalid, "The channel file \(path) has two channels named \(entry.channel.name).")
            }
            var channel = entry.channel
            channel.secret = Array(
                try SecretFile.read(entry.secretFile, meaning: "the secret of channel \(channel.name)").utf8)
            channels.append(channel)
        }
        return channels
    }
}

private struct ChannelFile: Sendable {
    struct Entry: Sendable {
        var channel = ChannelConfiguration(name: "", url: "", secret: [])
        var secretFile = ""
    }

    var channels: [Entry] = []

    static let shape = JSONShape<ChannelFile>.object(
        "ChannelFile", ChannelFile(), [.required("channels", \.channels, entry.array(0...100))])

    private static let entry = JSONShape<Entry>.object(
        "Channel", Entry(),
        [
            .required("name", \.channel.name, .text(1...48, .channel)),
            .required("url", \.channel.url, .text(1...500, .address)),
            .optional("status_url", \.channel.statusURL, .text(1...500, .address)),
            .required("secret_file", \.secretFile, .text(1...1_000)),
            .optional("deduplicates", \.channel.deduplicates, .flag),
            .optional("concurrency", \.channel.concurrency, .whole(1...1_000)),
            .optional("timeout_milliseconds", \.channel.timeoutMilliseconds, .whole(100...60_000)),
            .optional("settle_milliseconds", \.channel.settleMilliseconds, .whole(0...86_400_000)),
        ])
}

extension TextForm {
    fileprivate static let address = TextForm(
        pattern: "^https?://[^/?#]+.*$",
        description: "an address with a host, such as https://push.bank.example/deliveries", fits: isAddress)

    /// What begins like an address and leads nowhere would be no connection with every post.
    private static func isAddress(_ text: String) -> Bool {
        guard let url = URL(string: text, encodingInvalidCharacters: false),
            url.scheme == "http" || url.scheme == "https", let host = url.host(), !host.isEmpty
        else { return false }
        return url.port.map { (1...65_535).contains($0) } ?? true
    }
}

extension JSONShape where Value == Int {
    fileprivate static func whole(_ range: ClosedRange<Int64>) -> JSONShape<Int> {
        JSONShape<Int64>.integer(range).converted(from: { Int($0) }, to: { Int64($0) })
    }
}
