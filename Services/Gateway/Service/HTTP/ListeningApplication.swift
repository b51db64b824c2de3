internal import RPC
internal import ServiceLifecycle

/// The HTTP port; one that cannot be had ends the start with a sentence.
struct ListeningApplication: Service {
    let application: any Service
    let host: String
    let port: Int

    func run() async throws {
        do {
            try await application.run()
        } catch  where "\(error)".contains("Address already in use") {
            throw RuntimeError(
                .endpointUnavailable, "The HTTP port \(host):\(port) is taken: stop what uses it, or set http.port.")
        }
    }
}
