"""Head and body of an answer over HTTP leave together."""

import asyncio

import pytest

from boxwright.server.http.listen import MOST_HELD_BYTES, _Outgoing


class Transport:
    """Keeps what is written to it."""

    def __init__(self):
        self.written = []
        self.closed = False

    def is_closing(self):
        """Whether it was closed."""
        return self.closed

    def write(self, data):
        """Keep it."""
        assert not self.closed
        self.written.append(data)

    def close(self):
        """Close."""
        self.closed = True


def sent(*parts, close=False, gone=False):
    """Return what reaches the transport when parts are written in one turn of the event loop."""

    async def scene():
        transport = Transport()
        outgoing = _Outgoing(transport, asyncio.get_running_loop())
        for each in parts:
            outgoing.write(each)
        transport.closed = gone
        if close:
            outgoing.close()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return transport

    return asyncio.run(scene())


LONG = bytes(MOST_HELD_BYTES)


@pytest.mark.parametrize(
    ("parts", "written"),
    [
        ((b"head", b"body"), [b"headbody"]),
        ((b"head", b"", b"end"), [b"headend"]),
        ((b"head", LONG, b"end"), [b"head", LONG, b"end"]),
        ((), []),
    ],
    ids=["small", "empty part", "long body is not copied", "nothing"],
)
@pytest.mark.parametrize("close", [False, True])
def test_small_parts_are_written_at_once_and_in_order(parts, written, close):
    """Also where the connection closes right after them."""
    transport = sent(*parts, close=close)
    assert transport.written == written
    assert transport.closed is close


def test_nothing_is_written_once_the_caller_has_gone():
    """The transport of uvloop would raise an error."""
    assert sent(b"head", b"body", gone=True).written == []
