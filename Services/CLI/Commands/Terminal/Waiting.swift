/// Shows that the suite is still at it, where nobody says how far it is.
enum Waiting {
    static func show<Value>(
        _ title: String = localized("waiting for the suite, seconds", "等待系统响应，秒"),
        _ body: () async throws -> Value
    ) async throws -> Value {
        let shown = Progress(title, total: nil)
        let ticking = Task {
            for second in Int64(1)... {
                try await Task.sleep(for: .seconds(1))
                if second > 1 { shown.show(second) }
            }
        }
        defer {
            ticking.cancel()
            Terminal.shared.endBar()
        }
        return try await body()
    }
}
