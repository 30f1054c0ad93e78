"""Stand-ins: workers whose methods run in a thread of the test process, and a call."""

import asyncio


class PlanningHere:
    """Runs methods, one order at a time."""

    at_once = 1

    def __init__(self, methods):
        self._methods = methods
        self._worker = asyncio.Lock()

    async def ask(self, asked, **_):
        """Return the answer of the methods."""
        async with self._worker:
            asked.stop.limit(asked.answer_by_s, None)
            return await asyncio.to_thread(self._methods.answer, asked)

    async def run(self, work, **_):
        """Run a function in a thread."""
        return await asyncio.to_thread(work)


class Context:
    """A call with a deadline that is not enforced, in seconds; None for none."""

    def __init__(self, left_s=None):
        self._left_s = left_s

    def peer(self):
        """Return the caller's address."""
        return "ipv4:127.0.0.1:1"

    def time_remaining(self):
        """Return the remaining time in seconds."""
        return self._left_s
