internal import Contracts
internal import Foundation
internal import Logging
internal import Postgres
internal import RPC
internal import Testing

@Suite("One customer")
struct CustomerTests {
    @Test("staff may stand in the head office, which is no office of the list")
    func headOffice() async throws {
        let bed = try await ProfileBed.make()
        _ = try await bed.client.putOrganisation(
            .init(staff: [.init(staffNumber: "s1", name: "Lin", officePath: "/", duty: "steward")]),
            options: ProfileBed.options())
        #expect(try await bed.count("SELECT count(*) FROM profile.staff WHERE office_path = '/'") == 1)
        #expect(try await bed.client.listOffices(.init(), options: ProfileBed.options()).offices.isEmpty)
    }

    @Test("is created by its first identity, gains others, and cannot be joined with another customer")
    func identities() async throws {
        let bed = try await ProfileBed.make()
        let first = try await bed.identify("1")
        #expect(try await bed.identify("1") == first)
        let linked = try await bed.client.alias(
            ProfileV1.AliasRequest(
                customer: ProfileBed.reference("1"), identity: ProfileBed.identity("13912345678", kind: "phone")),
            options: ProfileBed.options())
        #expect(linked.linked && linked.customerID == first)
        try await bed.identify("2")
        await #expect {
            try await bed.client.alias(
                ProfileV1.AliasRequest(customer: ProfileBed.reference("2"), identity: ProfileBed.identity("1")),
                options: ProfileBed.options())
        } throws: { ($0 as? RPCError)?.code == .failedPrecondition }
    }

    @Test("is shown masked, within the office alone, and revealed only with a reason that is audited")
    func scopeAndMasking() async throws {
        let bed = try await ProfileBed.make()
        _ = try await bed.client.defineTraits(
            ProfileV1.DefineTraitsRequest(traits: [Self.trait("age", .integer, .c1), Self.trait("name", .text, .c3)]),
            options: ProfileBed.options())
        try await bed.identify(
            "1", office: "/head/east/",
            traits: [
                ProfileV1.Trait(name: "age", value: .integer(41)),
                ProfileV1.Trait(name: "name", value: .text("王芳")),
            ])
        _ = try await bed.client.alias(
            ProfileV1.AliasRequest(
                customer: ProfileBed.reference("1"), identity: ProfileBed.identity("13912345678", kind: "phone")),
            options: ProfileBed.options())
        var request = ProfileV1.GetCustomerRequest(customer: ProfileBed.reference("1"), timelineLimit: 10)
        let masked = try await bed.client.getCustomer(request, options: ProfileBed.options(ProfileBed.east))
        #expect(masked.customer?.traits.map(\.name) == ["age"])
        #expect(masked.customer?.identities.first { $0.kind == "phone" }?.value == "13********8")
        #expect(masked.customer?.identities.contains { $0.value == "13912345678" } == false)
        #expect(masked.timeline.map(\.kind).contains("created"))
        var west = ProfileBed.east
        west.officePath = "/head/west/"
        await #expect {
            try await bed.client.getCustomer(request, options: ProfileBed.options(west))
        } throws: { ($0 as? RPCError)?.code == .notFound }
        request.reveal = true
        await #expect {
            try await bed.client.getCustomer(request, options: ProfileBed.options(ProfileBed.east))
        } throws: { ($0 as? RPCError)?.field == "reveal_reason" }
        // The audit log is kept for ever: no name may come into it by way of a reason.
        request.revealReason = "王芳 asked for a call back"
        await #expect {
            try await bed.client.getCustomer(request, options: ProfileBed.options(ProfileBed.east))
        } throws: {
            ($0 as? RPCError)?.code == .invalidArgument && ($0 as? RPCError)?.field == "reveal_reason"
        }
        #expect(try await bed.count("SELECT count(*) FROM audit.entry WHERE reason LIKE '%王芳%'") == 0)
        request.revealReason = "callback_asked"
        let revealed = try await bed.client.getCustomer(request, options: ProfileBed.options(ProfileBed.east))
        #expect(revealed.customer?.identities.contains { $0.value == "13912345678" } == true)
        #expect(try await bed.count("SELECT count(*) FROM audit.entry WHERE what LIKE 'customer %'") == 1)
    }

    @Test("of another office can neither be taken over nor changed by an identify call")
    func identifyElsewhere() async throws {
        let bed = try await ProfileBed.make()
        try await bed.identify("1", office: "/head/west/")
        for office in ["", "/head/east/"] {
            await #expect {
                try await bed.client.identify(
                    ProfileV1.IdentifyRequest(identity: ProfileBed.identity("1"), officePath: office),
                    options: ProfileBed.options(ProfileBed.east))
            } throws: { error in
                (error as? RPCError)?.code == .notFound && (error as? RPCError)?.field == "identity"
            }
        }
        let stayed: SQL = "SELECT count(*) FROM profile.customer WHERE office_path = '/head/west/'"
        #expect(try await bed.count(stayed) == 1)
    }

    @Test("has its opt-out durable when the reply comes, and a key makes the call one")
    func consent() async throws {
        let bed = try await ProfileBed.make()
        try await bed.identify("1")
        let request = ProfileV1.SetConsentsRequest(
            customer: ProfileBed.reference("1"),
            consents: [ProfileV1.Consent(purpose: "marketing", channel: "sms", granted: false)])
        let first = try await bed.client.setConsents(request, options: ProfileBed.options(key: "k1"))
        let again = try await bed.client.setConsents(request, options: ProfileBed.options(key: "k1"))
        #expect(first == again)
        #expect(try await bed.count("SELECT count(*) FROM profile.log WHERE kind = 3") == 1)
        #expect(try await bed.count("SELECT count(*) FROM profile.consent WHERE NOT granted") == 1)
    }

    @Test("a word on contacts is repeated by a machine with a key alone: it may have been taken back in between")
    func repeatable() {
        typealias Methods = ProfileV1.ProfileServiceMethods
        #expect(Methods.setConsents.kind == .mutating)
        #expect(Methods.setSuppression.kind == .mutating)
    }

    @Test("an office sets traits of its own customers without moving them, and names the office of a new one")
    func ownOffice() async throws {
        let bed = try await ProfileBed.make()
        try await bed.identify("1", office: "/head/east/pudong/")
        let known = ProfileV1.IdentifyRequest(identity: ProfileBed.identity("1"))
        _ = try await bed.client.identify(known, options: ProfileBed.options(ProfileBed.east))
        let office: SQL = "SELECT count(*) FROM profile.customer WHERE office_path = '/head/east/pudong/'"
        #expect(try await bed.count(office) == 1)
        func new(_ office: String) async throws -> ProfileV1.IdentifyResponse {
            try await bed.client.identify(
                ProfileV1.IdentifyRequest(identity: ProfileBed.identity("2"), officePath: office),
                options: ProfileBed.options(ProfileBed.east))
        }
        await #expect {
            try await new("")
        } throws: {
            ($0 as? RPCError)?.code == .invalidArgument && ($0 as? RPCError)?.field == "office_path"
        }
        #expect(try await new("/head/east/pudong/").created)
        await #expect {
            try await new("/head/west/")
        } throws: { ($0 as? RPCError)?.code == .permissionDenied }
        #expect(try await bed.count(office) == 2)
    }

    static func trait(
        _ name: String, _ type: ProfileV1.TraitType, _ sensitivity: ProfileV1.Sensitivity
    ) -> ProfileV1.TraitDefinition {
        ProfileV1.TraitDefinition(
            name: name, type: type, meaning: "test", source: "test", refresh: "daily", sensitivity: sensitivity,
            known: .before)
    }
}
