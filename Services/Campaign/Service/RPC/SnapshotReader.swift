internal import CampaignDomain
internal import Contracts
internal import RPC

/// Asks the segmentation service about snapshots.
struct SnapshotReader: Sendable {
    let client: SegmentationV1.SegmentationServiceClient

    struct Page: Sendable {
        var members: [AudienceMember]
        /// Empty after the last page.
        var nextCursor: String
    }

    init(_ caller: any RPCCaller) {
        client = SegmentationV1.SegmentationServiceClient(caller)
    }

    /// The office of a snapshot, as far as the person of a call may see it.
    func officePath(of snapshotID: Int64, context: CallContext) async throws -> String {
        do throws(RPCError) {
            let response = try await client.getSnapshot(
                SegmentationV1.GetSnapshotRequest(snapshotID: snapshotID), options: context.childOptions())
            return response.snapshot?.officePath ?? "/"
        } catch {
            throw error.code == .notFound ? CampaignFailure.unknownSnapshot : error
        }
    }

    /// A page is read in a part of a second; who waits longer waits for a service that stands still.
    private static let pageTimeout = Duration.seconds(5)

    /// A page of members, read by the suite service for itself; who is held is not yet said.
    func page(_ snapshotID: Int64, cursor: String) async throws(RPCError) -> Page {
        let response = try await client.listSnapshotMembers(
            SegmentationV1.ListSnapshotMembersRequest(snapshotID: snapshotID, pageCursor: cursor),
            options: CallOptions(timeout: Self.pageTimeout))
        return Page(
            members: response.members.map { member in
                AudienceMember(
                    customerID: member.customerID, customerNumber: member.customerNumber, officePath: member.officePath,
                    manager: member.manager, isControl: false)
            },
            nextCursor: response.nextPageCursor)
    }
}
