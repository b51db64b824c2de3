internal import Configuration
internal import Foundation
internal import RPC

/// One place where settings come from: flags, environment or file.
public struct ConfigurationSource: Sendable {
    /// As messages name it, such as `the environment`.
    let name: String
    private let snapshot: any ConfigSnapshot

    func content(_ key: String, _ type: ConfigType) throws -> ConfigContent? {
        let absolute = AbsoluteConfigKey(key.split(separator: ".").map(String.init))
        return try snapshot.value(forKey: absolute, type: type).value?.content
    }
}

extension ConfigurationSource {
    /// Takes `ZHIKE_…` and refuses those that name no setting. Names of the test runner and of the embedded Postgres
    /// are not ours to judge.
    static func environment(
        _ variables: [String: String], known settings: [any AnySetting]
    ) throws(RuntimeError) -> ConfigurationSource {
        let ours = variables.filter { name, _ in
            name.hasPrefix("ZHIKE_") && !name.hasPrefix("ZHIKE_TEST_") && name != "ZHIKE_POSTGRES_BINARIES"
        }
        let names = Set(settings.map(\.environmentName))
        for name in ours.keys.sorted() where !names.contains(name) {
            throw RuntimeError(
                .configurationInvalid, "The environment sets \(name), which is no setting: \(advice(name, names))")
        }
        return ConfigurationSource(name: "the environment", snapshot: prefixed(ours))
    }

    /// Takes `--database-pool-size 8` and `--database-pool-size=8`; a flag without a value is `true`.
    static func flags(
        _ arguments: [String], known settings: [any AnySetting]
    ) throws(RuntimeError) -> ConfigurationSource {
        let names = Dictionary(settings.map { ($0.flagName, $0.environmentName) }) { first, _ in first }
        var variables: [String: String] = [:]
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let variable = names[parts[0]] else {
                throw RuntimeError(
                    .configurationInvalid,
                    "The flag \(parts[0]) is no setting: \(advice(parts[0], Set(names.keys)))")
            }
            if parts.count == 2 {
                variables[variable] = parts[1]
            } else if let next = rest.first, !next.hasPrefix("--") {
                variables[variable] = rest.removeFirst()
            } else {
                variables[variable] = "true"
            }
        }
        return ConfigurationSource(name: "the flags", snapshot: prefixed(variables))
    }

    /// Reads a JSON object; refuses keys that name no setting.
    static func file(_ path: String, known settings: [any AnySetting]) throws(RuntimeError) -> ConfigurationSource {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw RuntimeError(
                .configurationInvalid, "The configuration file \(path) cannot be read: check its path and rights.")
        }
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw RuntimeError(
                .configurationInvalid, "The configuration file \(path) must hold one JSON object: check its syntax.")
        }
        let keys = Set(settings.map(\.key))
        for key in flattened(object, below: "").sorted() where !keys.contains(key) {
            throw RuntimeError(
                .configurationInvalid,
                "The configuration file \(path) holds the key \(key), which is no setting: \(advice(key, keys))")
        }
        do {
            let bytes = Array(data)
            let snapshot = try JSONSnapshot(
                data: bytes.span.bytes, providerName: path, parsingOptions: .default)
            return ConfigurationSource(name: path, snapshot: snapshot)
        } catch {
            throw RuntimeError(
                .configurationInvalid,
                "The configuration file \(path) may hold texts, numbers, true, false and lists of them alone.")
        }
    }

    private static func prefixed(_ variables: [String: String]) -> any ConfigSnapshot {
        EnvironmentVariablesProvider(environmentVariables: variables).prefixKeys(with: ["zhike"]).snapshot()
    }

    private static func flattened(_ object: [String: Any], below path: String) -> [String] {
        object.flatMap { name, value in
            let key = path.isEmpty ? name : "\(path).\(name)"
            guard let inner = value as? [String: Any] else { return [key] }
            return flattened(inner, below: key)
        }
    }

    /// The nearest known name, or how to list them all.
    private static func advice(_ name: String, _ known: Set<String>) -> String {
        let nearest = known.sorted().min { EditDistance.of($0, name) < EditDistance.of($1, name) }
        guard let nearest, EditDistance.of(nearest, name) <= 3 else { return "--print-config lists all settings." }
        return "did you mean \(nearest)?"
    }
}
