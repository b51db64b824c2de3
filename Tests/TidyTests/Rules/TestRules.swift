/// What is asked of tests.
enum TestRules {
    static let all = [sentences, sleeps]

    static let sentences = TidyRule(
        "every test is named by a sentence",
        breaking: [
            ("Tests/RPCTests/X.swift", "    @Test func lost() {}"),
            ("Tests/RPCTests/X.swift", "    @Test(arguments: [1])\n    func lost(_ x: Int) {}"),
        ],
        keeping: [
            ("Tests/RPCTests/X.swift", "    @Test(\"a lost peer ends the call\") func lost() {}"),
            ("Tests/RPCTests/X.swift", "    @Test(\n        \"a lost peer ends the call\", arguments: [1])"),
        ]
    ) { file in
        guard file.isTest, file.isSwift, !file.path.hasPrefix("Tests/TidyTests/Rules/") else { return [] }
        let code = file.scan.codeLines
        return code.indices.filter { code[$0].contains(#/^\s*@Test\b/#) }.compactMap { index in
            let here = code[index].drop { $0 == " " }
            let isNamed =
                here.hasPrefix("@Test(\"")
                || here == "@Test(" && index + 1 < code.count && code[index + 1].drop { $0 == " " }.hasPrefix("\"")
            return isNamed ? nil : file.violation(index + 1, "a test without a sentence")
        }
    }

    static let sleeps = TidyRule(
        "no test sleeps: it waits for the event, or polls through TestSupport",
        breaking: [
            ("Tests/RPCTests/X.swift", "try await Task.sleep(for: .seconds(1))"),
            ("Tests/RPCTests/X.swift", "usleep(10)"),
            ("Tests/RPCTests/X.swift", "sleep(1)"), ("Tests/RPCTests/X.swift", "Thread.sleep(forTimeInterval: 1)"),
        ],
        keeping: [
            ("Tests/TestSupport/Eventually.swift", "try await Task.sleep(for: .milliseconds(5))"),
            // A benchmark that offers so much a second has to keep time.
            ("Tests/Benchmarks/Bench/X.swift", "try await Task.sleep(until: due)"),
        ]
    ) { file in
        guard file.isTest, file.isSwift, file.path != "Tests/TestSupport/Eventually.swift",
            !file.path.hasPrefix("Tests/Benchmarks/")
        else { return [] }
        return file.codeLines(matching: #/\bTask\.sleep\(|\busleep\(|(?:^|[^.\w])sleep\(|Thread\.sleep\(/#, "a sleep")
    }
}
