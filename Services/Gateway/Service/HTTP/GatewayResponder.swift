internal import Hummingbird
internal import Logging
internal import NIOCore
internal import RPC
internal import ServiceKit

/// Takes each request through the same steps: path, person, rate, right, body, service, answer.
struct GatewayResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let table: RouteTable
    let authenticator: Authenticator
    let rates: RateLimiter
    let admission: AdmissionControl
    let observer: RequestObserver
    let bodyByteLimit: Int

    func respond(to request: Request, context: Context) async -> Response {
        let started = ContinuousClock.now
        let trace = RequestHeaders.trace(request.headers)
        var operation = "none"
        var user: String?
        let response: Response
        do {
            let target = try RequestTarget(request.head.path ?? "")
            let match = try table.match(request.method, target.segments)
            operation = match.route.operation
            // Whoever looks whether the gateway is alive gets an answer at its limit, too.
            if match.route.isForPeople { try admission.look(isSlow: match.route.isSlow) }
            let principal = try await self.principal(of: request, for: match.route)
            user = principal?.user
            response = try await serve(match, target, request, principal, trace)
        } catch let problem as Problem {
            response = answer(problem, trace)
        } catch {
            observer.log.error(
                "A request failed within", metadata: ["trace_id": "\(trace.traceID)", "error": "\(type(of: error))"])
            response = answer(
                Problem(.internalServerError, "internal", "The request failed within: try again or tell operations."),
                trace)
        }
        observer.record(
            operation: operation, method: request.method.rawValue, status: response.status.code, user: user,
            trace: trace, duration: started.duration(to: .now))
        // Bytes after the head would be taken for the next reply on the connection (RFC 9110, 9.3.2).
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func principal(of request: Request, for route: Route) async throws -> Principal? {
        guard case .right(let right) = route.access else { return nil }
        let principal = try await authenticator.principal(of: request.headers[.authorization])
        try rates.pass(principal.user)
        guard Gate.has(right, principal) else {
            throw Problem(
                .forbidden, "permission_denied",
                "You lack the right \(right.name): ask the administrator for a role that has it.")
        }
        return principal
    }

    private func serve(
        _ match: RouteTable.Match, _ target: RequestTarget, _ request: Request, _ principal: Principal?,
        _ trace: TraceContext
    ) async throws(Problem) -> Response {
        let route = match.route
        let parameters = try match.parameters(target.query)
        let sentKey = route.isChange ? try RequestHeaders.sentKey(request.headers, of: principal) : nil
        let key = route.isChange ? sentKey ?? RequestHeaders.newKey(of: principal) : nil
        if route.body != nil { try RequestHeaders.requireJSON(request.headers) }
        let body = try await collect(request, limit: route.body == nil ? 0 : bodyByteLimit)
        // Not before: a body that trickles in would keep others out.
        if route.isForPeople { try admission.enter(isSlow: route.isSlow) }
        defer { if route.isForPeople { admission.leave(isSlow: route.isSlow) } }
        let call = GatewayCall(
            parameters: parameters, body: body, principal: principal, sentKey: sentKey,
            options: CallOptions(
                // Both: the calls of one request share its time.
                timeout: route.timeout, deadline: .now.advanced(by: route.timeout), idempotencyKey: key,
                principal: principal, trace: trace))
        let bytes: [UInt8]
        do {
            bytes = try await route.serve(call)
        } catch let problem as Problem {
            throw problem
        } catch let problem as JSONProblem {
            throw Problem(problem)
        } catch let error as RPCError {
            observer.failed(error, operation: route.operation, trace: trace)
            throw Problem(error, prefix: route.fieldPrefix, identifier: route.identifierField)
        } catch {
            throw Problem(.internalServerError, "internal", "The request failed within: try again or tell operations.")
        }
        return answer(route.reply.status, route.reply.contentType, bytes, trace)
    }

    private func collect(_ request: Request, limit: Int) async throws(Problem) -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge(limit) }
        do {
            var body = try await request.body.collect(upTo: limit)
            return body.readBytes(length: body.readableBytes) ?? []
        } catch is NIOTooManyBytesError {
            throw tooLarge(limit)
        } catch {
            throw Problem(.badRequest, "body_incomplete", "The body did not arrive whole: send it again.")
        }
    }

    private func tooLarge(_ limit: Int) -> Problem {
        Problem(
            .contentTooLarge, "body_too_large",
            limit == 0 ? "Send no body here." : "The body may have at most \(limit) bytes: send smaller batches.")
    }

    private func answer(_ problem: Problem, _ trace: TraceContext) -> Response {
        var response = answer(
            problem.status, "application/problem+json", problem.body(traceID: trace.traceID), trace)
        if let seconds = problem.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
        if !problem.allowedMethods.isEmpty {
            response.headers[.allow] = problem.allowedMethods.joined(separator: ", ")
        }
        if problem.status == .unauthorized { response.headers[.wwwAuthenticate] = "Bearer" }
        // What is left of a body that was refused may be endless: it is not waited for.
        if problem.status == .contentTooLarge { response.headers[.connection] = "close" }
        return response
    }

    private func answer(
        _ status: HTTPResponse.Status, _ contentType: String, _ bytes: [UInt8], _ trace: TraceContext
    ) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = contentType
        headers[.cacheControl] = "no-store"
        headers[.xContentTypeOptions] = "nosniff"
        headers[RequestHeaders.traceparentName] = trace.traceparent
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
