"""A stand-in for the workers: methods run in a thread of the test process."""

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
