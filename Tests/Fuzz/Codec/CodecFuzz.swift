import Contracts
import FuzzInput
import ProtobufC

/// The message types that take turns; between them they hold every kind of field.
private let checks: [@Sendable ([UInt8]) -> Void] = [
    check(TestingV1.Scalars.self), check(TestingV1.Repeated.self), check(TestingV1.Choices.self),
    check(TestingV1.Maps.self), check(TestingV1.EverythingBatch.self), check(TestingV1.Reserved.self),
    check(ProfileV1.Customer.self), check(ProfileV1.ImportRowsRequest.self),
    check(CampaignV1.CreateCampaignRequest.self), check(SegmentationV1.TestCustomerRequest.self),
    check(RPCV1.Envelope.self), check(RPCV1.ReplyEnvelope.self),
]

/// One run: the first byte chooses the type, the others are its bytes.
@_cdecl("zhike_fuzz_run")
public func fuzzCodec() {
    let input = (0..<zhike_fuzz_byte_count()).map { zhike_fuzz_byte($0) }
    guard let first = input.first else { return }
    checks[Int(first) % checks.count](Array(input.dropFirst()))
}

/// Whatever could be read can be written, and then says the same. Bytes are compared instead of values, as a NaN equals
/// nothing.
private func check<Message: ProtobufMessage>(_ type: Message.Type) -> @Sendable ([UInt8]) -> Void {
    { bytes in check(Message.self, bytes) }
}

private func check<Message: ProtobufMessage>(_ type: Message.Type, _ bytes: [UInt8]) {
    guard let message = try? Message(unpacking: bytes, memoryLimit: 1 << 20) else { return }
    guard let packed = try? message.packed() else { fatalError("\(type): what was read cannot be written") }
    guard let again = try? Message(unpacking: packed, memoryLimit: 1 << 24) else {
        fatalError("\(type): what was written cannot be read")
    }
    guard (try? again.packed()) == packed else { fatalError("\(type): changed by writing and reading") }
}
