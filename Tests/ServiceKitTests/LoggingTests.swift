import Foundation
import Logging
import RPC
import ServiceKit
import Synchronization
import Testing

@Suite("logging")
struct LoggingTests {
    private func lines(
        _ format: LineLogHandler.Format, _ body: (Logger) -> Void
    ) -> [String] {
        let lines = Lines()
        let logger = Logger(label: "profile") { label in
            var handler = LineLogHandler(label: label, format: format, level: .info) { lines.append($0) }
            handler.metadataProvider = .trace
            return handler
        }
        body(logger)
        return lines.all
    }

    @Test("JSON lines are one object each, whatever stands in them")
    func json() throws {
        let lines = lines(.json) { logger in
            logger.info("say \"so\"\nand\\more\u{1}张", metadata: ["batch": "7", "office": "/head/"])
            logger.debug("below the level")
        }
        #expect(lines.count == 1)
        let object = try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: String]
        #expect(object?["message"] == "say \"so\"\nand\\more\u{1}张")
        #expect(object?["level"] == "info")
        #expect(object?["label"] == "profile")
        #expect(object?["batch"] == "7")
        #expect(object?["time"]?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/) != nil)
    }

    @Test("text lines stay one line each")
    func text() {
        let lines = lines(.text) { $0.warning("two\nlines", metadata: ["b": "2", "a": "1"]) }
        #expect(lines.count == 1)
        #expect(lines[0].hasSuffix("warning profile: two\\nlines a=1 b=2\n"))
        // A line end of two characters is one to Swift; the others move a terminal's cursor or end a line in some.
        let hostile = self.lines(.text) { $0.warning("a\r\nb\u{1B}[2K\u{85}c") }
        #expect(hostile[0].hasSuffix("warning profile: a\\r\\nb\\u{1b}[2K\\u{85}c\n"))
    }

    @Test("the trace id of the call that is being served stands in every line")
    func trace() {
        let trace = TraceContext.random()
        let lines = lines(.json) { logger in
            TraceContext.$current.withValue(trace) { logger.info("within") }
            logger.info("without")
        }
        #expect(lines[0].contains("\"trace_id\":\"\(trace.traceID)\""))
        #expect(!lines[1].contains("trace_id"))
    }

    @Test(
        "what looks like a phone or a certificate number is masked",
        arguments: [
            "13800138000", "call 13800138000!", "8613800138000", "110101199003074514", "11010119900307451X",
            "110101900307451", "手机13800138000的客户",
        ])
    func masked(_ text: String) {
        let lines = lines(.json) { $0.error("\(text)", metadata: ["error": "\(text)"]) }
        #expect(lines[0].components(separatedBy: "<masked>").count == 3)
        #expect(!lines[0].contains("0138000") && !lines[0].contains("0307451"))
    }

    @Test(
        "ids, times and trace ids are left as they are",
        arguments: [
            "10000000000", "1700000000000000", "4bf92f3577b34da6a3ce929d0e0e4736", "customer 12345678", "a13800138000",
        ])
    func notMasked(_ text: String) {
        #expect(PersonalData.masked(text) == text)
    }
}

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func append(_ line: String) { lines.withLock { $0.append(line) } }
}
