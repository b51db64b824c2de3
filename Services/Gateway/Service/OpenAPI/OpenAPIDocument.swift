internal import Hummingbird

/// `/openapi.json`: OpenAPI 3.1 made from the routes that are served, so that it cannot say anything else.
struct OpenAPIDocument {
    let routes: [Route]

    /// The text of the document.
    func bytes() -> [UInt8] {
        JSONWriter.bytes { writer in
            writer.object { writer in
                writer.member("openapi", "3.1.0")
                writer.key("info")
                writer.object { writer in
                    writer.member("title", "Zhike gateway")
                    writer.member("version", "1")
                    writer.member(
                        "description",
                        "Know the customer, group, match, reach, measure. Requests carry a bearer token (JWT, ES256 or "
                            + "RS256); what is refused is answered as application/problem+json.")
                }
                var named: [String: JSONSchema] = [:]
                writer.key("paths")
                writePaths(to: &writer, named: &named)
                writer.key("components")
                writeComponents(to: &writer, named: named)
            }
        }
    }

    private func writePaths(to writer: inout JSONWriter, named: inout [String: JSONSchema]) {
        let byPath = Dictionary(grouping: routes, by: \.path.text)
        var found = named
        writer.object { writer in
            for path in byPath.keys.sorted() {
                writer.key(path)
                writer.object { writer in
                    for route in byPath[path] ?? [] {
                        writer.key(route.method.rawValue.lowercased())
                        OperationWriter(route: route).write(to: &writer, named: &found)
                    }
                }
            }
        }
        named = found
    }

    private func writeComponents(to writer: inout JSONWriter, named: [String: JSONSchema]) {
        var all = named
        writer.object { writer in
            writer.key("securitySchemes")
            writer.object { writer in
                writer.key("token")
                writer.object { writer in
                    writer.member("type", "http")
                    writer.member("scheme", "bearer")
                    writer.member("bearerFormat", "JWT")
                }
            }
            writer.key("schemas")
            writer.object { writer in
                for name in named.keys.sorted() {
                    writer.key(name)
                    named[name]?.write(to: &writer, named: &all)
                }
            }
        }
    }
}
