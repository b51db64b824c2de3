internal import Hummingbird

/// An answer that says what went wrong: RFC 9457, `application/problem+json`.
struct Problem: Error, Sendable {
    let status: HTTPResponse.Status
    /// Names the kind of fault and never changes, such as `missing_field`.
    let code: String
    /// A sentence that tells the person what to do. It never repeats a value that was sent.
    let detail: String
    /// Path of the member, parameter or header to blame, such as `events[3].type`.
    var field: String?
    var retryAfterSeconds: Int?
    /// Methods of this path, where the one used is none of them.
    var allowedMethods: [String] = []

    init(_ status: HTTPResponse.Status, _ code: String, _ detail: String, field: String? = nil) {
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field
    }

    init(_ problem: JSONProblem) {
        let path = problem.path
        self.init(.badRequest, problem.code.text, problem.message, field: path.isEmpty ? nil : path)
    }

    /// The body; `traceID` is what a person can give to operations.
    func body(traceID: String) -> [UInt8] {
        JSONWriter.bytes { writer in
            writer.object { writer in
                writer.member("type", "urn:zhike:problem:\(code)")
                writer.member("title", status.reasonPhrase)
                writer.member("status", status.code)
                writer.member("code", code)
                writer.member("detail", detail)
                if let field { writer.member("field", field) }
                writer.member("trace_id", traceID)
            }
        }
    }

    /// As the published document shows it.
    static let schema = JSONSchema.named(
        "Problem",
        .object(members: [
            JSONSchema.Member(name: "type", schema: .anyText, isRequired: true),
            JSONSchema.Member(name: "title", schema: .anyText, isRequired: true),
            JSONSchema.Member(name: "status", schema: .integer(400...599), isRequired: true),
            JSONSchema.Member(name: "code", schema: .anyText, isRequired: true),
            JSONSchema.Member(name: "detail", schema: .anyText, isRequired: true),
            JSONSchema.Member(name: "field", schema: .anyText, isRequired: false),
            JSONSchema.Member(name: "trace_id", schema: .anyText, isRequired: true),
        ]))
}
