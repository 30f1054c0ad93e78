"""The log's lines are written many at once, in order, and none is lost or late where it matters."""

import asyncio
import io
import logging
import threading

import pytest

from boxwright.server.logs import GATHER_S, MOST_GATHERED, GatheringHandler


class Counting(io.StringIO):
    """A stream that counts its writes."""

    writes = 0

    def write(self, text: str) -> int:
        """Write, and count it."""
        self.writes += 1
        return super().write(text)


@pytest.fixture
def stream() -> Counting:
    """Return where the log goes."""
    return Counting()


@pytest.fixture
def logger(stream: Counting) -> logging.Logger:
    """Return a logger that writes there."""
    found = logging.Logger("gathered", logging.INFO)
    found.addHandler(GatheringHandler(stream))
    return found


def lines(stream: Counting) -> list[str]:
    """Return what is written so far."""
    return stream.getvalue().splitlines()


def test_lines_of_calls_are_written_many_at_once_and_soon(logger: logging.Logger, stream: Counting) -> None:
    """Ten calls cost one write, a moment later."""

    async def calls() -> None:
        logger.info("first")  # of an event loop that the handler does not know yet
        for number in range(10):
            logger.info("call %d", number)
        assert lines(stream) == ["first"]
        await asyncio.sleep(3 * GATHER_S)
        assert lines(stream) == ["first", *(f"call {number}" for number in range(10))]
        assert stream.writes == 2

    asyncio.run(calls())


def test_a_warning_is_written_at_once_after_what_waits(logger: logging.Logger, stream: Counting) -> None:
    """An error is seen at once, and so is what led to it."""

    async def calls() -> None:
        logger.info("first")
        logger.info("call")
        logger.warning("the store failed")
        assert lines(stream) == ["first", "call", "the store failed"]

    asyncio.run(calls())


def test_no_more_than_so_many_lines_wait(logger: logging.Logger, stream: Counting) -> None:
    """A burst does not wait in memory."""

    async def calls() -> None:
        for number in range(2 * MOST_GATHERED + 2):
            logger.info("call %d", number)
        assert len(lines(stream)) > MOST_GATHERED

    asyncio.run(calls())


def test_lines_of_other_threads_and_of_no_event_loop_are_written_at_once(
    logger: logging.Logger, stream: Counting
) -> None:
    """Only a running loop writes later."""
    logger.info("before")
    thread = threading.Thread(target=logger.info, args=("another thread",))
    thread.start()
    thread.join()
    assert lines(stream) == ["before", "another thread"]


def test_what_waits_when_the_loop_ends_is_written_with_the_next_line_or_at_the_end(
    logger: logging.Logger, stream: Counting
) -> None:
    """A stop loses nothing."""

    async def calls() -> None:
        logger.info("first")
        logger.info("last call")

    asyncio.run(calls())
    logger.info("stopped")
    assert lines(stream) == ["first", "last call", "stopped"]
    asyncio.run(calls())
    logger.handlers[0].flush()  # as logging.shutdown does
    assert lines(stream)[3:] == ["first", "last call"]
