import Contracts
import RPC
import Testing

@Suite("Reading page by page")
struct PagingTests {
    private static let pageSize = 10

    /// Counts down from `count`; the cursor holds the next number.
    private static func service(_ asked: Notes<String>) throws -> TestService {
        let cursor = PageCursor(key: try ServiceKey.random(id: "testing-1", service: "testing"))
        var service = TestService()
        service.onList = { request, context in
            asked.add(request.pageCursor)
            let scope = "count \(request.count)"
            let position = try cursor.position(of: request.pageCursor, method: context.method, scope: scope)
            let start = position.map { Int($0[0]) } ?? 0
            let end = min(start + pageSize, Int(request.count))
            return TestingV1.ListNumbersResponse(
                numbers: (start..<end).map(Int64.init),
                nextPageCursor: end < request.count
                    ? cursor.sign([UInt8(end)], method: context.method, scope: scope) : "")
        }
        return service
    }

    @Test("every page comes once, in order, and only when it is asked for", arguments: TransportKind.allCases)
    func pages(_ kind: TransportKind) async throws {
        let asked = Notes<String>()
        try await Bench.with(kind, try Self.service(asked).router()) { bench in
            var numbers: [Int64] = []
            for try await page in bench.client.listNumbersPages(TestingV1.ListNumbersRequest(count: 35)) {
                numbers += page.numbers
            }
            #expect(numbers == (0..<35).map(Int64.init))
            #expect(asked.all.count == 4)
            for try await page in bench.client.listNumbersPages(TestingV1.ListNumbersRequest(count: 100)) {
                #expect(page.numbers.count == Self.pageSize)
                break
            }
            #expect(asked.all.count == 5)
            // One page that is not full, and an empty result.
            for count: Int32 in [0, 3] {
                var pages = 0
                for try await page in bench.client.listNumbersPages(TestingV1.ListNumbersRequest(count: count)) {
                    #expect(page.numbers.count == Int(count))
                    pages += 1
                }
                #expect(pages == 1)
            }
        }
    }

    @Test("a cursor serves no other request, and none that was changed", arguments: TransportKind.allCases)
    func foreignCursor(_ kind: TransportKind) async throws {
        try await Bench.with(kind, try Self.service(Notes()).router()) { bench in
            let first = try await bench.client.listNumbers(TestingV1.ListNumbersRequest(count: 35))
            let cursor = first.nextPageCursor
            for (count, changed) in [(36, cursor), (35, cursor + "A"), (35, String(cursor.dropLast())), (35, "@")] {
                let error = try await failure { () throws(RPCError) in
                    try await bench.client.listNumbers(
                        TestingV1.ListNumbersRequest(count: Int32(count), pageCursor: changed))
                }
                #expect(error.code == .invalidArgument && error.field == "page_cursor")
            }
        }
    }
}
