internal import Contracts
internal import RPC

/// Health and Describe, which every suite service answers in the same way.
struct SuiteServiceAnswers: RPCV1.SuiteServiceHandler {
    let service: String
    let readiness: Readiness
    let methods: [RPCV1.MethodDescription]

    func health(_ request: RPCV1.HealthRequest, context: CallContext) async throws -> RPCV1.HealthResponse {
        let reasons = await readiness.reasons()
        return RPCV1.HealthResponse(
            ready: reasons.isEmpty, reasons: reasons.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })
    }

    func describe(_ request: RPCV1.DescribeRequest, context: CallContext) async throws -> RPCV1.DescribeResponse {
        RPCV1.DescribeResponse(service: service, version: SuiteVersion.current, methods: methods)
    }
}

extension RPCRouter {
    /// Adds what every suite service answers, to every caller whose key is known, and the observing interceptors.
    mutating func complete(with environment: ServiceEnvironment) {
        let callers = Set(environment.keys.keys.map(\.service))
        let answers = { (methods: [RPCV1.MethodDescription]) in
            SuiteServiceAnswers(service: environment.name, readiness: environment.readiness, methods: methods)
        }
        register(suiteService: answers([]))
        allow(RPCV1.SuiteServiceMethods.all, callers: callers)
        let described = methods.map { method in
            RPCV1.MethodDescription(
                name: method.name, kind: "\(method.kind)", requestByteLimit: Int64(method.requestByteLimit),
                callers: allowedCallers(of: method.name).sorted())
        }
        // Once more, now that the list is complete.
        register(suiteService: answers(described))
        observeCalls(logger: environment.logger)
    }
}
