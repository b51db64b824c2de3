"""Calls a running server as deploy/docs/wire.md says, rightly and wrongly: check_wire.py ENDPOINT KEY DESCRIPTORS."""

import sys

from zhike_client import CallFailed, Client, Contracts, Key

ECHO = "zhike.testing.v1.TestingService/Echo"
ADD = "zhike.testing.v1.TestingService/Add"
LIST = "zhike.testing.v1.TestingService/ListNumbers"

INVALID_ARGUMENT, DEADLINE_EXCEEDED, PERMISSION_DENIED = 3, 4, 7
FAILED_PRECONDITION, UNIMPLEMENTED, UNAVAILABLE, UNAUTHENTICATED = 9, 12, 14, 16


def expect(what, condition):
    if not condition:
        sys.exit(f"wrong: {what}")
    print(f"right: {what}")


def refusal(call):
    try:
        call()
    except CallFailed as failure:
        return failure
    sys.exit("wrong: a call that must be refused came through")


def check_calls(client):
    reply = client.call(ECHO, text="客户 1", payload=bytes(range(256)) * 1000)
    expect("a request comes back as it went", reply.text == "客户 1" and len(reply.payload) == 256_000)
    principal = {"user": "staff-17", "roles": ["manager"], "office_path": "/head/east/"}
    reply = client.call(ADD, amount=5, idempotency_key="once-1", principal=principal)
    expect("principal and idempotency key arrive", reply.total == 5)
    numbers, cursor = [], ""
    while True:
        page = client.call(LIST, count=25, page_cursor=cursor)
        numbers += page.numbers
        cursor = page.next_page_cursor
        if not cursor:
            break
    expect("pages follow one another", numbers == list(range(25)))


def check_refusals(client):
    failure = refusal(lambda: client.call(ADD, amount=-1))
    expect(
        "an error comes with its details",
        failure.status == FAILED_PRECONDITION and failure.field == "amount" and failure.retry_after_ms == 7,
    )
    failure = refusal(lambda: client.call("zhike.testing.v1.TestingService/Put", key="a"))
    expect("a method that is not on the list is refused", failure.status == PERMISSION_DENIED and failure.not_executed)
    failure = refusal(lambda: client.call(ECHO, timeout_seconds=0.3, text="sleep"))
    expect("the deadline reaches the handler", failure.status == DEADLINE_EXCEEDED and not failure.not_executed)


def check_signatures(client):
    def answer(envelope, frame):
        return client.opened(client.exchange(frame), envelope.nonce)

    envelope = client.envelope(ADD, 10)
    frame = client.sealed(envelope, b"")
    answer(envelope, frame)
    failure = refusal(lambda: answer(envelope, frame))
    expect("a repeated nonce is refused", failure.status == UNAUTHENTICATED and failure.signed)

    envelope = client.envelope(ADD, 10)
    frame = client.sealed(envelope, b"")
    failure = refusal(lambda: answer(envelope, frame[:-1] + bytes([frame[-1] ^ 1])))
    expect("a wrong MAC is refused, without a signature", failure.status == UNAUTHENTICATED and not failure.signed)

    failure = refusal(lambda: answer(envelope, client.sealed(envelope, b"", version=2)))
    expect("another version is refused", failure.status == UNIMPLEMENTED)

    envelope.issued_at_micros -= 20_000_000
    failure = refusal(lambda: answer(envelope, client.sealed(envelope, b"")))
    expect("an expired call is not executed", failure.status == DEADLINE_EXCEEDED and failure.not_executed)

    failure = refusal(lambda: answer(envelope, b"hello"))
    expect("garbage is refused", failure.status == INVALID_ARGUMENT)


def check_bundles(client):
    calls = [(LIST, {"count": 3}), (ECHO, {"text": "waits"}), (LIST, {"count": 5})]
    (first, three), (waiting, _), (last, five) = client.bundle(calls)
    expect("calls in a bundle are answered in their order", len(three.numbers) == 3 and len(five.numbers) == 5)
    expect("what is answered from memory says so", first.from_memory and last.from_memory)
    expect("what would keep others waiting is to come alone", waiting.status == UNAVAILABLE and waiting.not_executed)


def main():
    endpoint, key, descriptors = sys.argv[1:]
    client = Client(endpoint, Key(key), Contracts(descriptors))
    check_calls(client)
    check_refusals(client)
    check_signatures(client)
    check_bundles(client)
    client.close()
    print("a client in Python speaks the wire")


main()
