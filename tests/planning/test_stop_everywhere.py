"""Every loop checks the stop, so planning ends anywhere, and the work between two checks stays short."""

import sys
from dataclasses import replace
from functools import cache, partial
from types import FrameType

import pytest

from boxwright import (
    BoxType,
    Catalog,
    Fragility,
    Item,
    Lane,
    Leg,
    Order,
    Policy,
    Stop,
    check,
    load_catalog,
    plan,
    verify_certificate,
)
from boxwright.domain.plan import Plan, ProofStatus
from boxwright.domain.property_cap import PropertyAmount, PropertyCap
from boxwright.errors import CpuCeilingError, SearchEndedError
from boxwright.packing.own import warm_up
from boxwright.planning.model import OrderModel

BOXES = [
    BoxType(
        f"box-{n}",
        320 + 60 * n,
        310 + 36 * n,
        310 + 27 * n,
        max_gross_g=30_000,
        tare_g=300,
        material_id="corrugated-board",
    )
    for n in range(8)
]
BARE = Catalog("bare", BOXES)
PADDED = Catalog("padded", BOXES, dunnage=load_catalog("us-stock").dunnage)
BY_ROAD = Lane([Leg("road", 500)])
MOST_CALLS = 6_000
"""Maximum number of function calls between two checks, well below 5 ms: a call takes less than a microsecond."""


@cache
def order(lines: int, quantity: int, **fields) -> Order:
    """Lines of different units."""
    edges = [(90 + 7 * n % 200, 80 + 11 * n % 190, 70 + 13 * n % 180) for n in range(lines)]
    return Order("o", [Item(f"line-{n}", quantity, *each, 2_500 + n, **fields) for n, each in enumerate(edges)])


@cache
def kept_apart(lines: int, quantity: int) -> Order:
    """Lines in groups and with an amount that is capped."""
    kept = [
        replace(
            line,
            keep_apart_group=("food", "poison", "")[n % 3],
            property_amounts=(PropertyAmount("wh", n % 7 + 1),),
        )
        for n, line in enumerate(order(lines, quantity).lines)
    ]
    return Order("o", kept)


def planning(make, catalog, more, **policy):
    """Return a call of ``plan`` by the number of lines, their quantity and a stop."""
    asked = Policy(allow_partial=True, **policy)
    return lambda lines, quantity, stop: plan(make(lines, quantity), catalog, asked, **more, stop=stop)


CASES = {
    "plain": planning(order, BARE, {"profiles": ()}),
    "fragile": planning(partial(order, fragility=Fragility(g_level=60)), PADDED, {"lane": BY_ROAD}),
    "bearing": planning(partial(order, max_load_g=30_000), BARE, {}, objectives=["outer_volume"]),
    "apart": planning(kept_apart, BARE, {"profiles": ()}, property_caps=[PropertyCap("wh", 90)]),
    "emissions": planning(order, PADDED, {"lane": BY_ROAD}, objectives=["emissions"]),
}
each_case = pytest.mark.parametrize("asked", CASES.values(), ids=CASES)


class Counting(Stop):
    """Counts the checks of the stop, and ends everything, or only the search, at one of them."""

    def __init__(self, last: int | None = None, *, search: bool = False) -> None:
        super().__init__()
        self.looks, self._last, self._search = 0, last, search

    def look(self) -> None:
        """Count; end at the last."""
        self.looks += 1
        if self.looks == self._last:
            if self._search:
                self.end(CpuCeilingError("enough"))
            else:
                self.cancel()
        super().look()


@each_case
def test_planning_ends_with_an_error_at_whichever_look_it_is_cancelled(asked) -> None:
    """If the stop ends at any check, the end is never swallowed and no other error is raised."""
    whole = Counting()
    asked(12, 3, whole)
    assert whole.looks > 100
    for last in range(1, whole.looks, max(1, whole.looks // 5)):
        stop = Counting(last)
        with pytest.raises(SearchEndedError):
            asked(12, 3, stop)
        assert stop.looks == last


@each_case
def test_a_search_that_is_ended_gives_a_checked_plan_or_an_error_with_the_reason(asked) -> None:
    """Once there is a plan, it is the answer, marked as cut short and valid."""
    whole = Counting()
    asked(12, 3, whole)
    cut = 0
    for last in range(1, whole.effort_used, max(1, whole.effort_used // 5)):
        try:
            answer: Plan = asked(12, 3, Counting(last, search=True))
        except CpuCeilingError:
            assert not cut  # if an earlier end has a plan, a later one has a plan too
            continue
        assert answer.cut_short
        cut += 1
        assert answer.parcels
    assert cut


def longest_stretch(do) -> tuple[int, str]:
    """Return the maximum number of function calls of ``do`` between two checks, and these checks."""
    stop = Stop()
    most, count, where, since = 0, 0, "", ""

    def counting(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal most, count, where, since
        if event == "call" and frame.f_code is Stop.look.__code__:
            at = frame.f_back
            here = f"{at.f_code.co_filename}:{at.f_lineno}" if at else ""
            if count > most:
                most, where = count, f"from {since} to {here}"
            count, since = 0, here
        elif event in ("call", "c_call"):
            count += 1

    stop.look()
    sys.setprofile(counting)
    try:
        do(stop)
        stop.look()
    finally:
        sys.setprofile(None)
    return most, where


@pytest.mark.parametrize(
    "asked",
    [CASES[name] if name == "plain" else pytest.param(CASES[name], marks=pytest.mark.long) for name in CASES],
    ids=CASES,
)
def test_no_stretch_between_two_looks_grows_with_the_order(asked) -> None:
    """With 100 lines, and with many parcels, few functions are called between two checks of the stop."""
    warm_up()
    asked(12, 3, Stop())  # fill the caches first
    for lines, quantity in ((100, 1), (12, 15)):
        asked(lines, quantity, Stop())
        most, where = longest_stretch(lambda stop, lines=lines, quantity=quantity: asked(lines, quantity, stop))
        assert most < MOST_CALLS * 2 / 3, where


def test_the_check_ends_where_it_is_stopped() -> None:
    """The check of a thousand units in one parcel proceeds in steps that check the stop."""
    many = Order("o", [Item("a", 1_000, 20, 20, 20, 5)])
    policy = Policy(allow_partial=True)
    answer = plan(many, BARE, policy, profiles=())
    most, where = longest_stretch(lambda stop: check(answer, many, BARE, policy, stop=stop))
    assert most < MOST_CALLS, where
    with pytest.raises(SearchEndedError):
        check(answer, many, BARE, policy, stop=Counting(500))


def test_no_box_is_priced_for_the_whole_order_once_its_search_is_cut(monkeypatch) -> None:
    """Without time for proofs, the certificate leaves unexamined boxes open and is valid."""
    boxes = [*BOXES, BoxType("mailer", 300, 250, 60, style="flat_mailer", tare_g=20), BoxType("pole", 5_000, 60, 60)]
    asked = order(12, 3), Catalog("c", boxes)
    lane, priced, price = replace(BY_ROAD, carrier_service="usps/parcel"), [], OrderModel.price

    def noting(model, box, members, extents_um=None, *args, **fields):
        found = price(model, box, members, extents_um, *args, **fields)
        if extents_um is None and len(members) == 36:
            priced.append(box.box_type_id)
        return found

    for max_effort, is_priced in ((1, False), (400, True)):
        policy = Policy(max_effort=max_effort)
        with monkeypatch.context() as patched:
            patched.setattr(OrderModel, "price", noting)
            answer = plan(*asked, policy, lane, ())
        assert (answer.cut_short, answer.certificate.status) == (True, ProofStatus.OPEN)
        assert (bool(priced), bool(answer.certificate.refused_candidates)) == (is_priced, is_priced)
        assert verify_certificate(answer, *asked, policy, lane, ()) == []
