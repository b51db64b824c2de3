internal import CNNG
internal import Glibc

// What NNG 1.5.2 drops, completed here.
//
// When a connection closes (for good, because a send failed) between two reads of one message, NNG submits the second
// read on an operation that is closed already, and `nni_aio_begin` drops it without calling back. NNG's one reaper
// thread then waits for that callback for ever: from there on no connection of the process is ever freed, no lost
// connection is dialed again, and no socket can be closed. A peer that sends some requests and hangs up does it every
// time, be it rude or merely killed; see the flood among the attacks in the tests. The same happens to a send that is
// cut in two.
//
// NNG's transports reach these two functions through the dynamic symbol table, so the definitions in our program take
// the place of NNG's, do what those do, and finish what was dropped. A dropped operation is known by its result:
// `nni_aio_begin` leaves "cancelled" behind, which no accepted operation can have at this point, as those are cancelled
// under the lock of the connection that the caller holds, or closed with another result.

@c(nng_stream_recv)
public func receiveCompletingWhatIsDropped(_ stream: OpaquePointer?, _ operation: OpaquePointer?) {
    NNGStream.receive(stream, operation)
    NNGStream.finishIfDropped(operation)
}

@c(nng_stream_send)
public func sendCompletingWhatIsDropped(_ stream: OpaquePointer?, _ operation: OpaquePointer?) {
    NNGStream.send(stream, operation)
    NNGStream.finishIfDropped(operation)
}

/// NNG's own definitions.
private enum NNGStream {
    typealias Submit = @convention(c) (OpaquePointer?, OpaquePointer?) -> Void

    static let receive = find("nng_stream_recv")
    static let send = find("nng_stream_send")

    private static func find(_ name: String) -> Submit {
        // RTLD_NEXT, a cast that Swift does not import: the definition after ours.
        guard let symbol = dlsym(UnsafeMutableRawPointer(bitPattern: -1), name) else {
            fatalError("libnng has no \(name)")
        }
        return unsafeBitCast(symbol, to: Submit.self)
    }

    static func finishIfDropped(_ operation: OpaquePointer?) {
        guard nng_aio_result(operation) == Int32(bitPattern: NNG_ECANCELED.rawValue) else { return }
        nng_aio_finish(operation, Int32(bitPattern: NNG_ECLOSED.rawValue))
    }
}

/// Sees to it that the definitions above are linked in such that NNG reaches them. Where they are not (in a program
/// that hides its symbols, or loads this code when NNG is loaded already) nothing would show it until a peer hangs up.
enum DroppedOperations {
    private static let isInPlace = areMended { definition($0) }

    /// Where a name leads.
    ///
    /// - Parameter isNext: passes over this program's own definition, as if it were not there.
    static func definition(_ name: String, isNext: Bool = false) -> UnsafeMutableRawPointer? {
        // RTLD_NEXT, a macro that Swift does not import.
        dlsym(isNext ? UnsafeMutableRawPointer(bitPattern: -1) : nil, name)
    }

    /// - Parameter find: the definition of a name that a library loaded by this program gets.
    static func areMended(by find: (String) -> UnsafeMutableRawPointer?) -> Bool {
        let receive: @convention(c) (OpaquePointer?, OpaquePointer?) -> Void = receiveCompletingWhatIsDropped
        let send: @convention(c) (OpaquePointer?, OpaquePointer?) -> Void = sendCompletingWhatIsDropped
        return find("nng_stream_recv") == unsafeBitCast(receive, to: UnsafeMutableRawPointer.self)
            && find("nng_stream_send") == unsafeBitCast(send, to: UnsafeMutableRawPointer.self)
    }

    static func require(_ isInPlace: Bool = isInPlace) throws(NNGError) {
        guard isInPlace else {
            throw NNGError(
                .notSupported,
                "this program does not put its nng_stream_recv and nng_stream_send in the place of NNG's: link the NNG "
                    + "module into the executable itself, with its symbols exported")
        }
    }
}
