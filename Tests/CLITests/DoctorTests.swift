internal import Foundation
internal import Testing

@testable internal import ZhikeCommands

@Suite("the doctor")
struct DoctorTests {
    private static let maps = """
        7f00-7f01 r--p 00000000 fd:00 1 /usr/lib/x86_64-linux-gnu/libnng.so.1.5.2
        7f00-7f01 r--p 00000000 fd:00 1 /usr/lib/x86_64-linux-gnu/libprotobuf-c.so.1.0.0
        7f00-7f01 r--p 00000000 fd:00 1 /usr/lib/x86_64-linux-gnu/libpq.so.5.15
        7f00-7f01 r--p 00000000 fd:00 1 /usr/lib/x86_64-linux-gnu/libcsv.so.3.0.2
        7f00-7f01 r--p 00000000 fd:00 1 /usr/lib/x86_64-linux-gnu/libnettle.so.8.6
        """

    @Test("finds each library with its version, and says which to install")
    func libraries() {
        let packages = ["libnng1": "1.5.2-2", "libprotobuf-c1": "1.4.1-1+b1", "libpq5": "15.8-0+deb12u1"]
        let findings = LibraryChecks.findings(maps: Self.maps, packages: packages)
        #expect(findings.map(\.state) == [.ok, .ok, .ok, .ok, .ok])
        let missing = LibraryChecks.findings(maps: "", packages: [:])
        #expect(missing.allSatisfy { $0.state == .act } && missing[0].advice.contains("libnng1"))
        var old = packages
        old["libnng1"] = "1.4.0-1"
        #expect(LibraryChecks.findings(maps: Self.maps, packages: old)[0].state == .act)
    }

    @Test("reads versions as Debian writes them")
    func versions() {
        #expect(LibraryChecks.numbers("2:15.8-0+deb12u1") == [15, 8] && LibraryChecks.numbers("1.5.2-2") == [1, 5, 2])
        #expect(
            LibraryChecks.parse("libnng1 1.5.2-2 installed\nlibpq5 15.8 not-installed\n") == ["libnng1": "1.5.2-2"])
    }

    @Test("looks at space, ports, rights and programs")
    func machine() throws {
        let folder = FileManager.default.temporaryDirectory
        #expect(MachineChecks.disk(folder, freeBytes: 1 << 20).state == .act)
        #expect(MachineChecks.disk(folder, freeBytes: 2 << 30).state == .note)
        #expect(MachineChecks.disk(folder, freeBytes: 64 << 30).state == .ok)
        #expect(FolderChecks.port(8_080, isTaken: true).state == .act)
        #expect(FolderChecks.rights(URL(fileURLWithPath: "/etc/passwd/zhike"), account: nil).state == .act)
        #expect(MachineChecks.swift(programs: URL(fileURLWithPath: "/nowhere")).state == .act)
        #expect(MachineChecks.postgres(["ZHIKE_POSTGRES_BINARIES": "/nowhere"]).state == .act)
        let closed = folder.appending(path: "zhike-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: closed, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: closed) }
        #expect(FolderChecks.rights(closed.appending(path: "data"), account: "postgres").state == .act)
        #expect(FolderChecks.rights(closed.appending(path: "data"), account: nil).state == .ok)
    }

    @Test("asks for roles and schemas that are missing, and for a newer server")
    func database() {
        var state = DatabaseState(
            version: "15.8", versionNumber: 150_008,
            schemas: ["profile", "segmentation", "campaign", "kpi"].map {
                DatabaseState.Schema(name: $0, migrations: 3, newest: "0003-x")
            }, missingRoles: [], secondsAhead: 0.1, businessTime: nil)
        #expect(DatabaseChecks.findings(state).allSatisfy { $0.state == .ok })
        state.secondsAhead = -30
        #expect(DatabaseChecks.findings(state).contains { $0.check == "database clock" && $0.state == .act })
        state.secondsAhead = 0
        state.missingRoles = ["zhike_kpi"]
        #expect(DatabaseChecks.findings(state)[1].state == .act)
        state.missingRoles = []
        state.schemas[3].migrations = 0
        #expect(DatabaseChecks.findings(state)[1].state == .note)
        state.schemas.removeLast()
        #expect(DatabaseChecks.findings(state)[1].found.contains("kpi"))
        state.versionNumber = 140_001
        #expect(DatabaseChecks.findings(state)[0].state == .act)
    }

    @Test("tells that the gateway was not looked at where nobody said where it is, and of one that does not answer")
    func gateway() async {
        let unknown = await SuiteChecks.finding(gateway: nil)
        #expect(unknown.state == .note && unknown.advice.contains("--endpoint gateway="))
        let silent = await SuiteChecks.finding(gateway: "http://127.0.0.1:1")
        #expect(silent.state == .act && silent.found.contains("http://127.0.0.1:1"))
    }

    @Test("tells what a gateway lacks that goes on without it, and why one does not")
    func gatewayHealth() {
        let address = "http://127.0.0.1:1"
        func finding(_ health: GatewayClient.Health) -> Finding { SuiteChecks.finding(address, health) }
        #expect(finding(.init(isReady: true)) == .ok("gateway", address))
        let partly = GatewayClient.Health(isReady: true, missing: ["campaign", "kpi"])
        #expect(finding(partly).state == .act && finding(partly).found.contains("campaign, kpi"))
        #expect(PingCommand.state(of: partly).contains("campaign, kpi"))
        let dead = GatewayClient.Health(isReady: false, sentence: "Not ready: profile.")
        #expect(finding(dead).state == .act && finding(dead).found == "Not ready: profile.")
        #expect(PingCommand.state(of: dead) == "Not ready: profile.")
    }

    @Test("ends with what to do, or says that there is nothing")
    func text() {
        let fine = Finding.text([.ok("a", "b"), .note("c", "d", "Try it.")])
        #expect(fine.contains("Nothing must be done.") && fine.contains("c: Try it."))
        let ill = Finding.text([.ok("a", "b"), .act("c", "d", "Mend it.")])
        #expect(ill.contains("c: Mend it.") && !ill.contains("Nothing must be done."))
    }
}
