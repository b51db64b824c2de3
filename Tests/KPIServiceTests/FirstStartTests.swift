internal import Contracts
internal import RPC
internal import TestSupport
internal import Testing

@Suite("The first start, before there is a campaign log")
struct FirstStartTests {
    @Test("kpi says once that it waits, and follows once the log is there")
    func waits() async throws {
        let capture = LogCapture()
        let bed = try await KPIBed.make(withLog: false, logger: capture.logger)
        let notice = "notice A log is not there yet"
        try await eventually("some attempts") {
            capture.count(notice) + capture.count("debug A log is not there yet") + capture.count("warning") >= 4
        }
        #expect(capture.count("warning") == 0)
        #expect(capture.count(notice) == 1)
        let progress = try await bed.client.getProgress(.init(), options: KPIBed.headOffice)
        #expect(progress.written == 0 && progress.counted == 0)
        try await KPIBed.makeLog(bed.campaign)
        let position = try await bed.write([try KPIBed.contacted(1, KPIBed.cut("/head/east/"))])
        #expect(try await bed.report(after: position)?.audience == 1)
        #expect(capture.count("warning") == 0)
        bed.consumer.cancel()
    }
}
