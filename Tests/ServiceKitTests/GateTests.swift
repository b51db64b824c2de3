import RPC
import ServiceKit
import Testing

@Suite("the gate")
struct GateTests {
    private func context(
        _ roles: [String], user: String = "li", office: String = "/head/east/", caller: String = "gateway"
    ) -> CallContext {
        CallContext(
            method: "m", requestID: "r", deadline: .now + .seconds(5), caller: caller,
            principal: Principal(user: user, roles: roles, officePath: office))
    }

    private var machine: CallContext {
        CallContext(method: "m", requestID: "r", deadline: .now + .seconds(5), caller: "campaign")
    }

    private func code(_ body: () throws(RPCError) -> Void) -> RPCError.Code {
        do throws(RPCError) {
            try body()
            return .ok
        } catch {
            return error.code
        }
    }

    @Test("a right comes from any of the roles, and an unknown role gives none")
    func rights() {
        #expect(
            code { () throws(RPCError) in try Gate.require(.editCampaigns, context(["auditor", "marketer"])) } == .ok)
        #expect(
            code { () throws(RPCError) in try Gate.require(.editCampaigns, context(["auditor"])) } == .permissionDenied)
        #expect(
            code { () throws(RPCError) in try Gate.require(.readReports, context(["root", ""])) } == .permissionDenied)
    }

    @Test("the maker's role cannot approve and the checker's cannot make")
    func separateDuties() {
        #expect(!Role.marketer.rights.contains(.approveCampaigns))
        #expect(!Role.approver.rights.contains(.editCampaigns))
        #expect(!Role.admin.rights.contains(.approveCampaigns))
        #expect(Role.all.allSatisfy { Role.named($0.name) == $0 })
    }

    @Test("nobody approves the own work, whatever the roles")
    func fourEyes() throws {
        let person = try Gate.require(.approveCampaigns, context(["marketer", "approver"], user: "li"))
        let error = #expect(throws: OwnWork.self) { try Gate.requireOther(than: ["wang", "li"], person) }
        #expect(error?.rpcError.code == .permissionDenied)
        #expect(throws: Never.self) { try Gate.requireOther(than: ["wang"], person) }
    }

    @Test("without a person only the machines that are named come in")
    func machines() throws {
        #expect(code { () throws(RPCError) in try Gate.require(.writeEvents, machine) } == .unauthenticated)
        #expect(try Gate.require(.writeEvents, machine, orMachines: ["campaign"]) == nil)
        #expect(
            code { () throws(RPCError) in try Gate.require(.writeEvents, machine, orMachines: ["gateway"]) }
                == .unauthenticated)
        // A person does not come in as the machine that carries the call.
        #expect(
            code { () throws(RPCError) in
                try Gate.require(.writeEvents, context(["auditor"]), orMachines: ["gateway"])
            } == .permissionDenied)
    }

    @Test(
        "an office path that could be more than a path is none",
        arguments: ["", "head", "/head", "/Head/", "/a'; DROP/", "//", "/a//b/", "/a/%/", "/ a/", "/é/"])
    func badPaths(_ path: String) {
        #expect(!OfficePath.isValid(path))
        #expect(
            code { () throws(RPCError) in try Gate.require(.readReports, context(["analyst"], office: path)) }
                == .permissionDenied)
    }

    @Test("what is written belongs to the own office or one below it")
    func offices() throws {
        let person = try Gate.require(.editCampaigns, context(["marketer"], office: "/head/east/"))
        #expect(code { () throws(RPCError) in try Gate.requireOffice("/head/east/", within: person) } == .ok)
        #expect(code { () throws(RPCError) in try Gate.requireOffice("/head/east/pudong/", within: person) } == .ok)
        for path in ["/head/", "/head/west/", "/head/eastern/", "/"] {
            #expect(
                code { () throws(RPCError) in try Gate.requireOffice(path, within: person) } == .permissionDenied)
        }
        #expect(code { () throws(RPCError) in try Gate.requireOffice("east", within: person) } == .invalidArgument)
        #expect(OfficePath.isValid("/"))
    }
}
