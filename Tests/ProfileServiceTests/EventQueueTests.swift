internal import Foundation
internal import ProfileDomain
internal import Testing

@testable internal import ProfileService

@Suite("Batches of events that wait")
struct EventQueueTests {
    private static let now = ContinuousClock.now

    /// A queue of batches named by their order from 0.
    private static func queue(_ batches: [(seconds: Double, events: Int)]) throws -> EventQueue<Int> {
        let event = LocatedEvent(
            key: CustomerKey(customerID: 1),
            event: try BehaviourEvent(
                id: "a", type: "app.login", occurredAt: ProfileBed.now, propertiesJSON: "", receivedAt: ProfileBed.now))
        var queue = EventQueue<Int>(groupLimit: 10, nearDeadline: .seconds(1))
        for (index, batch) in batches.enumerated() {
            queue.append(
                .init(
                    events: Array(repeating: event, count: batch.events), refused: [],
                    deadline: now + .seconds(batch.seconds), ticket: index))
        }
        return queue
    }

    @Test("go into the group of the oldest where their deadline is as near, or as far, as its own")
    func nearness() throws {
        var queue = try Self.queue([(5, 1), (0.5, 1), (9, 1), (0.1, 1), (1, 1)])
        #expect(queue.takeGroup(at: Self.now).map(\.ticket) == [0, 2, 4])
        #expect(queue.takeGroup(at: Self.now).map(\.ticket) == [1, 3])
        #expect(queue.takeGroup(at: Self.now).isEmpty)
        var later = try Self.queue([(5, 1), (9, 1)])
        #expect(later.takeGroup(at: Self.now + .seconds(4.5)).map(\.ticket) == [0])
    }

    @Test("fill a group up to its limit in their order, and one that is larger goes alone")
    func limit() throws {
        var queue = try Self.queue([(5, 6), (5, 4), (5, 0), (5, 1), (5, 0), (5, 30), (5, 1)])
        #expect(queue.eventCount == 42)
        #expect(queue.takeGroup(at: Self.now).map(\.ticket) == [0, 1, 2])
        #expect(queue.eventCount == 32)
        #expect(queue.takeGroup(at: Self.now).map(\.ticket) == [3, 4])
        #expect(queue.takeGroup(at: Self.now).map(\.ticket) == [5])
        #expect(queue.takeGroup(at: Self.now).map(\.ticket) == [6])
        #expect(queue.eventCount == 0)
    }

    @Test("leave once their deadline passed, wherever they stand")
    func expired() throws {
        var queue = try Self.queue([(5, 1), (0.5, 2), (9, 1)])
        #expect(queue.takeExpired(at: Self.now + .seconds(0.5)).map(\.ticket) == [1])
        #expect(queue.eventCount == 2)
        #expect(queue.takeExpired(at: Self.now + .seconds(5)).map(\.ticket) == [0])
        #expect(queue.takeGroup(at: Self.now + .seconds(5)).map(\.ticket) == [2])
    }
}
