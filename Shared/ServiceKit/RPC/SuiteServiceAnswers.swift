internal import Contracts
internal import RPC

/// Health and Describe, which every suite service answers in the same way.
struct SuiteServiceAnswers: RPCV1.SuiteServiceHandler {
    let readiness: Readiness
    let description: RPCV1.DescribeResponse

    func health(_ request: RPCV1.HealthRequest, context: CallContext) async throws -> RPCV1.HealthResponse {
        let reasons = await readiness.reasons()
        return RPCV1.HealthResponse(
            ready: reasons.isEmpty, reasons: reasons.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })
    }

    func describe(_ request: RPCV1.DescribeRequest, context: CallContext) async throws -> RPCV1.DescribeResponse {
        description
    }
}

extension RPCRouter {
    /// Adds what every suite service answers, to every caller whose key is known, and the observing interceptors.
    mutating func complete(with environment: ServiceEnvironment) {
        let callers = Set(environment.keys.keys.map(\.service))
        let answers = { (methods: [RPCV1.MethodDescription]) in
            SuiteServiceAnswers(
                readiness: environment.readiness,
                description: RPCV1.DescribeResponse(
                    service: environment.name, version: SuiteVersion.current, methods: methods))
        }
        register(suiteService: answers([]))
        allow(RPCV1.SuiteServiceMethods.all, callers: callers)
        let described = methods.map { method in
            RPCV1.MethodDescription(
                name: method.name, kind: "\(method.kind)", requestByteLimit: Int64(method.requestByteLimit),
                callers: allowedCallers(of: method.name).sorted())
        }
        // Once more, now that the list is complete. The description waits for nothing, so it is answered where the call
        // came in.
        let complete = answers(described)
        register(suiteService: complete)
        handleInline(RPCV1.SuiteServiceMethods.describe) { _, _ in complete.description }
        observeCalls(logger: environment.logger)
    }
}
