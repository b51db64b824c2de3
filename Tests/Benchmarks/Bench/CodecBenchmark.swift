internal import CBaselines
internal import Contracts
internal import ProtobufC

/// Packs a customer profile and unpacks it to Swift values, against protobuf-c alone in C on the same bytes.
struct CodecBenchmark {
    private static let roundCount = 9
    private static let messagesPerRound = 100_000

    /// Prints microseconds per message (packed and unpacked once) of each round, the medians and the ratio of the
    /// rates: above 1, Swift is faster.
    static func run() async throws {
        let profile = ProfileSample.customer
        let bytes = try profile.packed()
        print("codec: a profile of \(profile.traits.count) traits and \(profile.tags.count) tags, \(bytes.count) bytes")
        print("round   C, us   Swift, us   ratio")
        // The first round of each warms caches and memory and does not count.
        _ = try measureSwift(profile)
        _ = try measureC(bytes)
        var ratios: [Double] = []
        var times: (c: [Double], swift: [Double]) = ([], [])
        for round in 1...roundCount {
            // Who goes first alternates, so that a machine that slows down or speeds up favours neither.
            let swiftFirst = round.isMultiple(of: 2) ? try measureSwift(profile) : nil
            let c = try measureC(bytes)
            let swift = try swiftFirst ?? measureSwift(profile)
            times.c.append(c)
            times.swift.append(swift)
            ratios.append(c / swift)
            print("\(round)       \(rounded(c))    \(rounded(swift))        \(rounded(c / swift))")
        }
        print(
            "median  \(rounded(median(times.c)))    \(rounded(median(times.swift)))        \(rounded(median(ratios)))")
        print("ratio codec \(rounded(median(ratios)))")
    }

    /// Microseconds per message in C.
    private static func measureC(_ bytes: [UInt8]) throws -> Double {
        let nanoseconds = zhike_codec_baseline(bytes, bytes.count, messagesPerRound)
        guard nanoseconds > 0 else { throw CodecBenchmarkError() }
        return Double(nanoseconds) / Double(messagesPerRound) / 1_000
    }

    /// Microseconds per message in Swift, as a call does it: packed bytes are lent and copied into a message body, the
    /// received bytes become a Swift value.
    private static func measureSwift(_ profile: ProfileV1.Customer) throws -> Double {
        var body: [UInt8] = []
        body.reserveCapacity(1 << 10)
        var traitCount = 0
        let elapsed = try ContinuousClock().measure {
            for _ in 0..<messagesPerRound {
                body.removeAll(keepingCapacity: true)
                try profile.append(to: &body)
                traitCount += try ProfileV1.Customer(unpacking: body.span.bytes).traits.count
            }
        }
        guard traitCount == messagesPerRound * profile.traits.count else { throw CodecBenchmarkError() }
        return elapsed / .microseconds(1) / Double(messagesPerRound)
    }

    private static func median(_ values: [Double]) -> Double {
        values.sorted()[values.count / 2]
    }

    private static func rounded(_ value: Double) -> Double {
        (value * 1_000).rounded() / 1_000
    }
}

/// One side did not do the work it was timed for.
struct CodecBenchmarkError: Error, CustomStringConvertible {
    var description: String { "The codec benchmark is invalid: a side did not pack and unpack the profile." }
}
