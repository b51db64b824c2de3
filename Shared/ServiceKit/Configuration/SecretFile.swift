internal import Foundation
public import RPC

/// Secrets stand in files that the process's own account may read, never in settings.
public enum SecretFile {
    /// The text of a secret without the white space around it.
    public static func read(_ path: String, meaning: String) throws(RuntimeError) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw RuntimeError(
                .configurationInvalid, "The file \(path) with \(meaning) cannot be read: check its path and rights.")
        }
        try refuseOpenToOthers(path, meaning)
        let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty else {
            throw RuntimeError(.configurationInvalid, "The file \(path) with \(meaning) is empty.")
        }
        return text
    }

    /// The service keys of a file: one `id:service:secret` a line; lines that begin with `#` are remarks.
    public static func readKeys(_ path: String) throws(RuntimeError) -> KeyRing {
        var keys: [ServiceKey] = []
        let text = try read(path, meaning: "the service keys")
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            keys.append(try ServiceKey(parsing: line.trimmingCharacters(in: .whitespaces)))
        }
        return try KeyRing(keys)
    }

    private static func refuseOpenToOthers(_ path: String, _ meaning: String) throws(RuntimeError) {
        // Everybody may follow a link: it is the file at its end that has rights.
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        guard let rights = (attributes?[.posixPermissions] as? NSNumber)?.intValue else {
            throw RuntimeError(
                .configurationInvalid,
                "The rights of the file \(path) with \(meaning) cannot be read: check its path.")
        }
        guard rights & 0o007 == 0 else {
            throw RuntimeError(
                .configurationInvalid, "Everybody may read \(path) with \(meaning): run chmod o-rwx on it.")
        }
    }
}
