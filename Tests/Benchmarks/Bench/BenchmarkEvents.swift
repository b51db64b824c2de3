internal import Contracts
internal import Foundation

/// Events as a mobile-banking backend sends them. Customers come in an order that has no order; ids are never repeated.
struct BenchmarkEvents {
    let customerCount: Int
    private var made = 0
    /// Differs from run to run, as the ids of a sender do.
    private let sender = String(UInt32.random(in: .min ... .max), radix: 16)

    init(customerCount: Int) {
        self.customerCount = customerCount
    }

    struct One {
        var id: String
        var customerNumber: String
        var type: String
        var occurredAt: Date
        var properties: String
    }

    private static let types = ["app.login", "fund.viewed", "transfer.sent", "card.paid"]

    mutating func next() -> One {
        made += 1
        // Knuth's multiplier spreads consecutive numbers over the customers.
        let customer = (made &* 2_654_435_761) % customerCount
        return One(
            id: "\(sender)-\(String(made, radix: 36))", customerNumber: BenchmarkBank.number(customer),
            type: Self.types[made % Self.types.count], occurredAt: Date(),
            properties: #"{"page":"funds/\#(made % 97)","seconds":\#(made % 300),"currency":"CNY"}"#)
    }

    /// Batches for the RPC.
    mutating func requests(batches: Int, of size: Int) -> [ProfileV1.TrackRequest] {
        (0..<batches).map { _ in
            ProfileV1.TrackRequest(
                events: (0..<size).map { _ in
                    let event = next()
                    return ProfileV1.Event(
                        eventID: event.id,
                        customer: .init(by: .identity(.init(kind: "customer_number", value: event.customerNumber))),
                        type: event.type, occurredAtMicros: Int64(event.occurredAt.timeIntervalSince1970 * 1e6),
                        propertiesJSON: event.properties)
                })
        }
    }

    /// Bodies for `/v1/track`.
    mutating func bodies(batches: Int, of size: Int) -> [[UInt8]] {
        (0..<batches).map { _ in
            let items = (0..<size).map { _ in Self.json(next()) }
            return Array("{\"events\":[\(items.joined(separator: ","))]}".utf8)
        }
    }

    static func json(_ event: One) -> String {
        """
        {"event_id":"\(event.id)","customer":{"kind":"customer_number","value":"\(event.customerNumber)"},\
        "type":"\(event.type)","occurred_at":"\(event.occurredAt.ISO8601Format())","properties":\(event.properties)}
        """
    }
}
