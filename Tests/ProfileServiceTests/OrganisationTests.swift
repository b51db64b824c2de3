internal import Contracts
internal import RPC
internal import Testing

@Suite("Offices and staff")
struct OrganisationTests {
    private static func admin(_ office: String) -> CallOptions {
        ProfileBed.options(Principal(user: "li", roles: ["admin"], officePath: office))
    }

    private static func request(
        offices: [String] = [], staff: [(String, String)] = []
    ) -> ProfileV1.PutOrganisationRequest {
        ProfileV1.PutOrganisationRequest(
            offices: offices.map { .init(path: $0, name: "n") },
            staff: staff.map { .init(staffNumber: $0.0, name: "n", officePath: $0.1, duty: "agent") })
    }

    @Test("an office names and moves nobody but its own")
    func scope() async throws {
        let bed = try await ProfileBed.make()
        let everything = Self.request(
            offices: ["/head/", "/head/east/", "/head/west/"], staff: [("s1", "/head/west/"), ("s2", "/head/east/")])
        _ = try await bed.client.putOrganisation(everything, options: Self.admin("/"))
        for (request, field) in [
            (Self.request(offices: ["/head/west/"]), "offices[0].path"),
            (Self.request(offices: ["/head/east/"], staff: [("s9", "/head/")]), "staff[0].office_path"),
            (Self.request(staff: [("s2", "/head/east/"), ("s1", "/head/east/")]), "staff"),
        ] {
            await #expect {
                try await bed.client.putOrganisation(request, options: Self.admin("/head/east/"))
            } throws: {
                ($0 as? RPCError)?.code == .permissionDenied && ($0 as? RPCError)?.field == field
            }
        }
        let own = Self.request(offices: ["/head/east/pudong/"], staff: [("s2", "/head/east/pudong/")])
        _ = try await bed.client.putOrganisation(own, options: Self.admin("/head/east/"))
        #expect(try await bed.count("SELECT count(*) FROM profile.staff WHERE office_path = '/head/west/'") == 1)
        #expect(try await bed.count("SELECT count(*) FROM profile.staff WHERE office_path = '/head/east/pudong/'") == 1)
    }

    @Test("are audited by path, number and duty, never by name, and so many of them")
    func audited() async throws {
        let bed = try await ProfileBed.make()
        var request = Self.request(offices: ["/head/"], staff: [("s1", "/head/"), ("s2", "/head/")])
        request.staff[0].name = "王芳"
        request.staff[0].duty = "manager"
        _ = try await bed.client.putOrganisation(request, options: Self.admin("/"))
        let many = (0..<60).map { "/head/o\($0)/" }
        _ = try await bed.client.putOrganisation(Self.request(offices: many), options: Self.admin("/"))
        let entries = try await bed.administrator.query(
            "SELECT what FROM audit.entry WHERE entry_right = 'organisation.edit' ORDER BY sequence")
        #expect(
            try entries.map { try $0.decode(0, as: String.self) } == [
                "offices /head/; staff s1 (manager, /head/), s2 (agent, /head/)",
                "offices \(many.prefix(50).joined(separator: ", ")) and 10 more",
            ])
    }

    @Test("each office, member of the staff and trait is named once in a call")
    func repeated() async throws {
        let bed = try await ProfileBed.make()
        for (request, field) in [
            (Self.request(offices: ["/head/", "/head/"]), "offices"),
            (Self.request(offices: ["/head/"], staff: [("s1", "/head/"), ("s1", "/head/")]), "staff"),
        ] {
            await #expect {
                try await bed.client.putOrganisation(request, options: Self.admin("/"))
            } throws: {
                ($0 as? RPCError)?.code == .invalidArgument && ($0 as? RPCError)?.field == field
            }
        }
        let trait = CustomerTests.trait("age", .integer, .c1)
        await #expect {
            try await bed.client.defineTraits(
                ProfileV1.DefineTraitsRequest(traits: [trait, trait]), options: Self.admin("/"))
        } throws: { ($0 as? RPCError)?.field == "traits[1].name" }
    }
}
