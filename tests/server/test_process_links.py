"""How the door, the process that loads and its copies hold together where the system is short of something."""

import asyncio
import errno
import json
import os
import signal
import socket
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from boxwright.errors import SearchEndedError
from boxwright.server.processes.place import Place
from boxwright.server.processes.team import Team
from boxwright.server.processes.template import FLAG_BYTES, Template, flags_at
from boxwright.server.processes.template_link import LoadingLostError, NoPlanningError, TemplateLink, shared_flags

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are copied by fork")


@pytest.fixture
def door():
    """Two ends of what the door and the process that loads talk over."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def place():
    """A place with nobody in it, and the descriptor of its flags."""
    descriptor, flags = shared_flags(1, FLAG_BYTES)
    yield Place(0, flags_at(flags, 0), lambda *_: None, lambda _: None)
    os.close(descriptor)


@pytest.fixture
def template(door):
    """The process that loads, in this one."""
    before = signal.getsignal(signal.SIGCHLD)
    made = Template(door[1])
    yield made
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, before)
    made._woken.close()
    made._wake.close()


def test_a_copy_that_the_system_refuses_ends_nothing(template, door, monkeypatch):
    """The process that loads says so, keeps no descriptor and goes on: its end would be that of all who plan."""

    def refuse():
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(os, "fork", refuse)
    pairs = socket.socketpair(), socket.socketpair()
    request = json.dumps({"do": "copy", "shelf": 3, "place": 1}).encode() + b"\n"
    socket.send_fds(door[0], [request], [theirs.fileno() for _, theirs in pairs])
    for _, theirs in pairs:
        theirs.close()
    assert template._hear()
    assert json.loads(door[0].recv(65_536)) == {
        "what": "not_copied",
        "shelf": 3,
        "place": 1,
        "why": f"[Errno {errno.EAGAIN}] {os.strerror(errno.EAGAIN)}",
    }
    assert not template._waiting
    assert not template._copies
    for ours, _ in pairs:
        assert ours.recv(1) == b""  # nobody holds the other end
        ours.close()


def link_to(ours):
    """Return the link over a socket, and what it said of its end."""
    gone = []
    process = SimpleNamespace(pid=0, wait=lambda *_: 0, kill=lambda: None)
    return TemplateLink(SimpleNamespace(process=process, socket=ours), lambda: gone.append(True)), gone


async def all_asked(theirs, count):
    """Return so many requests that wait in a socket, each with how many descriptors came with it."""
    theirs.setblocking(False)
    asked, descriptors, held = [], 0, b""
    while len(asked) < count:
        try:
            data, came, _, _ = socket.recv_fds(theirs, 65_536, 64)
        except BlockingIOError:
            await asyncio.sleep(0.001)
            continue
        for each in came:
            os.close(each)
        descriptors += len(came)
        *lines, held = (held + data).split(b"\n")
        asked += map(json.loads, lines)
    return asked, descriptors


def test_copies_are_asked_for_however_slowly_they_are_made(door):
    """A full socket is not the end of the process: what found no room is sent later, in its order."""
    count = 400

    async def run():
        link, gone = link_to(door[0])
        held = socket.socketpair()
        copies = [asyncio.ensure_future(link.copy(0, each, lambda *_: None, *held)) for each in range(count)]
        await asyncio.sleep(0)
        assert link._unsent
        for each in held:
            each.close()
        asked, descriptors = await all_asked(door[1], count)
        assert [each["place"] for each in asked] == list(range(count))
        assert descriptors == 2 * count
        assert not link._unsent
        said = [{"what": "copied", "shelf": 0, "place": each, "pid": 10_000 + each} for each in range(1, count)]
        said.insert(0, {"what": "not_copied", "shelf": 0, "place": 0, "why": "no memory"})
        for each in said:
            link._take(each)
        with pytest.raises(NoPlanningError, match="no memory"):
            await copies[0]
        assert await asyncio.gather(*copies[1:]) == [10_000 + each for each in range(1, count)]
        assert not gone
        link.close()

    asyncio.run(run())


def open_files():
    """Return how many descriptors this process has open; 0 where the system does not say."""
    return len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0


def test_what_waits_for_room_ends_with_the_process(door):
    """Whoever asked for a copy learns of it, and no descriptor stays open."""

    async def run():
        before = open_files()
        link, gone = link_to(door[0])
        held = socket.socketpair()
        copies = [asyncio.ensure_future(link.copy(0, each, lambda *_: None, *held)) for each in range(400)]
        await asyncio.sleep(0)
        assert link._unsent
        door[1].close()
        ended = await asyncio.gather(*copies, return_exceptions=True)
        assert {type(each) for each in ended} == {LoadingLostError}
        assert gone == [True]
        for each in held:
            each.close()
        assert not before or open_files() <= before - 2  # the door's two ends; others may go meanwhile

    asyncio.run(run())


def test_a_place_whose_process_is_about_to_be_ended_takes_no_order(place):
    """The order would be lost with it, for a fault of another."""

    async def run():
        pairs = socket.socketpair(), socket.socketpair()
        await place.fill(0, *(ours for ours, _ in pairs))
        assert place.idle
        place.why = SearchEndedError("too large")
        assert not place.idle
        place.close()
        await asyncio.sleep(0)
        for _, theirs in pairs:
            theirs.close()

    asyncio.run(run())


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="the system ends a process by its number alone")
def test_the_door_ends_a_process_by_itself(place):
    """The process that loads is deaf while it loads."""

    async def run():
        with subprocess.Popen(["sleep", "600"]) as process:
            assert not place.kill()
            pairs = socket.socketpair(), socket.socketpair()
            await place.fill(process.pid, *(ours for ours, _ in pairs))
            assert place.kill()
            assert process.wait(60) == -signal.SIGKILL
            assert place.kill()  # again, once it has ended
            place.close()
            await asyncio.sleep(0)
            for _, theirs in pairs:
                theirs.close()

    asyncio.run(run())


def test_a_place_is_filled_once_the_system_has_descriptors_again(monkeypatch):
    """One that could not be filled for want of them is tried again, not lost for good."""
    tried = []

    async def fill(self, place):
        tried.append(place)
        if len(tried) == 1:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(Team, "_fill", fill)
    monkeypatch.setattr("boxwright.server.processes.team.AGAIN_S", 0.0)
    none = dict.fromkeys(("heard", "lost", "ended", "ready"), lambda *_: None)
    team = Team(None, SimpleNamespace(drop=lambda _: None), 1, **none)
    asyncio.run(team._fill_again(team.places[0], 0.0))
    assert len(tried) == 2
    team.close()
