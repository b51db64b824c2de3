/// How many letters must be inserted, removed or replaced to turn one word into another (Levenshtein, 1965).
public enum EditDistance {
    public static func of(_ left: String, _ right: String) -> Int {
        let left = Array(left)
        let right = Array(right)
        var row = Array(0...right.count)
        for (i, leftLetter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, rightLetter) in right.enumerated() {
                let replaced = diagonal + (leftLetter == rightLetter ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
