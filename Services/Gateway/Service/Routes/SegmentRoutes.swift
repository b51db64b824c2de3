internal import Contracts
internal import Hummingbird
internal import ServiceKit

/// Segments and their size.
enum SegmentRoutes {
    static let segmentID = Parameter<Int64>.identifier("id", in: .path, "id of the segment")

    static func all(_ clients: GatewayClients) -> [Route] {
        definitions(clients) + sizes(clients)
    }

    private static func definitions(_ clients: GatewayClients) -> [Route] {
        [
            .change(
                .post, "/v1/segments/check", "checkRule",
                "Checks a rule against the dictionary and gives it back as text and as JSON.", .readSegments,
                body: SegmentShapes.check, reply: SegmentShapes.checked
            ) { call, request in
                try await clients.segmentation.checkRule(request, options: call.options)
            },
            .change(
                .post, "/v1/segments", "createSegment", "Makes a segment.", .editSegments, body: SegmentShapes.create,
                reply: SegmentShapes.segment, status: .created
            ) { call, request in
                try await clients.segmentation.createSegment(request, options: call.options).segment.present()
            },
            .change(
                .put, "/v1/segments/{id}", "updateSegment", "Changes a segment.", .editSegments,
                parameters: [segmentID], body: SegmentShapes.update, reply: SegmentShapes.segment
            ) { call, body in
                var request = body
                request.segmentID = try call.value(of: segmentID)
                return try await clients.segmentation.updateSegment(request, options: call.options).segment.present()
            },
            .get(
                "/v1/segments/{id}", "getSegment", "A segment.", .readSegments, parameters: [segmentID],
                reply: SegmentShapes.segment
            ) { call in
                try await clients.segmentation.getSegment(
                    SegmentationV1.GetSegmentRequest(segmentID: try call.value(of: segmentID)), options: call.options
                ).segment.present()
            },
            .get(
                "/v1/segments", "listSegments", "The segments in scope.", .readSegments,
                parameters: [Parameter<String>.cursor], reply: SegmentShapes.segments
            ) { call in
                try await clients.segmentation.listSegments(
                    SegmentationV1.ListSegmentsRequest(pageCursor: call[.cursor] ?? ""), options: call.options)
            },
        ]
    }

    private static func sizes(_ clients: GatewayClients) -> [Route] {
        [
            .change(
                .post, "/v1/segments/count", "countRule", "Customers who fit a rule now.", .readSegments,
                body: SegmentShapes.check, reply: SegmentShapes.count
            ) { call, body in
                try await clients.segmentation.count(
                    SegmentationV1.CountRequest(of: .rule(try body.rule.present())), options: call.options)
            }.within(.seconds(30)),
            .get(
                "/v1/segments/{id}/count", "countSegment", "Customers who fit the segment now.", .readSegments,
                parameters: [segmentID], reply: SegmentShapes.count
            ) { call in
                try await clients.segmentation.count(
                    SegmentationV1.CountRequest(of: .segmentID(try call.value(of: segmentID))), options: call.options)
            }.within(.seconds(30)),
            .get(
                "/v1/segments/{id}/members", "listMembers",
                "Customers who fit the segment now, in pages; begin a listing again after an hour.", .exportMembers,
                parameters: [segmentID, Parameter<String>.cursor], reply: SegmentShapes.members
            ) { call in
                try await clients.segmentation.listMembers(
                    SegmentationV1.ListMembersRequest(
                        segmentID: try call.value(of: segmentID), pageCursor: call[.cursor] ?? ""),
                    options: call.options)
            }.within(.seconds(30)),
            .change(
                .post, "/v1/segments/{id}/test", "testCustomer",
                "Whether one customer fits, and for each condition why.", .readCustomers, parameters: [segmentID],
                body: SnapshotShapes.test, reply: SnapshotShapes.tested
            ) { call, body in
                var request = body
                request.of = .segmentID(try call.value(of: segmentID))
                return try await clients.segmentation.testCustomer(request, options: call.options)
            },
        ]
    }
}
