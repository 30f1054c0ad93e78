"""What plans in the place of planning processes: methods in a thread of the tests."""

import asyncio


class PlanningHere:
    """Answers with methods, one order at a time."""

    at_once = 1

    def __init__(self, methods):
        self._methods = methods
        self._worker = asyncio.Lock()

    async def ask(self, asked, **_):
        """Return what the methods answer."""
        async with self._worker:
            asked.stop.limit(asked.answer_by_s, None)
            return await asyncio.to_thread(self._methods.answer, asked)

    async def run(self, work, **_):
        """Return what a thread does."""
        return await asyncio.to_thread(work)
