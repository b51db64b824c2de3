internal import Contracts
internal import Postgres
internal import RPC
internal import SegmentationDomain

/// Serves `zhike.segmentation.v1.SegmentationService`.
struct SegmentationHandler: SegmentationV1.SegmentationServiceHandler {
    let service: Segmentation

    func checkRule(
        _ request: SegmentationV1.CheckRuleRequest, context: CallContext
    ) async throws -> SegmentationV1.CheckRuleResponse {
        let (dictionary, outcome) = try await service.checkRule(context) { try LocatedRule(request.rule) }
        var response = SegmentationV1.CheckRuleResponse(dictionaryVersion: dictionary.version)
        switch outcome {
        case .success(let checked):
            response.valid = true
            response.text = checked.rule.text
            response.json = checked.rule.json
        case .failure(let problems):
            response.problems = problems.problems.map(SegmentationV1.RuleProblem.init)
        }
        return response
    }

    func count(
        _ request: SegmentationV1.CountRequest, context: CallContext
    ) async throws -> SegmentationV1.CountResponse {
        let (count, asOf) = try await service.count(context, subject: try RuleSubject(request.of))
        return SegmentationV1.CountResponse(count: count.count, total: count.total, asOfMicros: asOf)
    }

    func testCustomer(
        _ request: SegmentationV1.TestCustomerRequest, context: CallContext
    ) async throws -> SegmentationV1.TestCustomerResponse {
        let explanation = try await service.testCustomer(
            context, subject: try RuleSubject(request.of), customer: try CustomerName(request.customer))
        return SegmentationV1.TestCustomerResponse(
            fits: explanation.fits,
            conditions: explanation.conditions.map { .init(condition: $0.condition, fits: $0.fits) })
    }
}

extension RuleSubject {
    fileprivate init(_ of: SegmentationV1.CountRequest.Of?) throws {
        switch of {
        case .rule(let rule): self = .rule { try CheckedRule(rule, in: $0) }
        case .segmentID(let id): self = .segment(id)
        case nil: throw SegmentationFailure.noSubject
        }
    }

    fileprivate init(_ of: SegmentationV1.TestCustomerRequest.Of?) throws {
        switch of {
        case .rule(let rule): self = .rule { try CheckedRule(rule, in: $0) }
        case .segmentID(let id): self = .segment(id)
        case nil: throw SegmentationFailure.noSubject
        }
    }
}

extension CustomerName {
    fileprivate init(_ reference: CommonV1.CustomerReference?) throws {
        switch reference?.by {
        case .customerID(let id): self = .id(id)
        case .identity(let identity): self = .identity(kind: identity.kind, value: identity.value)
        case nil: throw SegmentationFailure.noCustomer
        }
    }
}
