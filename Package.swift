// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target speaks Swift 6 and fails on a warning.
let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let jwt = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")

/// A library that several suite services share.
func shared(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Shared/\(name)", swiftSettings: strict)
}

/// A folder of a suite service: `Domain` (pure rules), `Service` (calls and storage) or another named part.
func part(_ name: String, _ path: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Services/\(path)",
        resources: path.hasSuffix("Service") && !path.hasPrefix("Gateway") ? [.embedInCode("Storage/Migrations")] : [],
        swiftSettings: strict)
}

/// An executable of at most thirty lines that reads its configuration and wires.
func main(_ name: String, _ path: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: "Services/\(path)", swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude, swiftSettings: strict)
}

/// What the request side of every suite service is made of.
let serviceParts: [Target.Dependency] = [
    "Contracts", "EventLog", "Postgres", "ProtobufC", "RPC", "ServiceKit", crypto, logging, metrics, serviceLifecycle,
]
/// What the tests of a suite service need besides.
let serviceTestParts: [Target.Dependency] = ["RPCInProcessTransport", "TestSupport"]

let package = Package(
    name: "zhike",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.2.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.7.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.15.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.25.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.3.0"),
    ],
    targets: [
        // C libraries, each behind one wrapper.
        .systemLibrary(name: "CNNG", path: "Shared/C/CNNG", providers: [.apt(["libnng-dev"])]),
        .systemLibrary(
            name: "CProtobufC", path: "Shared/C/CProtobufC", pkgConfig: "libprotobuf-c",
            providers: [.apt(["libprotobuf-c-dev"])]),
        .systemLibrary(
            name: "CPostgres", path: "Shared/C/CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CCSV", path: "Shared/C/CCSV", providers: [.apt(["libcsv-dev"])]),
        .systemLibrary(
            name: "CNettle", path: "Shared/C/CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
        .target(name: "CContracts", dependencies: ["CProtobufC"], path: "Shared/C/CContracts"),
        .target(name: "CDescriptor", dependencies: ["CProtobufC"], path: "Shared/C/CDescriptor"),
        // Shared libraries.
        shared("NNG", ["CNNG"]),
        shared("ProtobufC", ["CProtobufC"]),
        shared("Postgres", ["CPostgres", logging]),
        shared("CSV", ["CCSV"]),
        shared("Nettle", ["CNettle"]),
        shared("Suspension"),
        shared("RPC", ["Nettle", "ProtobufC", "Suspension", crypto, logging, metrics, tracing]),
        shared("RPCNNGTransport", ["NNG", "RPC", logging, serviceLifecycle]),
        shared("RPCInProcessTransport", ["RPC"]),
        shared("EventLog", ["Postgres", logging, serviceLifecycle]),
        .target(
            name: "Contracts", dependencies: ["CContracts", "ProtobufC", "RPC"], path: "Shared/Contracts/Generated",
            swiftSettings: strict),
        .executableTarget(
            name: "ContractsGenerator", dependencies: ["CDescriptor", "ProtobufC", argumentParser],
            path: "Shared/ContractsGenerator", swiftSettings: strict),
        shared(
            "ServiceKit",
            [
                "Contracts", "EventLog", "Postgres", "RPC", "RPCNNGTransport", configuration, crypto, hummingbird,
                logging, metrics, nio, serviceLifecycle, tracing,
            ]),
        shared("EmbeddedPostgres"),
        // Suite services.
        part("ProfileDomain", "Profile/Domain"),
        part("ProfileService", "Profile/Service", serviceParts + ["ProfileDomain"]),
        main("zhike-profile", "Profile/Main", ["ProfileService", "ServiceKit"]),
        part("SegmentationDomain", "Segmentation/Domain"),
        part("SegmentationService", "Segmentation/Service", serviceParts + ["SegmentationDomain"]),
        main("zhike-segmentation", "Segmentation/Main", ["SegmentationService", "ServiceKit"]),
        part("CampaignDomain", "Campaign/Domain"),
        part("CampaignService", "Campaign/Service", serviceParts + ["CampaignDomain"]),
        main("zhike-campaign", "Campaign/Main", ["CampaignService", "ServiceKit"]),
        part("KPIDomain", "KPI/Domain"),
        part("KPIService", "KPI/Service", serviceParts + ["KPIDomain"]),
        main("zhike-kpi", "KPI/Main", ["KPIService", "ServiceKit"]),
        part(
            "GatewayService", "Gateway/Service",
            [
                "Contracts", "ProtobufC", "RPC", "ServiceKit", asyncHTTPClient, crypto, hummingbird, jwt, logging,
                metrics,
                nio, serviceLifecycle, tracing,
            ]),
        main("zhike-gateway", "Gateway/Main", ["GatewayService", "ServiceKit"]),
        // The command for people.
        part("Sandbox", "CLI/Sandbox", [crypto, hummingbird, logging, nio]),
        part(
            "ZhikeCommands", "CLI/Commands",
            [
                "Contracts", "CSV", "EmbeddedPostgres", "Postgres", "RPC", "RPCNNGTransport", "Sandbox", "ServiceKit",
                "ProfileDomain", "ProtobufC", argumentParser, asyncHTTPClient, crypto, jwt, logging, nio, nioHTTP1,
                nioPosix,
            ]),
        main("zhike", "CLI/Main", ["ZhikeCommands"]),
        // Tests.
        .target(
            name: "TestSupport", dependencies: ["EmbeddedPostgres", "Postgres", "RPC", logging],
            path: "Tests/TestSupport", swiftSettings: strict),
        tests("NNGTests", ["NNG", "TestSupport"]),
        tests("ProtobufCTests", ["ProtobufC", "Contracts", "TestSupport"]),
        tests("ContractsGeneratorTests", ["ContractsGenerator"]),
        tests("PostgresTests", ["Postgres", "TestSupport", logging, serviceLifecycle]),
        tests("CSVTests", ["CSV"]),
        tests(
            "RPCTests",
            [
                "NNG", "Nettle", "RPC", "RPCInProcessTransport", "RPCNNGTransport", "Contracts", "ProtobufC",
                "TestSupport", crypto,
            ],
            exclude: ["Python"]),
        tests("EventLogTests", ["EventLog", "Postgres", "TestSupport", logging, serviceLifecycle]),
        tests("ServiceKitTests", serviceParts + serviceTestParts),
        tests("ProfileDomainTests", ["ProfileDomain"]),
        tests("ProfileServiceTests", serviceParts + ["ProfileDomain", "ProfileService"] + serviceTestParts),
        tests("SegmentationDomainTests", ["SegmentationDomain"]),
        tests(
            "SegmentationServiceTests",
            serviceParts + ["SegmentationDomain", "SegmentationService", "ProfileService"] + serviceTestParts),
        tests("CampaignDomainTests", ["CampaignDomain"]),
        tests(
            "CampaignServiceTests",
            serviceParts + [
                "CampaignDomain", "CampaignService", "EmbeddedPostgres", "ProfileService", "SegmentationService",
            ]
                + serviceTestParts),
        tests("KPIDomainTests", ["KPIDomain", "TestSupport"]),
        tests("KPIServiceTests", serviceParts + ["KPIDomain", "KPIService"] + serviceTestParts),
        tests(
            "GatewayTests",
            [
                "Contracts", "GatewayService", "ProfileDomain", "RPC", "RPCInProcessTransport", "RPCNNGTransport",
                "Sandbox", "SegmentationDomain", "TestSupport", asyncHTTPClient,
                crypto, cryptoExtras, hummingbird, hummingbirdTesting, jwt, logging, serviceLifecycle,
            ]),
        tests(
            "CLITests",
            [
                "Contracts", "Postgres", "ProfileDomain", "ProtobufC", "RPC", "ServiceKit", "ZhikeCommands", "Sandbox",
                "TestSupport", logging,
            ]),
        tests(
            "IntegrationTests",
            [
                "Contracts", "KPIDomain", "Postgres", "RPC", "ZhikeCommands", "Sandbox", "TestSupport",
                asyncHTTPClient, logging, nio,
            ],
            exclude: ["Python"]),
        tests("TidyTests", []),
        // Benchmarks.
        .target(
            name: "CBaselines", dependencies: ["CNNG", "CContracts", "CPostgres"], path: "Tests/Benchmarks/CBaselines"),
        .executableTarget(
            name: "zhike-bench",
            dependencies: [
                "CBaselines", "Contracts", "EmbeddedPostgres", "EventLog", "Postgres", "ProtobufC", "RPC",
                "RPCNNGTransport", "Sandbox", "ServiceKit", argumentParser, asyncHTTPClient, crypto, jwt, logging,
                metrics, nio, nioHTTP1, nioPosix,
            ],
            path: "Tests/Benchmarks/Bench", swiftSettings: strict),
    ]
)
