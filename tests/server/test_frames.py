"""Messages between the server and the process of an operation arrive whole, however the socket cuts them."""

import random

import pytest

from boxwright.server.operations.frames import Frames, frame

SENT = [((number, "answer", ("x",) * (number % 3)), bytes(range(number * 7 % 256)) * number) for number in range(40)]


@pytest.mark.parametrize("most", [1, 3, 64, 5_000, 1_000_000])
def test_messages_arrive_whole_and_in_order(most):
    """In pieces of a byte, in pieces that end inside of messages, and all at once."""
    draw = random.Random(most)
    data = b"".join(frame(head, body) for head, body in SENT)
    frames, heard = Frames(), []
    while data:
        cut = draw.randint(1, most)
        heard += frames.messages(data[:cut])
        data = data[cut:]
    assert heard == SENT
    assert all(type(body) is bytes for _, body in heard)
