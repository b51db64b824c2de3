internal import Contracts
internal import RPC
internal import SegmentationDomain

extension SegmentationHandler {
    func createSegment(
        _ request: SegmentationV1.CreateSegmentRequest, context: CallContext
    ) async throws -> SegmentationV1.CreateSegmentResponse {
        try await service.createSegment(context, request, officePath: request.officePath) { dictionary in
            try SegmentContent(name: request.name, rule: CheckedRule(request.rule, in: dictionary).rule)
        } reply: {
            SegmentationV1.CreateSegmentResponse(segment: SegmentationV1.Segment($0))
        }
    }

    /// An empty name and an absent rule leave what is there.
    func updateSegment(
        _ request: SegmentationV1.UpdateSegmentRequest, context: CallContext
    ) async throws -> SegmentationV1.UpdateSegmentResponse {
        let version = Segment.VersionKey(segmentID: request.segmentID, version: request.version)
        return try await service.updateSegment(context, request, basedOn: version) { content, dictionary in
            let rule =
                request.rule == nil
                ? try LocatedRule(json: content.ruleJSON).rule
                : try CheckedRule(request.rule, in: dictionary).rule
            return try SegmentContent(name: request.name.isEmpty ? content.name : request.name, rule: rule)
        } reply: {
            SegmentationV1.UpdateSegmentResponse(segment: SegmentationV1.Segment($0))
        }
    }

    func getSegment(
        _ request: SegmentationV1.GetSegmentRequest, context: CallContext
    ) async throws -> SegmentationV1.GetSegmentResponse {
        let segment = try await service.segment(context, id: request.segmentID)
        return SegmentationV1.GetSegmentResponse(segment: SegmentationV1.Segment(segment))
    }

    func listSegments(
        _ request: SegmentationV1.ListSegmentsRequest, context: CallContext
    ) async throws -> SegmentationV1.ListSegmentsResponse {
        let page = try await service.segments(context, cursor: request.pageCursor)
        return SegmentationV1.ListSegmentsResponse(
            segments: page.items.map(SegmentationV1.Segment.init), nextPageCursor: page.nextCursor)
    }

    func listMembers(
        _ request: SegmentationV1.ListMembersRequest, context: CallContext
    ) async throws -> SegmentationV1.ListMembersResponse {
        let page = try await service.members(context, segmentID: request.segmentID, cursor: request.pageCursor)
        return SegmentationV1.ListMembersResponse(
            members: page.items.map(SegmentationV1.Member.init), nextPageCursor: page.nextCursor)
    }
}
