internal import Contracts
internal import EventLog
internal import RPC
internal import SegmentationDomain

extension SegmentationHandler {
    func freeze(
        _ request: SegmentationV1.FreezeRequest, context: CallContext
    ) async throws -> SegmentationV1.FreezeResponse {
        let wish = FreezeWish(
            segmentID: request.segmentID, version: request.version == 0 ? nil : request.version,
            after: try ProfilePosition.offsets(request.after, partitions: LogPartition.count))
        return try await service.freeze(context, request, wish) {
            SegmentationV1.FreezeResponse(snapshot: SegmentationV1.Snapshot($0))
        }
    }

    func getSnapshot(
        _ request: SegmentationV1.GetSnapshotRequest, context: CallContext
    ) async throws -> SegmentationV1.GetSnapshotResponse {
        let snapshot = try await service.snapshot(context, id: request.snapshotID)
        return SegmentationV1.GetSnapshotResponse(snapshot: SegmentationV1.Snapshot(snapshot))
    }

    func listSnapshotMembers(
        _ request: SegmentationV1.ListSnapshotMembersRequest, context: CallContext
    ) async throws -> SegmentationV1.ListSnapshotMembersResponse {
        let page = try await service.snapshotMembers(context, id: request.snapshotID, cursor: request.pageCursor)
        return SegmentationV1.ListSnapshotMembersResponse(
            members: page.items.map(SegmentationV1.Member.init), nextPageCursor: page.nextCursor)
    }

    func getPosition(
        _ request: SegmentationV1.GetPositionRequest, context: CallContext
    ) async throws -> SegmentationV1.GetPositionResponse {
        SegmentationV1.GetPositionResponse(
            position: CommonV1.LogPosition(log: Segmentation.log, try await service.position(context)))
    }
}
