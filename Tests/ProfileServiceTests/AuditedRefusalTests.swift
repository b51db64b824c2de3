internal import Contracts
internal import RPC
internal import Testing

@Suite("What is refused of what is audited")
struct AuditedRefusalTests {
    private static let nobody = Principal(user: "li.nobody", roles: ["channel"], officePath: "/")

    private static func refusals(_ bed: ProfileBed, right: String, what: String) async throws -> Int64 {
        try await bed.count(
            """
            SELECT count(*) FROM audit.entry
            WHERE service = 'profile' AND who = 'li.nobody' AND entry_right = \(right) AND what = \(what)
              AND reason = 'PERMISSION_DENIED' AND result = 'refused'
            """)
    }

    private static func isDenied(_ error: any Error) -> Bool { (error as? RPCError)?.code == .permissionDenied }

    @Test("a change of the dictionary without the right leaves an audit entry and no trait")
    func dictionary() async throws {
        let bed = try await ProfileBed.make()
        await #expect {
            try await bed.client.defineTraits(
                ProfileV1.DefineTraitsRequest(traits: [CustomerTests.trait("age", .integer, .c1)]),
                options: ProfileBed.options(Self.nobody))
        } throws: { Self.isDenied($0) }
        #expect(try await Self.refusals(bed, right: "dictionary.edit", what: "traits") == 1)
        #expect(try await bed.count("SELECT count(*) FROM profile.trait") == 0)
    }

    @Test("a change of offices and staff without the right leaves an audit entry")
    func organisation() async throws {
        let bed = try await ProfileBed.make()
        await #expect {
            try await bed.client.putOrganisation(
                ProfileV1.PutOrganisationRequest(offices: [.init(path: "/head/", name: "Head")]),
                options: ProfileBed.options(Self.nobody))
        } throws: { Self.isDenied($0) }
        #expect(try await Self.refusals(bed, right: "organisation.edit", what: "organisation") == 1)
    }

    @Test("a reveal without the right leaves an audit entry that names the customer by id")
    func reveal() async throws {
        let bed = try await ProfileBed.make()
        let customer = try await bed.identify("1")
        await #expect {
            try await bed.client.getCustomer(
                ProfileV1.GetCustomerRequest(
                    customer: ProfileBed.reference("1"), reveal: true, revealReason: "curious"),
                options: ProfileBed.options(Self.nobody))
        } throws: { Self.isDenied($0) }
        #expect(try await Self.refusals(bed, right: "customers.reveal", what: "customer \(customer)") == 1)
    }
}
