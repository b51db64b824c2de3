/// Columns set out by their width on the screen, where a Chinese character takes two places.
struct Table {
    private var rows: [[String]]
    private let columnsOfText: Set<Int>

    /// - Parameter columnsOfText: stand to the left, the others (numbers) to the right.
    init(_ header: [String], columnsOfText: Set<Int> = [0]) {
        rows = [header.map(Printable.line)]
        self.columnsOfText = columnsOfText
    }

    mutating func add(_ row: [String]) { rows.append(row.map(Printable.line)) }

    /// A text of many lines' length must not draw a line of its own length.
    private static let longestRule = 72

    var isEmpty: Bool { rows.count == 1 }

    var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { $0.count > column ? Self.width($0[column]) : 0 }.max() ?? 0
        }
        var lines = rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - Self.width(cell))
                return columnsOfText.contains(column) ? cell + padding : padding + cell
            }
            return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }
        let rules = widths.map { String(repeating: "─", count: min($0, Self.longestRule)) }
        lines.insert(rules.joined(separator: "  "), at: 1)
        return lines.joined(separator: "\n")
    }

    /// Places on the screen: of the wide scripts, from CJK radicals to full-width forms, each character takes two.
    static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + ((0x2E80...0xFF60).contains($1.value) ? 2 : 1) }
    }
}
