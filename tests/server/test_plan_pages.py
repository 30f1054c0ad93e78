"""Pages of stored plans: whose turn it is, what a large one draws, and what becomes of one that nobody reads."""

import asyncio
import threading
import time
import types

import pytest

from boxwright.errors import SearchEndedError
from boxwright.server import plan_pages
from boxwright.server.page_turns import PageTurns

from .live_calls import BOOK, page, request


def run(turns, *callers, leave=()):
    """Let callers ask in this order while the first has its turn; return in which order they have theirs."""

    async def scene():
        had, first_has_it, go_on = [], asyncio.Event(), asyncio.Event()

        async def ask(number):
            async with turns.turn(callers[number]):
                had.append(number)
                first_has_it.set()
                await go_on.wait()

        tasks = [asyncio.create_task(ask(0))]
        await first_has_it.wait()
        for number in range(1, len(callers)):
            tasks.append(asyncio.create_task(ask(number)))
            await asyncio.sleep(0)
        for number in leave:
            tasks[number].cancel()
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        return had

    return asyncio.run(asyncio.wait_for(scene(), 60))


def test_who_has_no_page_under_way_goes_before_the_second_of_another():
    """Four pages of one caller, then one each of two others."""
    assert run(PageTurns(), "a", "a", "a", "a", "b", "c") == [0, 4, 5, 1, 2, 3]


@pytest.mark.parametrize("leave", [(0,), (1,), (0, 4), (1, 2, 3)])
def test_who_leaves_holds_nobody_up(leave):
    """Whether it waits or has its turn; and the turns after that are given as ever."""
    turns = PageTurns()
    stayed = [each for each in (0, 4, 5, 1, 2, 3) if each not in leave or each == 0]
    assert run(turns, "a", "a", "a", "a", "b", "c", leave=leave) == stayed
    assert run(turns, "d", "d", "e") == [0, 2, 1]


def test_a_page_that_nobody_reads_is_made_no_further(monkeypatch):
    """What makes it ends once its reader has gone, and the next one is made."""
    begun, ended = threading.Event(), threading.Event()

    def made(stored, *others):
        begun.set()
        if stored.plan.plan_id == "short":
            return "page"
        try:
            for _ in range(10_000):
                others[-1].look()
                time.sleep(0.001)
        except SearchEndedError:
            ended.set()
        return ""

    async def read(what, *given):
        return what(*given)

    def stored(plan_id):
        return types.SimpleNamespace(plan=types.SimpleNamespace(plan_id=plan_id, catalog_hash="h"))

    store = types.SimpleNamespace(read=types.SimpleNamespace(plan=stored, catalog=lambda _: None))
    keeping, current = types.SimpleNamespace(store=store, read=read), types.SimpleNamespace(shelf=None)
    monkeypatch.setattr(plan_pages, "_made_page", made)

    async def scene():
        pages = plan_pages.PlanPages(keeping, current)
        leaving = asyncio.create_task(pages.page("long", "", "/", "a"))
        await asyncio.to_thread(begun.wait, 60)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        assert await asyncio.to_thread(ended.wait, 30)
        return await pages.page("short", "", "/", "b")

    assert asyncio.run(scene()) == "page"


def test_a_large_plan_has_one_picture_a_parcel(live, packing):
    """Past ``max_drawn_units``, 10 on this server; each step is there in words."""
    for quantity, drawn in ((10, True), (11, False)):
        plan = packing.Pack(request({**BOOK, "quantity": quantity}, persist=True), timeout=20).plan
        status, _, text = page(live, plan.name)
        assert status == 200
        assert text.count("<img") == len(plan.parcels) + (quantity if drawn else 0)
        assert text.count('class="number"') == quantity
