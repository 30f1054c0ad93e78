"""Pages of stored plans: what a large one draws, and what becomes of one that nobody reads."""

import asyncio
import threading
import time
import types

import pytest

from boxwright.errors import SearchEndedError
from boxwright.server import plan_pages

from .live_calls import BOOK, page, request


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

    async def stored(name, _):
        return types.SimpleNamespace(plan=types.SimpleNamespace(plan_id=name.partition("/")[2], catalog_hash="h"))

    store = types.SimpleNamespace(read=types.SimpleNamespace(catalog=lambda _: None))
    keeping = types.SimpleNamespace(store=store, read=read, plan=stored)
    current = types.SimpleNamespace(dataset=None)
    monkeypatch.setattr(plan_pages, "_made_page", made)

    async def scene():
        pages = plan_pages.PlanPages(keeping, current)
        leaving = asyncio.create_task(pages.page("long", "", "/"))
        await asyncio.to_thread(begun.wait, 60)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        assert await asyncio.to_thread(ended.wait, 30)
        return await pages.page("short", "", "/")

    assert asyncio.run(scene()) == "page"


def test_a_large_plan_has_one_picture_a_parcel(live, packing):
    """Past ``max_drawn_units``, 10 on this server; each step is there in words."""
    for quantity, drawn in ((10, True), (11, False)):
        plan = packing.Pack(request({**BOOK, "quantity": quantity}, persist=True), timeout=20).plan
        status, _, text = page(live, plan.name)
        assert status == 200
        assert text.count("<img") == len(plan.parcels) + (quantity if drawn else 0)
        assert text.count('class="number"') == quantity
