import NNG
import Testing

/// The error that a call ends with, nil where it succeeds.
func failure(_ call: () async throws -> Int) async -> NNGError? {
    do {
        _ = try await call()
        return nil
    } catch {
        guard let error = error as? NNGError else {
            Issue.record(error, "no error of NNG")
            return nil
        }
        return error
    }
}

func errorOf(_ result: consuming Result<Message, NNGError>) -> NNGError? {
    switch consume result {
    case .success: nil
    case .failure(let error): error
    }
}
