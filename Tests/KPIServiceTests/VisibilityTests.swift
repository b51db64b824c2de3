internal import Contracts
internal import RPC
internal import Testing

@Suite("A report shows what the office of the caller may see")
struct VisibilityTests {
    @Test("a campaign that reached nobody of an office is unknown to it, and to the next it is not")
    func otherBranch() async throws {
        let bed = try await KPIBed.make()
        let position = try await bed.write([try KPIBed.contacted(1, KPIBed.cut("/head/west/"))])
        let west = KPIBed.caller(office: "/head/west/")
        #expect(try await bed.report(after: position, west)?.campaignName == "c")
        #expect(try await bed.report(after: position)?.audience == 1)
        for request in [KPIBed.analyst, KPIBed.caller(office: "/head/west/outlet/")] {
            let failure = await #expect(throws: RPCError.self) { try await bed.report(after: position, request) }
            #expect(failure?.code == .notFound)
        }
        let series = await #expect(throws: RPCError.self) {
            try await bed.client.getDaySeries(KPIV1.GetDaySeriesRequest(campaignID: 1), options: KPIBed.analyst)
        }
        #expect(series?.code == .notFound)
        bed.consumer.cancel()
    }

    @Test("a recomputation is for the head office alone")
    func verification() async throws {
        let bed = try await KPIBed.make()
        let failure = await #expect(throws: RPCError.self) {
            try await bed.client.verify(KPIV1.VerifyRequest(), options: KPIBed.analyst)
        }
        #expect(failure?.code == .permissionDenied)
        #expect(failure?.message.contains("office /") == true)
        #expect(try await bed.verify().differences.isEmpty)
        bed.consumer.cancel()
    }
}
