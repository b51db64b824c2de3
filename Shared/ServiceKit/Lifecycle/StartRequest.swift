/// What the arguments ask for, apart from settings.
struct StartRequest {
    enum Wish {
        case serve
        case printConfiguration
        case printVersion
        case printHelp
    }

    private(set) var wish = Wish.serve
    /// The configuration file of `--config`, or of `ZHIKE_CONFIG`.
    private(set) var file: String?
    /// The rest, which are settings.
    private(set) var arguments: [String] = []
    private(set) var environment: [String: String]

    init(arguments: [String], environment: [String: String]) {
        self.environment = environment
        file = self.environment.removeValue(forKey: "ZHIKE_CONFIG")
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--print-config": wish = .printConfiguration
            case "--version": wish = .printVersion
            case "--help", "-h": wish = .printHelp
            case "--config" where !rest.isEmpty: file = rest.removeFirst()
            case _ where argument.hasPrefix("--config="): file = String(argument.dropFirst("--config=".count))
            default: self.arguments.append(argument)
            }
        }
    }
}
