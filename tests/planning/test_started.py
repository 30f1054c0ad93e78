"""Started parcels are filled first without moving their content; the rest is planned as usual."""

import contextlib
import dataclasses

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import strategies
from boxwright import (
    BoxType,
    Catalog,
    Fragility,
    InvalidInputError,
    Item,
    Order,
    Placement,
    Policy,
    PropertyAmount,
    PropertyCap,
    StartedParcel,
    Task,
    check,
    load_catalog,
    plan,
    plans,
)
from boxwright.domain.box import BoxStyle
from boxwright.domain.plan import PlanStatus, ProofStatus, UnpackedReason, begun_steps
from boxwright.domain.warning import WarningCode
from verified import verified

BOX = BoxType("box", 300, 200, 200, 306, 206, 212, tare_g=250, max_gross_g=20_000)
SMALL = BoxType("small", 100, 100, 100, tare_g=60)
CATALOG = Catalog("two", [BOX, SMALL])
BOOK = Item("book", 3, 150, 200, 50, 800)
LYING = Placement("book", 0, 0, 0, 0, 150_000, 200_000, 50_000)
STARTED = StartedParcel("P-7", "box", [LYING])


def where(answer) -> list[tuple[str, str, list[str]]]:
    """Return for each parcel the started parcel that it continues, its box type and its units."""
    return [
        (each.started_parcel_id, each.box_type_id, [f"{one.line_id}{one.unit_index}" for one in each.placements])
        for each in answer.parcels
    ]


def test_a_started_parcel_is_finished_before_another_is_opened() -> None:
    """The content comes first in the sequence and is not moved; units that fit are added, and no box is opened."""
    order = Order("o", [BOOK, Item("cup", 1, 80, 80, 80, 300)])
    answer = verified(order, CATALOG, started_parcels=[STARTED])
    ((name, box, units),) = where(answer)
    assert (name, box, units[0]) == ("P-7", "box", "book0")
    assert sorted(units) == ["book0", "book1", "book2", "cup0"]
    assert answer.parcels[0].placements[0] == LYING
    assert answer.parcels[0].net_mg == 2_700_000


def test_whole_groups_in_a_started_parcel_do_not_restrict_other_units() -> None:
    """Two groups of two books are in the parcel; of two blocks without a group, one goes in beside them."""
    books = [Item(name, 2, 150, 200, 25, 400, keep_together_group=name) for name in ("atlas", "bible")]
    lying = [
        Placement(line.line_id, unit, 150_000 * unit, 0, 25_000 * layer, 150_000, 200_000, 25_000)
        for layer, line in enumerate(books)
        for unit in range(2)
    ]
    order = Order("o", [*books, Item("block", 2, 300, 200, 100, 900)])
    answer = plan(order, CATALOG, started_parcels=[StartedParcel("P-7", "box", lying)])
    assert sorted(where(answer)[0][2]) == ["atlas0", "atlas1", "bible0", "bible1", "block0"]
    assert answer.status is PlanStatus.COMPLETE


def test_what_does_not_fit_gets_further_boxes() -> None:
    """A full started parcel leaves the rest to new boxes; nothing is proved of the plan as a whole."""
    order = Order("o", [BOOK, Item("block", 2, 300, 200, 100, 900)])
    answer = plan(order, CATALOG, started_parcels=[STARTED])
    first, *others = where(answer)
    assert first[0] == "P-7"
    assert [each[0] for each in others] == [""] * len(others)
    assert answer.status is PlanStatus.COMPLETE
    assert len(answer.parcels) == 2
    assert answer.certificate.status is ProofStatus.OPEN
    assert not answer.certificate.refused_candidates


def test_nothing_goes_where_it_cannot_be_set_down_from_above() -> None:
    """The space under a plate on two books would hold the cup, but cannot be reached."""
    book, plate = Item("book", 2, 120, 200, 100, 800), Item("plate", 1, 300, 200, 100, 900)
    lying = (
        Placement("book", 0, 0, 0, 0, 120_000, 200_000, 100_000),
        Placement("book", 1, 180_000, 0, 0, 120_000, 200_000, 100_000),
        Placement("plate", 0, 0, 0, 100_000, 300_000, 200_000, 100_000),
    )
    order = Order("o", [book, plate, Item("cup", 1, 50, 50, 50, 300)])
    answer = plan(order, CATALOG, started_parcels=[StartedParcel("P-1", "box", lying)])
    assert where(answer)[1] == ("", "small", ["cup0"])


def test_a_carton_laid_at_the_height_of_its_margin_stays_and_others_keep_the_space_under_theirs() -> None:
    """A carton on a thin, weak unit in a started parcel stays there; a new carton is not placed like that."""
    thin, retail = (
        Item("thin", 1, 200, 150, 25, 400, max_load_g=1_000),
        Item("retail", 2, 120, 100, 50, 500, article="headphones"),
    )
    book = Placement("thin", 0, 0, 0, 0, 200_000, 150_000, 25_000)
    carton = Placement("retail", 0, 25_000, 25_000, 25_000, 120_000, 100_000, 50_000, wall_margin_um=25_000)
    begun = StartedParcel("P-7", "box", [book, carton])
    order = Order("o", [thin, retail])
    answer = plan(order, CATALOG, started_parcels=[begun])
    (parcel,) = answer.parcels
    assert parcel.placements[:2] == (book, carton)
    assert parcel.placements[2].z_um != 25_000 or parcel.placements[2].x_um >= 200_000
    anew = dataclasses.replace(answer, parcels=(dataclasses.replace(parcel, started_parcel_id=""),))
    assert "overlap" in {found.kind.value for found in check(anew, order, CATALOG)}


def test_limits_count_what_lies_there() -> None:
    """Weight limit and load bearing apply to old and new units together."""
    heavy = Item("heavy", 3, 100, 100, 100, 9_000)
    started = StartedParcel("P-1", "box", [Placement("heavy", 0, 0, 0, 0, 100_000, 100_000, 100_000)])
    answer = plan(Order("o", [heavy]), CATALOG, started_parcels=[started])
    assert [len(units) for _, _, units in where(answer)] == [2, 1]
    weak = dataclasses.replace(BOOK, max_load_g=0.0, quantity=1)
    order = Order("o", [weak, Item("slab", 1, 300, 200, 20, 100)])
    assert len(plan(order, CATALOG, started_parcels=[STARTED]).parcels) == 2


def test_an_open_box_without_units_is_used_first() -> None:
    """A started box is used although a smaller one would be enough, and does not count in the stock."""
    catalog = Catalog("last", [dataclasses.replace(BOX, available=1), SMALL])
    order = Order("o", [Item("cup", 1, 80, 80, 80, 300), Item("block", 1, 300, 200, 195, 900)])
    answer = plan(order, catalog, started_parcels=[StartedParcel("P-1", "box")])
    assert [(name, box) for name, box, _ in where(answer)] == [("P-1", "box"), ("", "small")]
    twice = Order("o", [Item("block", 2, 300, 200, 195, 900)])
    assert [name for name, _, _ in where(plan(twice, catalog, started_parcels=[StartedParcel("P-1", "box")]))] == [
        "P-1",
        "",
    ]


def test_an_open_box_that_takes_nothing_is_left_out_and_named() -> None:
    """A started box that holds nothing after planning is no parcel, and a warning names it."""
    answer = plan(Order("o", [BOOK]), CATALOG, started_parcels=[StartedParcel("P-1", "small")])
    assert where(answer)[0][0] == ""
    assert any("'P-1'" in each.message for each in answer.warnings)


def test_begun_parcels_count_to_the_most_allowed() -> None:
    """If one parcel is allowed and started, units that do not fit it are unpacked for that reason."""
    order = Order("o", [BOOK, Item("block", 2, 300, 200, 100, 900)])
    answer = plan(order, CATALOG, Policy(max_parcels=1, allow_partial=True), started_parcels=[STARTED])
    assert len(answer.parcels) == 1
    assert {out.reason for out in answer.unpacked} == {UnpackedReason.MAX_PARCELS_REACHED}


def test_company_is_kept_in_begun_parcels() -> None:
    """The rest of a group goes into the started parcel; units kept apart or above a cap do not."""
    amounts = [PropertyAmount("wh", 60)]
    order = Order(
        "o",
        [
            dataclasses.replace(BOOK, quantity=2, keep_together_group="set", keep_apart_group="paper"),
            Item("soap", 1, 50, 50, 50, 100, keep_apart_group="soap"),
            Item("cell", 2, 50, 50, 50, 100, property_amounts=amounts),
        ],
    )
    policy = Policy(property_caps=[PropertyCap("wh", 100)])
    answer = plan(order, CATALOG, policy, started_parcels=[STARTED])
    (_, _, first), *others = where(answer)
    assert {"book0", "book1"} <= set(first)
    assert "soap0" not in first
    assert sum(unit.startswith("cell") for unit in first) == 1
    assert len(others) == 1


def test_a_group_that_cannot_be_completed_is_an_error() -> None:
    """A started parcel without room for the rest of its keep-together group is an error."""
    order = Order("o", [dataclasses.replace(BOOK, quantity=9, keep_together_group="set")])
    with pytest.raises(InvalidInputError) as raised:
        plan(order, CATALOG, started_parcels=[STARTED])
    (violation,) = raised.value.violations
    assert violation.field == "started_parcels[0]"
    assert "8" in violation.rule


SHOP = load_catalog("eu-webshop")
TEAPOT = Item("teapot", 1, 240, 150, 150, 900, fragility=Fragility("fragile"))
CUPS = Item("cup", 2, 100, 80, 70, 200, fragility=Fragility("fragile"))


def named(*units: tuple[str, int]) -> tuple[Placement, ...]:
    """Return placements that name units alone."""
    return tuple(Placement(line_id, index, 0, 0, 0, 0, 0, 0) for line_id, index in units)


@pytest.mark.parametrize(
    "units", [[("teapot", 0)], [("cup", 1)], [("cup", 1), ("cup", 0)], [("teapot", 0), ("cup", 0), ("cup", 1)]]
)
def test_a_box_whose_units_are_named_alone_gets_the_plan_that_the_order_had(units) -> None:
    """Units lie as in the plan of the whole order, those in the box first, with a warning about the assumed layout."""
    order = Order("o", [TEAPOT, CUPS])
    (at_once,) = plan(order, SHOP, profiles=()).parcels
    begun = [StartedParcel("tote", at_once.box_type_id, named(*units))]
    answer = plan(order, SHOP, profiles=(), started_parcels=begun)
    (parcel,) = answer.parcels
    assert set(parcel.placements) == set(at_once.placements)
    assert {(each.line_id, each.unit_index) for each in parcel.placements[: len(units)]} == set(units)
    assert WarningCode.STARTED_LAYOUT_ASSUMED in {each.code for each in answer.warnings}


def test_a_unit_named_alone_is_taken_out_where_all_goes_in_only_below_it() -> None:
    """Nothing may lie on the lid, so it is assumed to be packed last, and the order gets no second parcel."""
    order = Order("o", [Item("block", 1, 300, 200, 100, 900), Item("lid", 1, 300, 200, 90, 100, max_load_g=0)])
    begun = [StartedParcel("P-7", "box", named(("lid", 0)))]
    answer = plan(order, CATALOG, started_parcels=begun)
    assert where(answer) == [("P-7", "box", ["block0", "lid0"])]
    assert not begun_steps(answer.parcels[0], begun)


def test_units_named_alone_leave_room_for_more() -> None:
    """If not all goods fit the started box, its content is assumed to lie in its corner."""
    order = Order("o", [TEAPOT, CUPS, Item("block", 1, 380, 380, 280, 3_000)])
    begun = [StartedParcel("tote", "eu-400x400x300", named(("teapot", 0)))]
    answer = plan(order, SHOP, profiles=(), started_parcels=begun)
    assert [sorted(units) for _, _, units in where(answer)] == [["cup0", "cup1", "teapot0"], ["block0"]]


def test_a_unit_named_alone_may_lie_in_an_open_box_though_a_pack_takes_it() -> None:
    """A bottle in a started parcel stays there; the next one goes into its pack."""
    order = Order("o", [Item("wine", 2, 80, 80, 290, 1_250, article="wine_bottle")])
    begun = [StartedParcel("tote", "eu-600x400x400", named(("wine", 0)))]
    answer = plan(order, SHOP, profiles=(), started_parcels=begun)
    assert [units for _, _, units in where(answer)] == [["wine0"], ["wine1"]]


MAILER = BoxType("mailer", 300, 200, 40, style=BoxStyle.FLAT_MAILER)


def started_with(*changes: dict[str, object], **fields: object) -> StartedParcel:
    """Return the started parcel with books that lie otherwise than the first, or with other fields."""
    return dataclasses.replace(STARTED, placements=[dataclasses.replace(LYING, **each) for each in changes], **fields)


SECOND = started_with({"unit_index": 1}, started_parcel_id="P-8")
BOOKS = Order("o", [BOOK])


@pytest.mark.parametrize(
    ("started", "field", "rule"),
    [
        ([STARTED, started_with()], "[1].started_parcel_id", ""),
        ([started_with({}, box_type_id="hat")], "[0].box_type_id", ""),
        ([started_with({}, box_type_id="mailer")], "[0].box_type_id", ""),
        ([STARTED, started_with({}, started_parcel_id="P-8")], "[1].placements[0]", ""),
        ([started_with({"line_id": "cat"})], "[0].placements[0]", ""),
        ([StartedParcel("P", "small", named(("book", 0)))], "[0].placements", ""),
        ([StartedParcel("P", "box", named(("book", 0), ("book", 0)))], "[0].placements[1]", ""),
        ([started_with({"unit_index": 3})], "[0].placements[0]", ""),
        ([StartedParcel("Q", "small"), started_with({"x_um": 200_000})], "[1].placements[0]", "outside_box"),
        ([started_with({}, {"unit_index": 1, "x_um": 100_000})], "[0].placements[1]", "overlap"),
        ([started_with({"z_um": 50_000})], "[0].placements[0]", "unsupported"),
        ([started_with({"y_um": float("nan")})], "[0].placements[0]", "invalid_number"),
    ],
)
def test_a_begun_parcel_that_cannot_be_is_refused(started, field: str, rule: str) -> None:
    """Names, units and every rule of a packing are checked before planning; the field is named."""
    catalog = Catalog("three", [BOX, SMALL, MAILER])
    with pytest.raises(InvalidInputError) as raised:
        plan(BOOKS, catalog, started_parcels=started)
    assert any(each.field == f"started_parcels{field}" and rule in each.rule for each in raised.value.violations)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: StartedParcel("", "box"), "started_parcel_id"),
        (lambda: StartedParcel("P", None), "box_type_id"),
        (lambda: StartedParcel("P", "box", [1]), "placements[0]"),
        (lambda: plan(BOOKS, CATALOG, started_parcels=["P"]), "started_parcels[0]"),
        (lambda: plan(BOOKS, CATALOG, Policy(engine="py3dbp"), started_parcels=[STARTED]), "policy.engine"),
        (lambda: plans(Task(BOOKS, CATALOG, started_parcels=[STARTED]), alternatives=1), "alternatives"),
        (lambda: plan(BOOKS, CATALOG, Policy(max_parcels=1), started_parcels=[STARTED, SECOND]), "policy.max_parcels"),
    ],
)
def test_what_cannot_go_together_is_refused(make, field: str) -> None:
    """Each bad value is refused with the field it is in."""
    with pytest.raises(InvalidInputError) as raised:
        make()
    assert [violation.field for violation in raised.value.violations] == [field]


@given(strategies.orders(), strategies.catalogs(), strategies.policies, st.integers(1, 4))
@settings(max_examples=25, deadline=None)
def test_any_plan_can_be_taken_up_half_way(order: Order, catalog: Catalog, policy: Policy, count: int) -> None:
    """A planned parcel, packed up to some step, can be continued: no unit is lost or moved, and the plan is valid."""
    before = plan(order, catalog, policy, profiles=())
    rigid = {box.box_type_id for box in catalog.box_types if not box.flexible and not box.compartments}
    boxed = [parcel for parcel in before.parcels if parcel.box_type_id in rigid]
    assume(boxed)
    started = StartedParcel("started", boxed[0].box_type_id, boxed[0].placements[:count])
    groups = {line.line_id: line.keep_together_group for line in order.lines}
    if any(groups[each.line_id] for each in started.placements):
        # Half a group may be in the parcel, and the search may find no place for the other half.
        with contextlib.suppress(InvalidInputError):
            plan(order, catalog, policy, profiles=(), started_parcels=[started])
        return
    after = plan(order, catalog, policy, profiles=(), started_parcels=[started])
    assert check(after, order, catalog, policy, started_parcels=[started]) == []
    assert after.parcels[0].placements[: len(started.placements)] == started.placements
    packed = sum(len(parcel.placements) for parcel in after.parcels)
    assert packed + len(after.unpacked) == order.unit_count
