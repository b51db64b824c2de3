internal import Hummingbird

/// All routes, found by method and path.
struct RouteTable: Sendable {
    let routes: [Route]
    /// By number of segments; words before places.
    private let byLength: [Int: [Route]]

    struct Match: Sendable {
        let route: Route
        let places: [String: String]
    }

    init(_ routes: [Route]) {
        self.routes = routes
        byLength = Dictionary(grouping: routes) { $0.path.parts.count }
            .mapValues { $0.sorted { $0.path.placeCount < $1.path.placeCount } }
    }

    /// The route of a request, where HEAD asks for what GET would answer; NOT FOUND, or METHOD NOT ALLOWED with the methods there are.
    func match(_ method: HTTPRequest.Method, _ segments: [String]) throws(Problem) -> Match {
        let wanted = method == .head ? .get : method
        var allowed: [String] = []
        var placesOfPath = Int.max
        for route in byLength[segments.count] ?? [] where route.path.placeCount <= placesOfPath {
            guard let places = route.path.match(segments) else { continue }
            placesOfPath = route.path.placeCount
            if route.method == wanted { return Match(route: route, places: places) }
            allowed.append(route.method.rawValue)
        }
        guard allowed.isEmpty else {
            var problem = Problem(
                .methodNotAllowed, "method_not_allowed", "Use \(allowed.sorted().joined(separator: " or ")) here.")
            if allowed.contains("GET") { allowed.append("HEAD") }
            problem.allowedMethods = allowed.sorted()
            throw problem
        }
        throw Problem(.notFound, "no_such_path", "Nothing is served at this path: /openapi.json lists what is.")
    }
}

extension RouteTable.Match {
    /// The values of the route's parameters. What the route does not declare is refused.
    func parameters(_ query: [(name: String, value: String)]) throws(Problem) -> [String: any Sendable] {
        var values: [String: any Sendable] = [:]
        for parameter in route.parameters where parameter.place == .path {
            guard let text = places[parameter.name] else { continue }
            values[parameter.name] = try parameter.value(of: text)
        }
        for (name, text) in query {
            guard let parameter = route.parameters.first(where: { $0.place == .query && $0.name == name }) else {
                throw Problem(
                    .badRequest, "unknown_parameter", "No such query parameter is known here: remove it.",
                    field: JSONKey(utf8: Array(name.utf8)[...]).printable)
            }
            guard values[name] == nil else {
                throw Problem(.badRequest, "duplicate_parameter", "Send the parameter once.", field: name)
            }
            values[name] = try parameter.value(of: text)
        }
        return values
    }
}
