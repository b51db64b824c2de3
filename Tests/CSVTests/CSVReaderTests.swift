import CSV
import Foundation
import Testing

@Suite("CSV files")
struct CSVReaderTests {
    private func rows(_ text: String, delimiter: Character = ",", from position: CSVPosition = .start) throws
        -> [CSVRow]
    {
        try TemporaryFile.with(Array(text.utf8)) { path in
            try read(path, CSVFormat(delimiter: delimiter), from: position)
        }
    }

    private func read(_ path: String, _ format: CSVFormat, from position: CSVPosition = .start) throws -> [CSVRow] {
        let reader = try CSVReader(path: path, format: format, from: position)
        var rows: [CSVRow] = []
        while let row = try reader.next() { rows.append(row) }
        return rows
    }

    @Test("fields, quotes, doubled quotes, line ends in quotes and empty fields are read as RFC 4180 says")
    func reads() throws {
        let rows = try rows("a,b,c\r\n1,\"x,\"\"y\"\"\r\nz\",\r\n, two words ,\"\"\r\n")
        #expect(rows.map(\.fields) == [["a", "b", "c"], ["1", "x,\"y\"\r\nz", ""], ["", " two words ", ""]])
        #expect(rows.map(\.number) == [1, 2, 3])
        #expect(rows.map(\.line) == [1, 2, 4])
    }

    @Test("a semicolon separates where the format says so, and a last line needs no end")
    func delimiter() throws {
        let rows = try rows("\"age\";\"job\"\n56;\"house,maid\"", delimiter: ";")
        #expect(rows.map(\.fields) == [["age", "job"], ["56", "house,maid"]])
    }

    @Test("empty lines and a byte order mark are no rows, and a lone CR ends one")
    func emptyLines() throws {
        let rows = try rows("\u{FEFF}a,b\r1,2\r\n\r\n3,4\n\n")
        #expect(rows.map(\.fields) == [["a", "b"], ["1", "2"], ["3", "4"]])
    }

    @Test("Chinese text is kept, bytes that are no UTF-8 give the row a problem and the next row is read")
    func encoding() throws {
        let bytes = Array("name\n张伟\n".utf8) + [0xD5, 0xC5, UInt8(ascii: "\n")] + Array("李娜\n".utf8)
        try TemporaryFile.with(bytes) { path in
            let rows = try read(path, CSVFormat())
            #expect(rows.map(\.fields) == [["name"], ["张伟"], [], ["李娜"]])
            #expect(rows[2].problem == "holds bytes that are no UTF-8 text")
            #expect(rows[2].number == 3)
        }
    }

    @Test("a misplaced quote spoils its own row alone")
    func misplacedQuote() throws {
        let rows = try rows("a,b\n1,x\"y\n2,\"ok\"\n3,\"bad\"x\n4,5\n")
        #expect(rows.map { $0.problem == nil } == [true, false, true, false, true])
        #expect(rows.map(\.number) == [1, 2, 3, 4, 5])
        #expect(rows[4].fields == ["4", "5"])
    }

    @Test("a quote that is never closed gives a problem at the end of the file")
    func openQuote() throws {
        let rows = try rows("a\n\"never\nclosed")
        #expect(rows.count == 2)
        #expect(rows[1].problem == "has a quote that is never closed")
        #expect(rows[1].line == 2)
    }

    @Test("a field or a row beyond its bound is a problem, not memory")
    func bounds() throws {
        let long = "a,b\n" + String(repeating: "x", count: 2_000) + ",1\n2,3\n"
        try TemporaryFile.with(Array(long.utf8)) { path in
            let rows = try read(path, CSVFormat(maximumFieldBytes: 100))
            #expect(rows.map(\.problem) == [nil, "has a field of more than 100 bytes", nil])
        }
        let endless = "a\n\"" + String(repeating: "line\n", count: 100_000) + "\n"
        try TemporaryFile.with(Array(endless.utf8)) { path in
            let rows = try read(path, CSVFormat(maximumFieldBytes: 1_000))
            #expect(rows[1].problem == "has a field of more than 1000 bytes")
        }
        let wide = String(repeating: "1,", count: 50) + "1\n2\n"
        try TemporaryFile.with(Array(wide.utf8)) { path in
            let rows = try read(path, CSVFormat(maximumFields: 10))
            #expect(rows.map(\.problem) == ["has more than 10 fields", nil])
        }
    }

    @Test("reading on from the end of any row gives the rows behind it, numbered as before")
    func resume() throws {
        let text = "\u{FEFF}a,b\r\n1,\"x\r\ny\"\r\n\r\n2,bad\"\r\n3,4\r5,6\n7,8"
        try TemporaryFile.with(Array(text.utf8)) { path in
            let all = try read(path, CSVFormat())
            #expect(all.count == 6)
            for (index, row) in all.enumerated() {
                #expect(try read(path, CSVFormat(), from: row.end) == Array(all.dropFirst(index + 1)))
            }
        }
    }

    @Test("rows that span the chunks in which a file is read are whole")
    func chunks() throws {
        let lines = (0..<60_000).map { "\($0),\"value \($0)\",x" }
        let text = lines.joined(separator: "\r\n")
        let rows = try rows(text)
        #expect(rows.count == 60_000)
        #expect(rows.indices.allSatisfy { rows[$0].fields == ["\($0)", "value \($0)", "x"] })
        #expect(rows.last?.end.byteOffset == Int64(text.utf8.count))
    }

    @Test("a quote is doubled also where a combining mark stands on it")
    func combined() {
        #expect(Array(CSVFormat().line(["a\"\u{301}"]).utf8) == Array("\"a\"\"\u{301}\"\r\n".utf8))
    }

    @Test("what the format writes is read back")
    func writes() throws {
        let fields = ["plain", "a,b", "say \"so\"", "two\nlines", ""]
        #expect(try rows(CSVFormat().line(fields)).map(\.fields) == [fields])
    }

    @Test("a missing file and a wrong delimiter are named")
    func errors() {
        #expect(throws: CSVError.self) { try CSVReader(path: "/nowhere/x.csv", format: CSVFormat()) }
        #expect(throws: CSVError.self) { try CSVReader(path: "/dev/null", format: CSVFormat(delimiter: "，")) }
    }
}
