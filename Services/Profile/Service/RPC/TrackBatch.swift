internal import Contracts
internal import Foundation
internal import ProfileDomain

/// A batch of events on its way: each item is located or refused, and answered in the order of the request.
struct TrackBatch: Sendable {
    /// Customers that the batch is about.
    struct Homes: Sendable {
        var all: Set<Int64>
        /// Those that were named by ONE_ID and may not exist.
        var byID: Set<Int64>
    }

    private enum Item {
        case located(LocatedEvent)
        case refused(FieldProblem)
    }

    private var items: [Item] = []
    private(set) var homes: Homes

    init(
        _ protos: [ProfileV1.Event], receivedAt: Date, homes lookUp: ([Identity]) async throws -> [Identity: Int64]
    ) async throws {
        var parsed: [Result<(CustomerReference, BehaviourEvent), FieldProblem>] = []
        parsed.reserveCapacity(protos.count)
        var identities: Set<Identity> = []
        var byID: Set<Int64> = []
        for proto in protos {
            do throws(FieldProblem) {
                let (reference, event) = try Self.parse(proto, receivedAt)
                switch reference {
                case .identity(let identity): identities.insert(identity)
                case .customerID(let id): byID.insert(id)
                }
                parsed.append(.success((reference, event)))
            } catch {
                parsed.append(.failure(error))
            }
        }
        let known = try await lookUp(Array(identities))
        items = parsed.map { Self.locate($0, known) }
        homes = Homes(all: byID.union(known.values), byID: byID)
    }

    private static func parse(
        _ proto: ProfileV1.Event, _ receivedAt: Date
    ) throws(FieldProblem) -> (CustomerReference, BehaviourEvent) {
        let reference: CustomerReference
        do throws(FieldProblem) {
            reference = try CustomerReference(proto.customer)
        } catch {
            throw error.below("customer")
        }
        return (reference, try BehaviourEvent(proto, receivedAt: receivedAt))
    }

    private static func locate(
        _ parsed: Result<(CustomerReference, BehaviourEvent), FieldProblem>, _ known: [Identity: Int64]
    ) -> Item {
        switch parsed {
        case .failure(let problem):
            return .refused(problem)
        case .success((.customerID(let id), let event)):
            return .located(LocatedEvent(key: CustomerKey(customerID: id), event: event))
        case .success((.identity(let identity), let event)):
            guard let home = known[identity] else { return .refused(unknownCustomer) }
            return .located(LocatedEvent(key: CustomerKey(customerID: home), event: event))
        }
    }

    private static let unknownCustomer = FieldProblem(
        field: "customer", code: "unknown_customer",
        reason: "No customer you may see has this id or identity; identify it first.")

    /// - Parameter visible: The customers that may be written to; nil: all.
    mutating func refuseThoseElsewhere(_ visible: Set<Int64>?) {
        guard let visible else { return }
        for (index, item) in items.enumerated() {
            if case .located(let event) = item, !visible.contains(event.key.customerID) {
                items[index] = .refused(Self.unknownCustomer)
            }
        }
    }

    var located: [LocatedEvent] {
        items.compactMap { item in
            if case .located(let event) = item { event } else { nil }
        }
    }

    var refused: [(index: Int, problem: FieldProblem)] {
        items.enumerated().compactMap { index, item in
            if case .refused(let problem) = item { (index, problem) } else { nil }
        }
    }

    /// - Parameter outcomes: One per located event, in their order.
    func response(_ outcomes: [EventOutcome]) -> ProfileV1.TrackResponse {
        var next = outcomes.makeIterator()
        var offsets: [Int16: Int64] = [:]
        var response = ProfileV1.TrackResponse()
        response.results = items.enumerated().map { index, item in
            switch item {
            case .refused(let problem):
                return CommonV1.ItemResult(status: .refused, refusal: problem.below("events[\(index)]").proto)
            case .located:
                switch next.next() {
                case .stored(let home, let partition, let offset):
                    offsets[partition] = max(offsets[partition] ?? 0, offset)
                    return CommonV1.ItemResult(status: .accepted, customerID: home)
                case .duplicate(let home):
                    return CommonV1.ItemResult(status: .duplicate, customerID: home)
                case nil:
                    preconditionFailure("an outcome for each located event")
                }
            }
        }
        response.position = ProfileHandler.position(offsets)
        return response
    }
}
