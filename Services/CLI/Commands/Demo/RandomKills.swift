internal import Foundation

/// Ends suite services and Postgres at random with SIGKILL while a demo runs: what is acknowledged must come through.
struct RandomKills: Sendable {
    let suite: Suite
    /// Between two kills.
    let pauseMilliseconds: ClosedRange<Int>

    private static let victims = SuiteFolder.services + ["postgres"]

    /// Kills until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            do {
                try await Task.sleep(for: .milliseconds(Int.random(in: pauseMilliseconds)))
                let victim = Self.victims.randomElement() ?? "profile"
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
