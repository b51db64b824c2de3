/// Rule 1 and 3 of the design: arrows point down, and each C library has one wrapper.
enum ArrowRules {
    static let all = [arrows, mains, contracts]

    private static let shared: Set<String> = [
        "Contracts", "EventLog", "Postgres", "ProtobufC", "RPC", "RPCNNGTransport", "ServiceKit",
    ]

    /// For each folder, the modules of ours that it may import. The longest folder that fits decides.
    private static let allowed: [String: Set<String>] = [
        "Shared/NNG/": ["CNNG"],
        "Shared/ProtobufC/": ["CProtobufC"],
        "Shared/Postgres/": ["CPostgres"],
        "Shared/CSV/": ["CCSV"],
        "Shared/Nettle/": ["CNettle"],
        "Shared/Suspension/": [],
        "Shared/RPC/": ["Nettle", "ProtobufC", "Suspension"],
        "Shared/RPCNNGTransport/": ["NNG", "RPC"],
        "Shared/RPCInProcessTransport/": ["RPC"],
        "Shared/EventLog/": ["Postgres"],
        "Shared/Contracts/": ["CContracts", "CProtobufC", "ProtobufC", "RPC"],
        "Shared/ContractsGenerator/": ["CDescriptor", "ProtobufC"],
        "Shared/ServiceKit/": shared.subtracting(["ServiceKit"]),
        "Shared/EmbeddedPostgres/": [],
        "Services/Profile/": shared.union(["ProfileDomain", "ProfileService"]),
        "Services/Segmentation/": shared.union(["SegmentationDomain", "SegmentationService"]),
        "Services/Campaign/": shared.union(["CampaignDomain", "CampaignService"]),
        "Services/KPI/": shared.union(["KPIDomain", "KPIService"]),
        "Services/Gateway/": ["Contracts", "ProtobufC", "RPC", "ServiceKit", "GatewayService"],
        "Services/CLI/": ours.subtracting(wrappers),
        "Services/CLI/Sandbox/": [],
    ]

    private static let wrappers: Set<String> = [
        "CNNG", "CProtobufC", "CPostgres", "CCSV", "CNettle", "CContracts", "CDescriptor",
    ]

    private static let ours: Set<String> = shared.union(wrappers).union([
        "NNG", "CSV", "Nettle", "Suspension", "RPCInProcessTransport", "ContractsGenerator", "EmbeddedPostgres",
        "ProfileDomain", "ProfileService", "SegmentationDomain", "SegmentationService", "CampaignDomain",
        "CampaignService", "KPIDomain", "KPIService", "GatewayService", "Sandbox", "ZhikeCommands", "TestSupport",
    ])

    static let arrows = TidyRule(
        "arrows point down: no suite service imports another, no library what stands above it, one wrapper for each C "
            + "library",
        breaking: [
            ("Services/Campaign/Service/X.swift", "internal import ProfileService"),
            ("Services/Gateway/Service/X.swift", "import Postgres"),
            ("Shared/RPC/X.swift", "public import NNG"),
            ("Shared/ServiceKit/X.swift", "@preconcurrency internal import CPostgres"),
            ("Services/KPI/Storage/X.swift", "internal import CPostgres"),
            ("Shared/RPC/X.swift", "internal import CNettle"),
            ("Services/CLI/Commands/X.swift", "import CNNG"),
            ("Shared/EventLog/X.swift", "import struct ServiceKit.Gate"),
            ("Shared/NewLibrary/X.swift", "import RPC"),
        ],
        keeping: [
            ("Services/Campaign/Service/X.swift", "internal import Contracts\ninternal import CampaignDomain"),
            ("Shared/NNG/X.swift", "internal import CNNG\ninternal import Synchronization"),
            ("Services/CLI/Commands/X.swift", "// import CNNG\nlet text = \"import CNNG\""),
        ]
    ) { file in
        guard file.isProduct, file.isSwift else { return [] }
        let folder = allowed.keys.filter { file.path.hasPrefix($0) }.max { $0.count < $1.count }
        let mine = folder.flatMap { allowed[$0] } ?? []
        return file.imports.filter { ours.contains($0.module) && !mine.contains($0.module) }.map {
            file.violation($0.line, "\($0.module) may not be imported here")
        }
    }

    static let mains = TidyRule(
        "an executable target has at most 30 lines",
        breaking: [("Services/KPI/Main/Main.swift", String(repeating: "\n", count: 40))],
        keeping: [("Services/KPI/Main/Main.swift", "import KPIService\n")]
    ) { file in
        guard file.path.contains("/Main/"), file.path.hasPrefix("Services/"), file.isSwift, file.lines.count > 31 else {
            return []
        }
        return [file.violation(31, "\(file.lines.count) lines: wiring belongs to the service's build function")]
    }

    /// Rule 4. A build function names methods for their lists of callers; the gateway's channels speak RPC too.
    static let contracts = TidyRule(
        "generated messages stop at Service/RPC/ and at the gateway's Routes/ and Channels/",
        breaking: [
            ("Services/Profile/Service/Intake/X.swift", "internal import Contracts"),
            ("Services/Gateway/Service/Middleware/X.swift", "internal import Contracts"),
            ("Services/KPI/Domain/X.swift", "import Contracts"),
            ("Shared/ServiceKit/Gate/X.swift", "import Contracts"),
        ],
        keeping: [
            ("Services/Profile/Service/RPC/X+Proto.swift", "internal import Contracts"),
            ("Services/Profile/Service/Profile+build.swift", "internal import Contracts"),
            ("Services/Gateway/Service/Routes/Shapes/X.swift", "internal import Contracts"),
            ("Services/CLI/Commands/X.swift", "internal import Contracts"),
        ]
    ) { file in
        guard file.isProduct, file.isSwift, !file.path.hasPrefix("Services/CLI/") else { return [] }
        let places = ["/RPC/", "/Gateway/Service/Routes/", "/Gateway/Service/Channels/"]
        let isBuild = file.path.lowercased().hasSuffix("build.swift")
        guard !isBuild, !places.contains(where: { file.path.contains($0) }) else { return [] }
        return file.imports.filter { $0.module == "Contracts" }.map {
            file.violation($0.line, "generated messages may not come this far in: translate them in Service/RPC/")
        }
    }
}
