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
HEADER = struct.Struct(">4sBBHI")
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

    def close(self):
        self.socket.close()
