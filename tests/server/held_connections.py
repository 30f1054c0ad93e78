"""Which of many connections the other side has ended, as far as that is known by now."""

import select
import socket
from collections.abc import Sequence


def ended(connections: Sequence[socket.socket]) -> set[int]:
    """Return the places of those that say something, which silent ones do at their end alone; nobody is waited for."""
    poll = select.poll()
    places = {each.fileno(): at for at, each in enumerate(connections)}
    for number in places:
        poll.register(number, select.POLLIN)
    return {places[number] for number, _ in poll.poll(0)}
