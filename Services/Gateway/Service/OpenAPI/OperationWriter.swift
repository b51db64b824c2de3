internal import Hummingbird

/// Writes one operation of the published document.
struct OperationWriter {
    let route: Route

    func write(to writer: inout JSONWriter, named: inout [String: JSONSchema]) {
        var found = named
        writer.object { writer in
            writer.member("operationId", route.operation)
            writer.member("summary", route.summary)
            if case .right(let right) = route.access {
                writer.member("description", "Needs the right \(right.name).")
                writer.key("security")
                writer.array { writer in
                    writer.object { writer in
                        writer.key("token")
                        writer.array { _ in }
                    }
                }
            }
            writeParameters(to: &writer, named: &found)
            writeBody(to: &writer, named: &found)
            writer.key("responses")
            writeResponses(to: &writer, named: &found)
        }
        named = found
    }

    private func writeParameters(to writer: inout JSONWriter, named: inout [String: JSONSchema]) {
        guard !route.parameters.isEmpty || route.isChange else { return }
        var found = named
        writer.key("parameters")
        writer.array { writer in
            for parameter in route.parameters {
                writer.object { writer in
                    writer.member("name", parameter.name)
                    writer.member("in", parameter.place.rawValue)
                    writer.member("description", parameter.meaning)
                    writer.key("required")
                    writer.flag(parameter.place == .path)
                    writer.key("schema")
                    parameter.schema.write(to: &writer, named: &found)
                }
            }
            if route.isChange {
                writer.object { writer in
                    writer.member("name", "Idempotency-Key")
                    writer.member("in", "header")
                    writer.member(
                        "description", "Makes the change repeatable: the same key with the same body is done once.")
                    writer.key("required")
                    writer.flag(false)
                    writer.key("schema")
                    JSONSchema.text(lengths: 1...128, pattern: "^[!-~]+$", format: nil)
                        .write(to: &writer, named: &found)
                }
            }
        }
        named = found
    }

    private func writeBody(to writer: inout JSONWriter, named: inout [String: JSONSchema]) {
        guard let body = route.body else { return }
        var found = named
        writer.key("requestBody")
        writer.object { writer in
            writer.key("required")
            writer.flag(true)
            writer.key("content")
            content("application/json", body, to: &writer, named: &found)
        }
        named = found
    }

    private func writeResponses(to writer: inout JSONWriter, named: inout [String: JSONSchema]) {
        var found = named
        writer.object { writer in
            writer.key(String(route.reply.status.code))
            writer.object { writer in
                writer.member("description", route.reply.status.reasonPhrase)
                writer.key("content")
                content(route.reply.contentType, route.reply.schema ?? .anyText, to: &writer, named: &found)
            }
            for status in refusals {
                writer.key(String(status.code))
                writer.object { writer in
                    writer.member("description", status.reasonPhrase)
                    writer.key("content")
                    content("application/problem+json", Problem.schema, to: &writer, named: &found)
                }
            }
        }
        named = found
    }

    /// What else may be answered.
    private var refusals: [HTTPResponse.Status] {
        var statuses: [HTTPResponse.Status] = [.badRequest, .contentTooLarge]
        if case .right = route.access { statuses += [.unauthorized, .forbidden, .notFound] }
        if route.isChange { statuses += [.conflict] }
        if route.body != nil { statuses += [.unsupportedMediaType, .unprocessableContent] }
        statuses += [
            .tooManyRequests, .internalServerError, .notImplemented, .serviceUnavailable, .gatewayTimeout,
        ]
        return statuses
    }

    private func content(
        _ type: String, _ schema: JSONSchema, to writer: inout JSONWriter, named: inout [String: JSONSchema]
    ) {
        var found = named
        writer.object { writer in
            writer.key(type)
            writer.object { writer in
                writer.key("schema")
                schema.write(to: &writer, named: &found)
            }
        }
        named = found
    }
}
