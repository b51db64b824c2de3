/// Where an office stands below the head office, such as `/head/east/pudong/`. `/` is above all of them.
public enum OfficePath {
    /// Holds for what may stand in our one literal: `^/([a-z0-9_-]+/)*$`.
    public static func isValid(_ path: String) -> Bool {
        guard path.first == "/", path.last == "/" else { return false }
        if path == "/" { return true }
        let parts = path.dropFirst().dropLast().split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                        || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
                }
        }
    }

    /// Whether what stands at `path` belongs to the office `scope` or to one below it.
    public static func isWithin(_ path: String, scope: String) -> Bool {
        isValid(path) && isValid(scope) && path.hasPrefix(scope)
    }
}
