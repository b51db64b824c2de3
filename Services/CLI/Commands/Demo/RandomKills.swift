internal import Foundation
internal import Sandbox

/// Ends suite services and Postgres at random with SIGKILL while a demo runs: what is acknowledged must come through.
struct RandomKills: Sendable {
    let suite: Suite
    /// Between two kills.
    let pauseMilliseconds: ClosedRange<Int>
    /// Of who is ended, and when.
    let seed: UInt64

    static let victims = SuiteFolder.services + ["postgres"]

    /// Kills while `body` runs. The last kill is over before this returns or throws: nobody may start what is being stopped.
    func during<Result>(_ body: () async throws -> Result) async throws -> Result {
        let killing = Task { await run() }
        let outcome: Swift.Result<Result, any Error>
        do {
            outcome = .success(try await body())
        } catch {
            outcome = .failure(error)
        }
        killing.cancel()
        await killing.value
        return try outcome.get()
    }

    /// Kills until the task is cancelled.
    private func run() async {
        var random = SplitMix64(seed: seed)
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: .milliseconds(Int.random(in: pauseMilliseconds, using: &random)))
                let victim = Self.victims.randomElement(using: &random) ?? "profile"
                Terminal.shared.say("kill -9 \(victim)")
                try await suite.kill9(victim)
            } catch is CancellationError {
                return
            } catch {
                Terminal.shared.say("\(error)")
            }
        }
    }
}
