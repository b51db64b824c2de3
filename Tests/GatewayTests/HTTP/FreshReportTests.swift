internal import Contracts
internal import RPC
internal import Synchronization
internal import Testing

@Suite("Reports over HTTP")
struct FreshReportTests {
    private static func position(_ log: String, _ offset: Int64) -> CommonV1.LogPosition {
        CommonV1.LogPosition(log: log, offsets: [CommonV1.PartitionOffset(partition: 1, offset: offset)])
    }

    private final class Asked: Sendable {
        let after = Mutex<[[CommonV1.LogPosition]]>([])
    }

    private func suite(_ asked: Asked) -> FakeSuite {
        var suite = FakeSuite()
        suite.on(ProfileV1.ProfileServiceMethods.getPosition) { _, _ in
            ProfileV1.GetPositionResponse(position: Self.position("profile", 10))
        }
        suite.on(CampaignV1.CampaignServiceMethods.waitApplied) { request, _ in
            #expect(request.position == Self.position("profile", 10))
            return CampaignV1.WaitAppliedResponse(position: Self.position("campaign", 20))
        }
        suite.on(KPIV1.KPIServiceMethods.getCampaignReport) { request, _ in
            asked.after.withLock { $0.append(request.after) }
            let effect = KPIV1.Effect(points: 1.5, lowPoints: -0.25, highPoints: 3, lift: 1.2)
            return KPIV1.GetCampaignReportResponse(
                report: KPIV1.CampaignReport(
                    campaignID: request.campaignID, campaignName: "Gold", audience: 10,
                    refused: [KPIV1.ReasonCount(reason: "cap", customers: 2)],
                    arms: [
                        KPIV1.ArmReport(arm: "contacted", customers: 6, converted: 3, rate: 0.5, effect: effect),
                        KPIV1.ArmReport(arm: "held", control: true, customers: 2),
                    ],
                    currency: "CNY"))
        }
        return suite
    }

    @Test("a fresh report waits for profile, then for campaign, then for what campaign had written in the report")
    func fresh() async throws {
        let asked = Asked()
        try await withGateway(suite(asked)) { gateway in
            let fresh = try await gateway.send(.GET, "/v1/kpi/campaigns/4?fresh=true")
            #expect(fresh.status == 200)
            #expect(try await gateway.send(.GET, "/v1/kpi/campaigns/4").status == 200)
            #expect(try await gateway.send(.GET, "/v1/kpi/campaigns/4?fresh=yes").status == 400)
        }
        #expect(asked.after.withLock { $0 } == [[Self.position("campaign", 20)], []])
    }

    @Test("a report is answered number for number")
    func report() async throws {
        try await withGateway(suite(Asked())) { gateway in
            let answer = try await gateway.send(.GET, "/v1/kpi/campaigns/4")
            #expect(
                answer.text == """
                    {"campaign_id":4,"campaign_name":"Gold","audience":10,"refused":[{"reason":"cap","customers":2}],\
                    "arms":[{"arm":"contacted","control":false,"customers":6,"converted":3,"conversions":0,\
                    "value_minor":0,"rate":0.5,"effect":{"points":1.5,"low_points":-0.25,"high_points":3,"lift":1.2,\
                    "significant":false}},{"arm":"held","control":true,"customers":2,"converted":0,"conversions":0,\
                    "value_minor":0,"rate":0}],"currency":"CNY","unknown_deliveries":0}
                    """)
        }
    }

    @Test("the statuses of calls become those of HTTP, with the field in the words of the request")
    func errors() async throws {
        let errors: [(RPCError, Int, String?)] = [
            (RPCError(.invalidArgument, "Wrong.", field: "plan.offer_code"), 400, "offer_code"),
            (RPCError(.invalidArgument, "Wrong.", field: "plan.waves[1].starts_at_micros"), 400, "waves[1].starts_at"),
            (
                RPCError(.invalidArgument, "Wrong.", field: "plan.conversion_window_micros"), 400,
                "conversion_window_seconds"
            ),
            (RPCError(.failedPrecondition, "Not now."), 409, nil),
            (RPCError(.alreadyExists, "There."), 409, nil),
            (RPCError(.aborted, "Again."), 409, nil),
            (RPCError(.notFound, "None."), 404, nil),
            (RPCError(.permissionDenied, "No."), 403, nil),
            (RPCError(.unauthenticated, "Keys."), 500, nil),
            (RPCError(.internalError, "Row 13800138000."), 500, nil),
            (RPCError(.deadlineExceeded, "Late."), 504, nil),
            (RPCError(.unimplemented, "No."), 501, nil),
        ]
        for (error, status, field) in errors {
            var suite = FakeSuite()
            suite.on(CampaignV1.CampaignServiceMethods.createCampaign) { _, _ in throw error }
            try await withGateway(suite) { gateway in
                let body = """
                    {"name": "A", "offer_code": "gold", "purpose": "marketing", "snapshot_id": 1,
                    "control_basis_points": 2000, "conversion_event_type": "opened", "conversion_window_seconds": 60}
                    """
                let answer = try await gateway.send(.POST, "/v1/campaigns", body)
                #expect(answer.status == status)
                #expect(try answer.member("field") == field)
                #expect(!answer.text.contains("13800138000"))
            }
        }
    }

    @Test(
        "fresh activity waits for what profile and segmentation have written; a day is sent as the calendar writes it")
    func activity() async throws {
        var suite = FakeSuite()
        suite.on(ProfileV1.ProfileServiceMethods.getPosition) { _, _ in
            ProfileV1.GetPositionResponse(position: Self.position("profile", 10))
        }
        suite.on(SegmentationV1.SegmentationServiceMethods.getPosition) { _, _ in
            SegmentationV1.GetPositionResponse(position: Self.position("segmentation", 30))
        }
        let requests = Mutex<[KPIV1.GetActivityRequest]>([])
        suite.on(KPIV1.KPIServiceMethods.getActivity) { request, _ in
            requests.withLock { $0.append(request) }
            return KPIV1.GetActivityResponse(counts: [
                KPIV1.ActivityCount(day: "2026-03-02", measure: "events", subject: "login", amount: 7)
            ])
        }
        try await withGateway(suite) { gateway in
            let query = "from_day=2026-03-01&to_day=2026-03-02&office_path=/head/&fresh=true"
            let answer = try await gateway.send(.GET, "/v1/kpi/activity?\(query)")
            #expect(
                answer.text
                    == #"{"counts":[{"day":"2026-03-02","measure":"events","subject":"login","amount":7}]}"#)
            #expect(try await gateway.send(.GET, "/v1/kpi/activity").status == 200)
            #expect(try await gateway.send(.GET, "/v1/kpi/activity?from_day=2026-3-1").status == 400)
        }
        #expect(
            requests.withLock { $0 } == [
                KPIV1.GetActivityRequest(
                    officePath: "/head/", fromDay: "2026-03-01", toDay: "2026-03-02",
                    after: [Self.position("profile", 10), Self.position("segmentation", 30)]),
                KPIV1.GetActivityRequest(),
            ])
    }
}
