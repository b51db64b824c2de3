/// Writes the handler protocol, the client, the methods and the registration of a service.
struct ServiceSource {
    let contract: Contract
    let types: TypeNames

    func write(_ service: ContractService, in file: ContractFile, to source: inout SourceText) {
        let namespace = SwiftName.namespace(file.package)
        source.line("public import RPC")
        source.line()
        source.block("extension \(namespace)") { source in
            writeHandler(service, to: &source)
            source.line()
            writeClient(service, to: &source)
            source.line()
            writeMethods(service, to: &source)
        }
        source.line()
        writeRegistration(service, namespace, to: &source)
    }

    private func writeHandler(_ service: ContractService, to source: inout SourceText) {
        source.documentation(service.comment)
        source.block("public protocol \(service.name)Handler: Sendable") { source in
            for (index, method) in service.methods.enumerated() {
                if index > 0 { source.line() }
                source.documentation(method.comment)
                source.line("func \(name(method))(")
                source.line("    _ request: \(types.swift(method.input)), context: CallContext")
                source.line(") async throws -> \(types.swift(method.output))")
            }
        }
    }

    private func writeClient(_ service: ContractService, to source: inout SourceText) {
        source.line("/// Calls `\(service.fullName)` through any channel.")
        source.block("public struct \(service.name)Client: Sendable") { source in
            source.line("private let calls: RPCCalls")
            source.line()
            source.block("public init(_ caller: any RPCCaller)") { source in
                source.line("calls = RPCCalls(caller)")
            }
            for method in service.methods {
                source.line()
                writeCall(method, of: service, to: &source)
                if isPaged(method) {
                    source.line()
                    writePages(method, of: service, to: &source)
                }
            }
        }
    }

    private func writeCall(_ method: ContractService.Method, of service: ContractService, to source: inout SourceText) {
        source.documentation(method.comment)
        source.line("public nonisolated(nonsending) func \(name(method))(")
        source.line("    _ request: \(types.swift(method.input)), options: CallOptions = CallOptions()")
        source.block(") async throws(RPCError) -> \(types.swift(method.output))") { source in
            let member = "\(service.name)Methods.\(SwiftName.method(method.name))"
            source.line("try await calls.call(\(member), request, options)")
        }
    }

    private func writePages(
        _ method: ContractService.Method, of service: ContractService, to source: inout SourceText
    ) {
        let request = types.swift(method.input)
        let reply = types.swift(method.output)
        source.documentation(method.comment)
        source.line("///")
        source.line("/// Every page in turn, each asked for only when it is wanted.")
        source.line("public func \(SwiftName.method(method.name))Pages(")
        source.line("    _ request: \(request), options: CallOptions = CallOptions()")
        source.block(") -> RPCPages<\(request), \(reply)>") { source in
            let member = "\(service.name)Methods.\(SwiftName.method(method.name))"
            source.line("RPCPages(")
            source.line("    calls, \(member), request, options,")
            source.line("    setCursor: { $0.pageCursor = $1 }, nextCursor: { $0.nextPageCursor })")
        }
    }

    private func writeMethods(_ service: ContractService, to source: inout SourceText) {
        source.line("/// The methods of `\(service.fullName)` as they go onto the wire.")
        source.block("public enum \(service.name)Methods") { source in
            for method in service.methods {
                source.line(
                    "public static let \(name(method)) = RPCMethod<\(types.swift(method.input)), "
                        + "\(types.swift(method.output))>(")
                source.line("    \"\(service.fullName)/\(method.name)\", kind: \(method.idempotency.kind))")
            }
            source.line()
            source.line("public static let all: [RPCMethodDescription] = [")
            for method in service.methods { source.line("    \(name(method)).description,") }
            source.line("]")
        }
    }

    private func writeRegistration(_ service: ContractService, _ namespace: String, to source: inout SourceText) {
        source.block("extension RPCRouter") { source in
            source.line("/// Serves every method of `\(service.fullName)` with `handler`.")
            let label = SwiftName.method(service.name)
            let signature = "register(\(label) handler: some \(namespace).\(service.name)Handler)"
            source.block("public mutating func \(signature)") { source in
                for method in service.methods {
                    let name = SwiftName.method(method.name)
                    source.block("handle(\(namespace).\(service.name)Methods.\(name))") { source in
                        source.line("try await handler.\(name)($0, context: $1)")
                    }
                }
            }
        }
    }

    private func name(_ method: ContractService.Method) -> String {
        SwiftName.escaped(SwiftName.method(method.name))
    }

    /// Whether the method is read page by page.
    private func isPaged(_ method: ContractService.Method) -> Bool {
        hasText("page_cursor", method.input) && hasText("next_page_cursor", method.output)
    }

    private func hasText(_ field: String, _ message: String) -> Bool {
        contract.messages.first { $0.fullName == message }?.fields
            .contains { $0.name == field && $0.kind == .string && !$0.isRepeated } ?? false
    }
}

extension ContractService.Method.Idempotency {
    fileprivate var kind: String {
        switch self {
        case .unknown: ".mutating"
        case .noSideEffects: ".read"
        case .idempotent: ".idempotent"
        }
    }
}
