"""A client of Zhike's suite services, written from deploy/docs/wire.md and the .proto files alone."""

import hashlib
import hmac
import os
import struct
import time

import pynng
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

CALL_MAGIC = b"ZHKQ"
REPLY_MAGIC = b"ZHKA"
VERSION = 1
HMAC_SHA256 = 1
NO_MAC = 0
BUNDLE_MAGIC = b"ZHKB"
BUNDLE_REPLY_MAGIC = b"ZHKC"
HEADER = struct.Struct(">4sBBHI")
ITEM_HEADER = struct.Struct(">III")
MAC_BYTES = 32


class Contracts:
    """The messages of a descriptor set (protoc --include_imports --descriptor_set_out)."""

    def __init__(self, path):
        with open(path, "rb") as file:
            descriptors = descriptor_pb2.FileDescriptorSet.FromString(file.read())
        self._pool = descriptor_pool.DescriptorPool()
        for file in descriptors.file:
            self._pool.Add(file)

    def message(self, name):
        return message_factory.GetMessageClass(self._pool.FindMessageTypeByName(name))

    def method(self, path):
        service, name = path.split("/")
        return self._pool.FindServiceByName(service).FindMethodByName(name)


class Key:
    """A service key in its text form, `id:service:hex`."""

    def __init__(self, text):
        self.id, self.service, digits = text.split(":")
        self.secret = bytes.fromhex(digits)

    def mac(self, data):
        return hmac.new(self.secret, data, hashlib.sha256).digest()


class CallFailed(Exception):
    def __init__(self, envelope, signed):
        super().__init__(envelope.message)
        self.status = envelope.status
        self.field = envelope.field
        self.retry_after_ms = envelope.retry_after_ms if signed else 0
        self.not_executed = envelope.not_executed and signed
        self.signed = signed


class Client:
    def __init__(self, endpoint, key, contracts):
        self.key = key
        self.contracts = contracts
        self.socket = pynng.Req0(dial=endpoint, resend_time=-1, block_on_dial=True)

    def envelope(self, method, timeout_seconds):
        """A good envelope of a call that is made now."""
        envelope = self.contracts.message("zhike.rpc.v1.Envelope")()
        envelope.method = method
        envelope.caller = self.key.service
        envelope.key_id = self.key.id
        envelope.nonce = os.urandom(16)
        envelope.issued_at_micros = time.time_ns() // 1000
        envelope.remaining_milliseconds = int(timeout_seconds * 1000)
        envelope.request_id = os.urandom(8).hex()
        return envelope

    def sealed(self, envelope, body, version=VERSION):
        """The bytes of a call."""
        packed = envelope.SerializeToString()
        frame = HEADER.pack(CALL_MAGIC, version, HMAC_SHA256, 0, len(packed)) + packed + body
        return frame + self.key.mac(frame)

    def exchange(self, frame, timeout_seconds=10):
        """Sends bytes and gives the bytes of the reply; each call has a context of its own."""
        with self.socket.new_context() as context:
            context.send_timeout = context.recv_timeout = int(timeout_seconds * 1000)
            context.send(frame)
            return context.recv()

    def opened(self, frame, nonce):
        """The body of a reply, or its error."""
        magic, version, algorithm, zero, length = HEADER.unpack_from(frame)
        if magic != REPLY_MAGIC or version != VERSION or zero != 0:
            raise ValueError("this is not a reply of version 1")
        signed = algorithm == HMAC_SHA256
        end = len(frame) - (MAC_BYTES if signed else 0)
        if signed and not hmac.compare_digest(self.key.mac(frame[:end]), frame[end:]):
            raise ValueError("the reply is not signed with the key of the call")
        envelope = self.contracts.message("zhike.rpc.v1.ReplyEnvelope")()
        envelope.ParseFromString(frame[HEADER.size : HEADER.size + length])
        if envelope.status != 0:
            raise CallFailed(envelope, signed)
        if not signed or envelope.nonce != nonce:
            raise ValueError("the reply answers another call")
        return frame[HEADER.size + length : end]

    def call(self, method, timeout_seconds=10, idempotency_key="", principal=None, **fields):
        """Makes one call; `fields` are those of the request message."""
        description = self.contracts.method(method)
        request = self.contracts.message(description.input_type.full_name)(**fields)
        envelope = self.envelope(method, timeout_seconds)
        envelope.idempotency_key = idempotency_key
        if principal is not None:
            envelope.principal.CopyFrom(self.contracts.message("zhike.rpc.v1.Principal")(**principal))
        frame = self.exchange(self.sealed(envelope, request.SerializeToString()), timeout_seconds)
        reply = self.contracts.message(description.output_type.full_name)()
        reply.ParseFromString(self.opened(frame, envelope.nonce))
        return reply

    def bundle(self, calls, timeout_seconds=10):
        """Sends (method, fields of the request) together; gives status and reply of each."""
        own = self.contracts.message("zhike.rpc.v1.Envelope")
        shared = self.envelope("", timeout_seconds)
        shared.ClearField("remaining_milliseconds")
        shared.ClearField("request_id")
        items = b""
        for method, fields in calls:
            packed = own(method=method, request_id=os.urandom(8).hex()).SerializeToString()
            request = self.contracts.message(self.contracts.method(method).input_type.full_name)(**fields)
            body = request.SerializeToString()
            items += ITEM_HEADER.pack(8 + len(packed) + len(body), int(timeout_seconds * 1000), len(packed)) + packed + body
        packed = shared.SerializeToString()
        frame = HEADER.pack(BUNDLE_MAGIC, VERSION, HMAC_SHA256, 0, len(packed)) + packed + items
        reply = self.exchange(frame + self.key.mac(frame), timeout_seconds)
        magic, version, algorithm, zero, length = HEADER.unpack_from(reply)
        assert (magic, version, algorithm, zero) == (BUNDLE_REPLY_MAGIC, VERSION, HMAC_SHA256, 0)
        assert hmac.compare_digest(self.key.mac(reply[:-MAC_BYTES]), reply[-MAC_BYTES:])
        reply_envelope = self.contracts.message("zhike.rpc.v1.ReplyEnvelope")
        assert reply_envelope.FromString(reply[HEADER.size : HEADER.size + length]).nonce == shared.nonce
        position = HEADER.size + length
        replies = []
        for method, _ in calls:
            item_bytes, zero, envelope_bytes = ITEM_HEADER.unpack_from(reply, position)
            assert zero == 0
            start, end = position + ITEM_HEADER.size, position + 4 + item_bytes
            envelope = reply_envelope.FromString(reply[start : start + envelope_bytes])
            output = self.contracts.message(self.contracts.method(method).output_type.full_name)
            replies.append((envelope, output.FromString(reply[start + envelope_bytes : end])))
            position = end
        assert position == len(reply) - MAC_BYTES
        return replies

    def close(self):
        self.socket.close()
