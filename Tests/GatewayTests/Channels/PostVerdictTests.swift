internal import Testing

@testable internal import GatewayService

@Suite("What follows from a post")
struct PostVerdictTests {
    private func verdict(_ result: PostResult, deduplicates: Bool = false) -> PostVerdict {
        PostVerdict(result, deduplicates: deduplicates, attempt: 1)
    }

    @Test("only no connection, 429 and 503 are posted again", arguments: [429, 503])
    func again(status: Int) {
        #expect(
            verdict(.answered(status: status, retryAfterMilliseconds: 7_000))
                == .postAgain(reason: "http_\(status)", afterMilliseconds: 7_000))
        #expect(verdict(.notConnected) == .postAgain(reason: "no_connection", afterMilliseconds: 1_000))
    }

    @Test("an answer that may mean anything is unknown", arguments: [100, 301, 302, 408, 425, 500, 502, 504, 599])
    func unknown(status: Int) {
        #expect(verdict(.answered(status: status, retryAfterMilliseconds: nil)) == .unknown(reason: "http_\(status)"))
        #expect(verdict(.noAnswer) == .unknown(reason: "no_answer"))
    }

    @Test("a channel that deduplicates may be posted to again after any doubt", arguments: [408, 500, 504])
    func deduplicates(status: Int) {
        #expect(
            verdict(.answered(status: status, retryAfterMilliseconds: nil), deduplicates: true)
                == .postAgain(reason: "http_\(status)", afterMilliseconds: 1_000, isInDoubt: true))
        #expect(
            verdict(.noAnswer, deduplicates: true)
                == .postAgain(reason: "no_answer", afterMilliseconds: 1_000, isInDoubt: true))
        #expect(
            verdict(.notConnected, deduplicates: true)
                == .postAgain(reason: "no_connection", afterMilliseconds: 1_000, isInDoubt: false))
    }

    @Test("other refusals are for good", arguments: [400, 401, 403, 404, 409, 413, 422])
    func refused(status: Int) {
        // A wrong secret or address, whatever the message.
        let isOfUs = [401, 403, 404].contains(status)
        #expect(
            verdict(.answered(status: status, retryAfterMilliseconds: nil))
                == .refused(reason: "http_\(status)", isOfUs: isOfUs))
    }

    @Test("the wait grows with the attempts, up to a minute")
    func backoff() {
        let waits = (1...9).map { attempt -> Int in
            guard case .postAgain(_, let wait, _) = PostVerdict(.notConnected, deduplicates: false, attempt: attempt)
            else {
                return 0
            }
            return wait
        }
        #expect(waits == [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
    }
}
