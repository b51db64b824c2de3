/// What of a value is shown to a person who may know that it exists but not what it is.
public enum Masking {
    /// Keeps at most the first three and the last two characters, never more than a third of the text.
    ///
    /// "13912345678" becomes "139******78"; short values vanish altogether.
    public static func mask(_ text: String) -> String {
        let characters = Array(text)
        let shown = characters.count / 3
        let first = min(3, (shown + 1) / 2)
        let last = min(2, shown - first)
        guard shown > 0 else { return String(repeating: "*", count: characters.count) }
        let stars = String(repeating: "*", count: characters.count - first - last)
        return String(characters.prefix(first)) + stars + String(characters.suffix(last))
    }
}
