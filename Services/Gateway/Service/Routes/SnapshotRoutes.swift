internal import Contracts
internal import Hummingbird
internal import ServiceKit

/// Frozen segments.
enum SnapshotRoutes {
    private static let snapshotID = Parameter<Int64>.identifier("id", in: .path, "id of the snapshot")

    static func all(_ clients: GatewayClients) -> [Route] {
        [
            .change(
                .post, "/v1/segments/{id}/freeze", "freezeSegment",
                "Freezes the members, with everything needed to rebuild the list. Sees all that was acknowledged before.",
                .editSegments,
                parameters: [SegmentRoutes.segmentID], body: SnapshotShapes.freeze, reply: SnapshotShapes.snapshot,
                status: .created
            ) { call, body in
                var request = body
                request.segmentID = try call.value(of: SegmentRoutes.segmentID)
                return try await clients.segmentation.freeze(request, options: call.options).snapshot.present()
            }.within(.seconds(60)),
            .get(
                "/v1/snapshots/{id}", "getSnapshot", "A frozen segment.", .readSegments, parameters: [snapshotID],
                reply: SnapshotShapes.snapshot
            ) { call in
                try await clients.segmentation.getSnapshot(
                    SegmentationV1.GetSnapshotRequest(snapshotID: try call.value(of: snapshotID)),
                    options: call.options
                ).snapshot.present()
            },
            .get(
                "/v1/snapshots/{id}/members", "listSnapshotMembers",
                "The frozen members, in pages; begin a listing again after an hour.", .exportMembers,
                parameters: [snapshotID, Parameter<String>.cursor], reply: SegmentShapes.snapshotMembers
            ) { call in
                try await clients.segmentation.listSnapshotMembers(
                    SegmentationV1.ListSnapshotMembersRequest(
                        snapshotID: try call.value(of: snapshotID), pageCursor: call[.cursor] ?? ""),
                    options: call.options)
            }.within(.seconds(30)),
        ]
    }
}
