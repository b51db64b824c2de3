internal import Foundation
internal import Testing

@testable internal import ZhikeCommands

@Suite("zhike migrate")
struct MigrateTests {
    @Test("gives each suite service the password of its own file, and all others that of the file for all")
    func rolePasswords() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "zhike-migrate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (all, own) = (folder.appending(path: "a=b").path, folder.appending(path: "kpi").path)
        try Data("shared\n".utf8).write(to: URL(filePath: all))
        try Data("apart\n".utf8).write(to: URL(filePath: own))
        for order in [[all, "kpi=\(own)"], ["kpi=\(own)", all]] {
            let passwords = try MigrateCommand.rolePasswords(order)
            #expect(passwords["zhike_kpi"] == "apart" && passwords["zhike_kpi_request"] == "apart")
            #expect(passwords["zhike_profile"] == "shared" && passwords["zhike_campaign_request"] == "shared")
        }
        #expect(try MigrateCommand.rolePasswords(["kpi=\(own)"]).keys.sorted() == ["zhike_kpi", "zhike_kpi_request"])
        #expect(throws: (any Error).self) { try MigrateCommand.rolePasswords(["kpi=\(own).absent"]) }
    }
}
