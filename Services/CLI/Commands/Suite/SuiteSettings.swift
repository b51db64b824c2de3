internal import Foundation

/// A channel that the suite posts to.
struct ChannelAddress: Sendable {
    var name: String
    var url: String
    var statusURL: String
    /// It takes each dedupe key once, however often it is posted.
    var deduplicates = false
}

/// The settings of a suite on one machine, from which each suite service's file is written.
struct SuiteSettings: Sendable {
    var httpPort: Int
    var isClockSimulated: Bool
    var channels: [ChannelAddress]
    /// Requests a second and token at the gateway; the sandbox sends from one machine what a bank's channels send together.
    var requestsPerSecond = 100_000

    /// Writes one JSON file per suite service.
    func write(to folder: SuiteFolder, databaseSocket: String, databasePort: Int, databaseName: String) throws {
        let channelList = channels.map { channel -> [String: Any] in
            [
                "name": channel.name, "url": channel.url, "status_url": channel.statusURL,
                "secret_file": folder.channelSecret.path, "settle_milliseconds": 2_000,
                "deduplicates": channel.deduplicates,
            ]
        }
        try folder.write(Self.json(["channels": channelList]), to: folder.channels)
        for service in SuiteFolder.services {
            var settings: [String: Any] = [
                "keys": ["file": folder.serviceKeys.path],
                "log": ["format": "text", "level": "info"],
                "health": ["port": try FreePort.find()],
                // However zhike ends, its suite services do.
                "stop": ["withInput": true],
                "peers": Dictionary(
                    uniqueKeysWithValues: SuiteFolder.services.filter { $0 != "gateway" }
                        .map { ($0, [folder.endpoint(of: $0)]) }),
            ]
            if service == "gateway" {
                settings["http"] = ["port": httpPort]
                settings["rate"] = ["requestsPerSecond": requestsPerSecond, "burst": requestsPerSecond]
                settings["token"] = [
                    "issuer": TokenIssuer.sandboxIssuer, "audience": "zhike", "keySetFile": folder.keySet.path,
                ]
                settings["channels"] = ["file": folder.channels.path, "sweepMilliseconds": 1_000]
            } else {
                settings["listen"] = ["endpoints": [folder.endpoint(of: service)]]
                settings["database"] = ["host": databaseSocket, "port": databasePort, "name": databaseName]
                settings["audit"] = ["keyFile": folder.auditKey.path]
                settings["clock"] = ["mode": isClockSimulated ? "simulated" : "system"]
            }
            try folder.write(Self.json(settings), to: folder.settings(of: service))
        }
    }

    private static func json(_ object: [String: Any]) throws -> String {
        let data = try JSONSerialization.data(
            withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}
