internal import Contracts
internal import Hummingbird

/// What became of a batch: one result for each item, in the order of the request, and where the accepted stand in the
/// log.
struct BatchReply: Sendable {
    var results: [CommonV1.ItemResult]
    var position: CommonV1.LogPosition?

    /// Puts the results of the items that were sent on in between those that could not be read.
    ///
    /// - Parameter list: name of the list in the request, for the paths of refusals.
    init<Item>(
        _ batch: Batch<Item>, sent: [CommonV1.ItemResult], position: CommonV1.LogPosition?, list: String
    ) throws(Problem) {
        guard sent.count == batch.items.count else {
            throw Problem(.internalServerError, "internal", "The request failed within: try again or tell operations.")
        }
        var results = [CommonV1.ItemResult](repeating: CommonV1.ItemResult(), count: batch.count)
        for (result, index) in zip(sent, batch.indexes) {
            results[index] = result
            if let field = result.refusal?.field {
                results[index].refusal?.field = Self.path(of: field, at: index, in: batch.isSingle ? nil : list)
            }
        }
        for (index, problem) in batch.refusals {
            let path = "\(list)[\(index)]" + (problem.path.isEmpty ? "" : ".\(problem.path)")
            results[index] = CommonV1.ItemResult(
                status: .refused,
                refusal: CommonV1.Refusal(field: path, code: problem.code.text, reason: problem.message))
        }
        if batch.isSingle, let refusal = results[0].refusal, results[0].status == .refused {
            // Who is unknown now may be known in a moment; anything else has to be written another way.
            let status: HTTPResponse.Status =
                refusal.code == "unknown_customer" ? .notFound : .unprocessableContent
            throw Problem(
                status, refusal.code, refusal.reason, field: refusal.field.isEmpty ? nil : refusal.field)
        }
        self.results = results
        self.position = position
    }

    private init() {
        results = []
    }

    static let shape = JSONShape<BatchReply>.object(
        "BatchReply", BatchReply(),
        [
            .required("results", \.results, CommonShapes.itemResult.array()),
            .presence("position", \.position, CommonShapes.position),
        ])

    /// `events[2].type` of the message becomes the path in the request, where the item may stand elsewhere.
    private static func path(of field: String, at index: Int, in list: String?) -> String {
        let rest = field.firstIndex(of: "]").map { field[field.index(after: $0)...] } ?? Substring(".\(field)")
        let inner = Problem.fieldName(String(rest.drop { $0 == "." }), prefix: "")
        guard let list else { return inner }
        return "\(list)[\(index)]" + (inner.isEmpty ? "" : ".\(inner)")
    }
}
