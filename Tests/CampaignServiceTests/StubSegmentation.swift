internal import Contracts
internal import RPC
internal import RPCInProcessTransport
internal import Synchronization

/// Snapshots as the segmentation service gives them, from memory.
final class StubSegmentation: SegmentationV1.SegmentationServiceHandler {
    struct Frozen: Sendable {
        var officePath: String
        var members: [SegmentationV1.Member]
        var isLost = false
    }

    private let snapshots = Mutex<[Int64: Frozen]>([:])
    /// Asked before each page, with the place of its first member.
    let beforePage = Mutex<@Sendable (Int) throws(RPCError) -> Void>({ _ in })
    /// Members of one page.
    let pageSize: Int

    init(pageSize: Int = 100) {
        self.pageSize = pageSize
    }

    func caller() throws -> InProcessChannel {
        var router = RPCRouter()
        router.register(segmentationService: self)
        router.allow(SegmentationV1.SegmentationServiceMethods.all, callers: ["campaign"])
        return try InProcessChannel(router: router, caller: "campaign")
    }

    func freeze(_ members: [SegmentationV1.Member], officePath: String) -> Int64 {
        snapshots.withLock { snapshots in
            let id = Int64(snapshots.count + 1)
            snapshots[id] = Frozen(officePath: officePath, members: members)
            return id
        }
    }

    /// The snapshot can no longer be read.
    func lose(_ id: Int64) {
        snapshots.withLock { $0[id]?.isLost = true }
    }

    private func find(_ id: Int64) throws -> Frozen {
        guard let frozen = snapshots.withLock({ $0[id] }), !frozen.isLost else {
            throw RPCError(.notFound, "no such snapshot")
        }
        return frozen
    }

    func getSnapshot(
        _ request: SegmentationV1.GetSnapshotRequest, context: CallContext
    ) async throws -> SegmentationV1.GetSnapshotResponse {
        let frozen = try find(request.snapshotID)
        if let principal = context.principal, !frozen.officePath.hasPrefix(principal.officePath) {
            throw RPCError(.notFound, "no such snapshot")
        }
        return SegmentationV1.GetSnapshotResponse(
            snapshot: SegmentationV1.Snapshot(snapshotID: request.snapshotID, officePath: frozen.officePath))
    }

    func listSnapshotMembers(
        _ request: SegmentationV1.ListSnapshotMembersRequest, context: CallContext
    ) async throws -> SegmentationV1.ListSnapshotMembersResponse {
        let members = try find(request.snapshotID).members
        let start = Int(request.pageCursor) ?? 0
        try beforePage.withLock { $0 }(start)
        let end = min(start + pageSize, members.count)
        return SegmentationV1.ListSnapshotMembersResponse(
            members: Array(members[start..<end]), nextPageCursor: end < members.count ? "\(end)" : "")
    }

    // What the campaign service never calls.

    private func unused() -> RPCError { RPCError(.unimplemented, "not asked by the campaign service") }

    func checkRule(
        _ request: SegmentationV1.CheckRuleRequest, context: CallContext
    ) async throws -> SegmentationV1.CheckRuleResponse { throw unused() }

    func createSegment(
        _ request: SegmentationV1.CreateSegmentRequest, context: CallContext
    ) async throws -> SegmentationV1.CreateSegmentResponse { throw unused() }

    func updateSegment(
        _ request: SegmentationV1.UpdateSegmentRequest, context: CallContext
    ) async throws -> SegmentationV1.UpdateSegmentResponse { throw unused() }

    func getSegment(
        _ request: SegmentationV1.GetSegmentRequest, context: CallContext
    ) async throws -> SegmentationV1.GetSegmentResponse { throw unused() }

    func listSegments(
        _ request: SegmentationV1.ListSegmentsRequest, context: CallContext
    ) async throws -> SegmentationV1.ListSegmentsResponse { throw unused() }

    func count(
        _ request: SegmentationV1.CountRequest, context: CallContext
    ) async throws -> SegmentationV1.CountResponse { throw unused() }

    func listMembers(
        _ request: SegmentationV1.ListMembersRequest, context: CallContext
    ) async throws -> SegmentationV1.ListMembersResponse { throw unused() }

    func freeze(
        _ request: SegmentationV1.FreezeRequest, context: CallContext
    ) async throws -> SegmentationV1.FreezeResponse { throw unused() }

    func testCustomer(
        _ request: SegmentationV1.TestCustomerRequest, context: CallContext
    ) async throws -> SegmentationV1.TestCustomerResponse { throw unused() }

    func getPosition(
        _ request: SegmentationV1.GetPositionRequest, context: CallContext
    ) async throws -> SegmentationV1.GetPositionResponse { throw unused() }
}
