internal import RPC

/// What a route knows of the request it serves.
struct GatewayCall: Sendable {
    /// Values of the parameters that were sent, checked.
    let parameters: [String: any Sendable]
    let body: [UInt8]
    /// Nil on routes that are open to everybody.
    let principal: Principal?
    /// The idempotency key that came with the request. The one in `options` may have been made for it.
    var sentKey: String?
    let options: CallOptions

    /// The value of a parameter; nil where it was not sent.
    subscript<Value>(_ parameter: Parameter<Value>) -> Value? {
        parameters[parameter.name] as? Value
    }

    /// The value of a place in the path, which the route cannot be reached without.
    func value<Value>(of parameter: Parameter<Value>) throws(Problem) -> Value {
        guard let value = self[parameter] else {
            throw Problem(.badRequest, "missing_parameter", "Send the parameter.", field: parameter.name)
        }
        return value
    }
}
