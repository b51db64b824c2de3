internal import ArgumentParser
internal import Foundation
internal import RPC
internal import Testing

@testable internal import ZhikeCommands

@Suite("The demonstration")
struct DemoTests {
    private func file(_ text: String) throws -> URL {
        let file = FileManager.default.temporaryDirectory.appending(path: "zhike-test-\(UUID().uuidString).csv")
        try Data(text.utf8).write(to: file)
        return file
    }

    @Test("reads who said yes, and leaves out rows that lack a column or have one too many")
    func shortRows() async throws {
        let file = try file("age;job;y\n30;a;yes\n31\n32;b;no\n33;c;yes;more\n34;d;yes\n")
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(try await BankMarketingDemo.saidYes(in: file) == ["1", "5"])
    }

    @Test("says that a file has no answers, before anything is done with it", arguments: ["age;job\n30;a\n", ""])
    func withoutAnswers(_ text: String) async throws {
        let file = try file(text)
        defer { try? FileManager.default.removeItem(at: file) }
        let error = await #expect(throws: RuntimeError.self) { try await BankMarketingDemo.saidYes(in: file) }
        #expect(error?.message.contains(" y") == true)
    }

    @Test("leaves no rows behind that its import refused, however it ends")
    func rejects() async throws {
        var places: [URL] = []
        await #expect(throws: CancellationError.self) {
            try await DemoRejects.use { place in
                places.append(place)
                try Data("row".utf8).write(to: place)
                try Data("row".utf8).write(to: place.appendingPathExtension("part"))
                throw CancellationError()
            }
        }
        let folder = try #require(places.first).deletingLastPathComponent()
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test(
        "takes a number of customers that a bank can have, and one file of real customers",
        arguments: [
            ["--customers", "0"], ["--customers=-1"], ["--customers", "1000001"],
            ["--bank-marketing", "a.csv", "--hillstrom", "b.csv"],
        ])
    func refused(_ arguments: [String]) throws {
        #expect(throws: (any Error).self) { try DemoCommand.parse(arguments) }
        #expect(try DemoCommand.parse(["--customers", "1", "--once"]).customers == 1)
    }
}
