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

    /// Kills until the task is cancelled.
    func run() async {
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
