internal import Contracts
internal import RPC
internal import Synchronization
internal import TestSupport

/// The side of campaign that a channel worker sees: deliveries that are claimed, reported on, and re-queued when they
/// were not taken.
final class FakeCampaign: Sendable {
    private struct State {
        var due: [CampaignV1.Delivery] = []
        var states: [Int64: String] = [:]
        var reasons: [Int64: [String]] = [:]
        var all: [Int64: CampaignV1.Delivery] = [:]
    }

    private let state = Mutex(State())
    /// Deliveries of one page of a list.
    private let pageSize: Int

    init(pageSize: Int = 500) { self.pageSize = pageSize }

    /// - Parameter count: deliveries that are due at once through one channel.
    func queue(_ count: Int, channel: String, from first: Int64 = 1) {
        state.withLock { state in
            for id in first..<(first + Int64(count)) {
                let delivery = CampaignV1.Delivery(
                    deliveryID: id, dedupeKey: "c1:\(id):1/\(channel)", campaignID: 1, customerID: id,
                    customerNumber: "N\(id)", wave: 1, channel: channel, offerCode: "gold", title: "A title",
                    text: "密 text", fencingToken: 7, attempt: 1, partition: 3)
                state.due.append(delivery)
                state.all[id] = delivery
                state.states[id] = "reserved"
            }
        }
    }

    /// Puts a delivery into the state in which a worker that died left it.
    func lapse(_ id: Int64) {
        state.withLock { state in
            state.due.removeAll { $0.deliveryID == id }
            state.states[id] = "unknown"
        }
    }

    func count(_ wanted: String) -> Int {
        state.withLock { $0.states.values.count { $0 == wanted } }
    }

    func reasons(_ id: Int64) -> [String] {
        state.withLock { $0.reasons[id] ?? [] }
    }

    func serve(in suite: inout FakeSuite) {
        suite.on(CampaignV1.CampaignServiceMethods.claimDeliveries) { request, context in
            // Waits a moment for work, as the real one does.
            var claimed = self.claim(request)
            try? await eventually("work", within: context.remaining - .milliseconds(2_800)) {
                if claimed.isEmpty { claimed = self.claim(request) }
                return !claimed.isEmpty
            }
            return CampaignV1.ClaimDeliveriesResponse(deliveries: claimed)
        }
        suite.on(CampaignV1.CampaignServiceMethods.reportDeliveries) { request, _ in
            CampaignV1.ReportDeliveriesResponse(results: request.reports.map(self.apply))
        }
        suite.on(CampaignV1.CampaignServiceMethods.listDeliveries) { request, _ in
            let behind = Int64(request.pageCursor) ?? 0
            let rest = self.list(request.state, request.channel).filter { $0.deliveryID > behind }
            let page = Array(rest.prefix(self.pageSize))
            let next = rest.count > page.count ? page.last.map { String($0.deliveryID) } : nil
            return CampaignV1.ListDeliveriesResponse(deliveries: page, nextPageCursor: next ?? "")
        }
    }

    private func claim(_ request: CampaignV1.ClaimDeliveriesRequest) -> [CampaignV1.Delivery] {
        state.withLock { state in
            let mine = state.due.filter { $0.channel == request.channel }.prefix(Int(request.limit))
            let ids = Set(mine.map(\.deliveryID))
            state.due.removeAll { ids.contains($0.deliveryID) }
            for id in ids { state.states[id] = "sending" }
            return Array(mine)
        }
    }

    private func list(_ wanted: String, _ channel: String) -> [CampaignV1.Delivery] {
        state.withLock { state in
            state.all.values.filter { state.states[$0.deliveryID] == wanted && $0.channel == channel }
                .sorted { $0.deliveryID < $1.deliveryID }
        }
    }

    private func apply(_ report: CampaignV1.DeliveryReport) -> CommonV1.ItemResult {
        state.withLock { state in
            guard let delivery = state.all[report.deliveryID], report.fencingToken == 7, report.partition == 3 else {
                return CommonV1.ItemResult(status: .refused)
            }
            state.reasons[report.deliveryID, default: []].append(report.reason)
            switch report.outcome {
            case .sent: state.states[report.deliveryID] = "sent"
            case .refused, .notReceived: state.states[report.deliveryID] = "failed"
            case .unknown: state.states[report.deliveryID] = "unknown"
            default:
                // At once, whatever wait was asked for: the test does not want to wait.
                var again = delivery
                again.attempt += 1
                state.due.append(again)
                state.states[report.deliveryID] = "reserved"
            }
            return CommonV1.ItemResult(status: .accepted)
        }
    }
}
