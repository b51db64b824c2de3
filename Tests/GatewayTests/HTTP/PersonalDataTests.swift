internal import Contracts
internal import RPC
internal import TestSupport
internal import Testing

@Suite("Personal data in logs")
struct PersonalDataTests {
    private static let phone = "13800138000"

    @Test("no value of a request and no word of an inner failure stands in any log line", arguments: [true, false])
    func nothing(isFound: Bool) async throws {
        struct Inner: Error, CustomStringConvertible {
            let description = "row of \(PersonalDataTests.phone)"
        }
        var suite = FakeSuite()
        suite.on(ProfileV1.ProfileServiceMethods.getCustomer) { request, _ in
            #expect(request.customer?.by == .identity(CommonV1.Identity(kind: "mobile", value: Self.phone)))
            guard isFound else { throw Inner() }
            return ProfileV1.GetCustomerResponse(
                customer: ProfileV1.Customer(customerID: 7, officePath: "/head/", createdAtMicros: 1))
        }
        suite.on(ProfileV1.ProfileServiceMethods.track) { _, _ in throw Inner() }
        let capture = LogCapture()
        try await withGateway(suite, logger: capture.logger) { gateway in
            let answer = try await gateway.send(.GET, "/v1/customers/mobile:\(Self.phone)?timeline=5")
            #expect(answer.status == (isFound ? 200 : 500))
            #expect(!answer.text.contains(Self.phone))
            let event = """
                {"event_id": "\(Self.phone)", "customer": {"kind": "mobile", "value": "\(Self.phone)"}, "type": "a",
                "occurred_at": "2026-03-02T01:30:00Z", "properties": {"\(Self.phone)": 1}}
                """
            #expect(try await gateway.send(.POST, "/v1/track", event).status == 500)
            _ = try await gateway.send(.GET, "/v1/\(Self.phone)")
            _ = try await gateway.send(.GET, "/v1/customers/\(Self.phone)0000000000000")
            _ = try await gateway.send(.POST, "/v1/track", #"{"\#(Self.phone)": 1}"#)
        }
        #expect(capture.text.contains("getCustomer"))
        #expect(!capture.text.contains(Self.phone))
    }
}
