extension SuiteProcess {
    /// Waits until it answers.
    ///
    /// - Returns: false where it does not within the bound, or where it ends again and again, which no waiting mends; its
    ///   last lines then say why.
    func comesUp(within bound: Duration = .seconds(60), _ answers: @Sendable () async -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + bound
        while ContinuousClock.now < end, restarts <= 3 {
            if await answers() { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }
}
