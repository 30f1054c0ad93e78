"""The words of a design: the sentences around its table, and its cells."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from boxwright.design.buying import buying
from boxwright.design.result import Figures
from boxwright.domain.currency import minor_per_unit
from boxwright.domain.rounded import count as counted
from boxwright.domain.rounded import percent
from boxwright.domain.wishes import DesignObjective, Wishes
from boxwright.evaluation import OrderStatus
from boxwright.evaluation.wording import round_money, round_volume, round_weight, signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.design.halves import Half
    from boxwright.design.result import Design, Suite
    from boxwright.domain.box import BoxType

MOST_REASONS = 5
"""Maximum number of reasons for exclusion that are listed."""
LEAST_A_SIZE = 50
"""Different orders for each size below which a design may fit its own half too well: our own rule."""
_NOT_JUDGED = Figures(0, 0.0)
_ASSUMED = " (an assumption)"
_UNITS = {
    DesignObjective.COST: ("cost of packaging and carriage in {0}", "{0}"),
    DesignObjective.LITRES: ("outer volume in litres", "L"),
    DesignObjective.EMISSIONS: ("g CO2e by {1}", "g CO2e"),
}
"""Objective and unit; ``{0}`` is the currency, ``{1}`` the profile."""
_DEFAULTS = {field.name: field.default for field in fields(Wishes)}


def premises(design: Design) -> list[str]:
    """Return the premises of a design, one sentence a line."""
    parts, undated, wishes, price = design.halves, design.halves.undated, design.wishes, design.wishes.box_price
    held = parts.design.of + parts.judged.of
    if parts.from_day is not None:
        split = f"The orders from {parts.from_day} on are held out" + (
            f", {undated:,} without a date are not" if undated else ""
        )
    else:
        split = f"The halves are drawn at random (seed {wishes.seed})"
        split += f", since {undated:,} of {held:,} orders have no date" if 0 < undated < held else ""
    lines = [
        f"Designed for {_half(parts.design)}, evaluated on {_half(parts.judged)}. {split}.",
        f"Objective: {unit_name(design)}. Chosen from {len(design.candidates):,} candidates.",
    ]
    lines += [_new_sizes(wishes)] if wishes.may_add else []
    if price is not None:
        per_unit = minor_per_unit(price.currency)
        lines.append(
            f"A new box costs {price.per_piece_minor / per_unit:,.3f} {price.currency} plus"
            f" {price.per_m2_minor / per_unit:,.3f} {price.currency} per m² of its blank, as given."
        )
    most = max((len(suite.catalog.box_types) for suite in design.suites), default=0) * LEAST_A_SIZE
    fewest = min(len(parts.design.orders), len(parts.judged.orders))
    if fewest < most:
        lines.append(
            f"A half has {fewest:,} different orders. With fewer than {LEAST_A_SIZE} for each size ({most:,}), a design"
            " saves more on its own half than on other orders."
        )
    if wishes.min_pieces is not None:
        lines += _least_used(design, wishes.min_pieces)
    if wishes.pallet_share is not None:
        pallets = " or ".join(_by(pallet) for pallet in wishes.pallets_mm)
        lines.append(
            f"A layer of each new size covers at least {percent(wishes.pallet_share)} of a pallet of {pallets}."
        )
    if parts.drawn or parts.design.sampled or parts.judged.sampled:
        drawn = f", {held:,} drawn from {parts.of:,} orders," if parts.drawn else ""
        bound = ", and the bound holds for the sample only" if parts.bound_of_sample else ""
        lines.append(f"Figures of random samples{drawn} have a sampling error{bound}.")
    if design.today is None:
        lines.append(
            "Without today's catalog (--today) there is no comparison, and a design should take every order that"
            " any candidate takes."
        )
    elif design.fillers:
        boxes = "today's largest box" if design.fillers == 1 else f"each of today's {design.fillers} largest boxes"
        lines.append(
            f"One order that fills the box is added for {boxes}, so that the design takes what that box takes."
        )
    if design.unfilled:
        lines.append(
            f"Lane or policy allows no order that fills today's {', '.join(design.unfilled)}, so the design need not"
            " replace it."
        )
    return lines


def _half(half: Half) -> str:
    if half.sampled:
        return f"{sum(half.weights):,} of {counted(half.of, 'order')} (a random sample)"
    return f"{counted(half.of, 'order')} ({len(half.orders):,} different)"


def _new_sizes(wishes: Wishes) -> str:

    def assumed(name: str, text: str) -> str:
        return text + (_ASSUMED if getattr(wishes, name) == _DEFAULTS[name] else "")

    limits = [
        f"inner edges multiples of {assumed('step_mm', f'{wishes.step_mm:g} mm')}",
        f"depth at most {assumed('max_depth', f'{wishes.max_depth:g} times the shorter edge of the opening')}",
    ]
    for word, edges in (("from", wishes.smallest_mm), ("up to", wishes.largest_mm)):
        limits += [] if edges is None else [f"inner size {word} {_by(edges)}"]
    if wishes.max_aspect is not None:
        limits.append(f"longest edge at most {wishes.max_aspect:g} times the shortest")
    if wishes.max_sheet_mm is not None:
        limits.append(f"blank within {_by(wishes.max_sheet_mm)}")
    return f"New sizes: slotted cartons of {assumed('board_ids', ' or '.join(wishes.board_ids))}; {'; '.join(limits)}."


def _by(edges: Sequence[float]) -> str:
    return " x ".join(f"{edge:g}" for edge in edges) + " mm"


def _least_used(design: Design, pieces: int) -> list[str]:
    """Return sentences that tell whether each new size reaches its minimum use, with the exceptions."""
    broken = [f"  {_named(suite)} uses fewer of {', '.join(suite.too_few)}" for suite in design.suites if suite.too_few]
    broken += [
        f"  {_named(suite)} does not pack {counted(suite.design.lost, 'order')} of the design's half"
        for suite in design.suites
        if suite.design.lost
    ]
    if not broken:
        return [f"All given orders would use at least {pieces:,} boxes of each new size."]
    return [f"The minimum of {pieces:,} boxes of each new size is not reached without loss:", *broken]


def _named(suite: Suite) -> str:
    return f"the design of {counted(len(suite.catalog.box_types), 'size')}"


def remarks(design: Design) -> list[str]:
    """Return remarks on orders and boxes that the figures leave out, one sentence a line."""
    lines = []
    if design.outside:
        lines.append(f"{percent(design.outside_share)} of the design's orders are excluded from its figures.")
        reasons = list(design.reasons.items())
        lines += [f"  {count:,}: {reason}" for reason, count in reasons[:MOST_REASONS]]
        rest = sum(count for _, count in reasons[MOST_REASONS:])
        lines += [f"  {rest:,}: other reasons"] if rest else []
    if losing := [f"{len(suite.catalog.box_types)}" for suite in design.suites if suite.design.lost]:
        noun = "size" if losing == ["1"] else "sizes"
        lines.append(
            f"No design of {' or '.join(losing)} {noun} was found that takes all orders, so it has no bound and no gap."
        )
    judged = [(suite, suite.judged) for suite in design.suites if suite.judged is not None]
    left_out = judged[0][1].not_today if judged and design.today is not None else 0
    if left_out:
        assert design.evaluation is not None  # these designs always have an evaluation
        failed = design.evaluation.results[0].totals.count(OrderStatus.ERROR)
        why = [f"{failed:,} cannot be planned"] if failed else []
        why += [f"today's catalog does not pack {left_out - failed:,}"] if left_out > failed else []
        most, figures = max(judged, key=lambda pair: pair[1].gained)
        lines.append(
            f"{percent(left_out / sum(design.halves.judged.weights))} of the held-out orders ({left_out:,}) are not"
            f" compared: {', and '.join(why)}. {_named(most).capitalize()} packs {figures.gained:,} of"
            " them."
        )
    lines += _beyond(design)
    open_pairs = max((suite.undecided for suite in design.suites), default=0)
    if open_pairs:
        lines.append(
            f"Up to {counted(open_pairs, 'pair')} of an order and a box {'was' if open_pairs == 1 else 'were'} neither"
            f" packed nor refused: the bound counts {'it' if open_pairs == 1 else 'them'} as fitting."
        )
    return lines


def _sized_as(design: Design, box_type: BoxType) -> str:
    """Return a remark naming the box of today's catalog that has the size of a new one; empty if none has."""
    same = design.sized_as(box_type)
    if same is None:
        return ""
    return f"same size as today's {same.box_type_id}" + ("" if same.board_id else ", whose board is not stated")


def origin(design: Design, suite: Suite, box_type: BoxType) -> str:
    """Return the origin of a box of a design: new, kept, locked, from today's catalog or from another."""
    name = box_type.box_type_id
    if name in suite.new:
        return ", ".join(filter(None, ["new", _sized_as(design, box_type)]))
    origins = ["kept"] if name in design.kept else []
    origins += ["locked"] if name in design.wishes.lock else []
    origins += ["today's"] if design.has_today(box_type) else []
    return ", ".join(origins) or "of another catalog"


def _beyond(design: Design) -> list[str]:
    least = design.per_order(design.least_of_any, next((suite.design.orders for suite in design.suites), 0))
    if least is None:
        return []
    of_order = f"{unit(design)} an order"
    lines = [f"With all candidates in stock, the design's half would come to {least:,.2f} {of_order} or more."]
    cut = design.cut_to_size
    if cut is not None and cut.orders:
        lines.append(
            f"Boxes cut to size for {counted(cut.orders, 'order')} of this half come to"
            f" {design.in_units(cut.total / cut.orders):,.2f} {of_order}, {_named(design.suites[-1])} to"
            f" {design.in_units(cut.designs[-1] / cut.orders):,.2f} on the same orders. The machine is not counted."
        )
        if cut.lost:
            lines.append(f"No box cut to size within the limits was found for another {counted(cut.lost, 'order')}.")
    return lines


def of_year(design: Design, suite: Suite) -> str:
    """Return the yearly change with sign and unit; a dash if unknown."""
    value = design.change_of_year(suite)
    if value is None:
        return "–"
    if design.wishes.objective is DesignObjective.COST:
        return signed(round_money(value, design.currency))
    volume = design.wishes.objective is DesignObjective.LITRES
    return signed(round_volume(value) if volume else round_weight(value))


def due_to_prices(design: Design) -> list[str]:
    """Return the part of a change in money that is due to box prices, one sentence a line; empty if there is none.

    New boxes that are cheaper by their price model save money in any size.
    """
    parts = [(suite, suite.by_prices) for suite in design.suites if suite.judged and suite.judged.orders]
    known = [
        f"{counted(len(suite.catalog.box_types), 'size')} {signed(f'{design.in_money(part.per_order):,.3f}')}"
        for suite, part in parts
        if part is not None and part.per_order
    ]
    lines = []
    if known:
        lines.append(
            f"Part of the change in money due to box prices, in {design.currency} an order: {'; '.join(known)}. It is"
            " the change in cost if today's boxes had the price of new boxes where the design uses fewer of them."
        )
    if unknown := max((part.unknown for _, part in parts if part is not None), default=0):
        lines.append(
            f"The part due to prices is unknown for {counted(unknown, 'parcel')}: today's box has a price, but no"
            " board to compute the price of a new one."
        )
    return lines


def to_buy(design: Design, suite: Suite) -> list[str]:
    """Return the purchase and its payback, one sentence a line."""
    found = buying(design, suite)
    if found is None:
        return []
    lines = [f"{counted(len(found.bought), 'new size')} to buy."]
    costs = [
        bought.first * bought.box.price_minor
        for bought in found.bought
        if bought.first and bought.box.price_minor is not None
    ]
    if len(costs) < len(found.bought):
        unknown = "the number of orders a year" if all(bought.first is None for bought in found.bought) else "a price"
        lines[0] += f" The cost of the first orders is unknown, since {unknown} is."
    elif costs:
        lines[0] += f" The first orders cost {round_money(sum(costs), design.currency)}."
    bought_ids = {bought.box.box_type_id for bought in found.bought}
    if idle := [name for name in suite.new if name not in bought_ids]:
        lines[0] += f" Not to buy, since no plan uses it: {', '.join(idle)}."
    if found.gone:
        lines[0] += f" Boxes of today's catalog that are no longer needed: {', '.join(found.gone)}."
    if found.unstated:
        lines.append(
            f"The catalog does not state the stock (available) of {', '.join(found.unstated)}: no write-off is counted"
            " for it."
        )
    if found.saved is not None:
        lines.append(gain(design, suite))
    return lines


def gain(design: Design, suite: Suite) -> str:
    """Return the yearly saving and the payback time.

    A change that may be due to chance is marked and has no payback time. Empty if the change is unknown.
    """
    found = buying(design, suite)
    if found is None or found.saved is None:
        return ""

    def money(minor: float) -> str:
        return round_money(abs(minor), design.currency)

    more = " more" if found.saved < 0 else ""
    name, verb = _named(suite), "costs" if more else "saves"
    text = f"T{name[1:]} {verb} {money(found.saved)}{more} a year by the plans of the held-out orders"
    pays = "it never pays" if found.months is None else f"it pays after {found.months:,.1f} months"
    if not found.shown:
        text += ". The 95 % interval of this change includes 0 or is unknown: no saving is shown"
        pays = "whether it pays is unknown"
    return (
        f"{text}. New sizes cost {money(found.once)} once, and {money(found.written_off)} of today's stock are written"
        f" off, together {money(found.once + found.written_off)}: {pays}."
    )


def unit_name(design: Design) -> str:
    """Return the objective with its unit."""
    return _UNITS[design.wishes.objective][0].format(design.currency, design.profile_id)


def unit(design: Design) -> str:
    """Return the unit of the objective."""
    return _UNITS[design.wishes.objective][1].format(design.currency)


def table(design: Design) -> tuple[list[str], list[list[str]]]:
    """Return columns, with units that cells lack, and rows of the table over the number of sizes."""
    compared, mean = design.today is not None, unit(design)
    names = ["Sizes", f"Design, {mean}", f"Bound, {mean}", "Gap", f"Judged, {mean}"]
    names += [*(["Change", "95 % interval"] if compared else []), *(["A year"] if design.yearly else [])]

    def cell(total: float | None, orders: int) -> str:
        value = design.per_order(total, orders)
        return "–" if value is None else f"{value:,.2f}"

    rows = []
    for suite in design.suites:
        made, judged = suite.design, suite.judged or _NOT_JUDGED
        cells = [f"{len(suite.catalog.box_types)}", cell(made.total, made.orders), cell(suite.least, made.orders)]
        cells += ["–" if suite.gap is None else percent(suite.gap), cell(judged.total, judged.orders)]
        if compared:
            interval = judged.interval and f"{_change(judged.interval[0])[:-2]} to {_change(judged.interval[1])}"
            cells += [_change(judged.change), interval or "–"]
        cells += [of_year(design, suite)] if design.yearly else []
        rows.append([*cells, f"{made.lost:,} / {judged.lost:,}"])
    return [*names, "Lost, orders"], rows


def notes(design: Design) -> list[str]:
    """Return the notes below the table, one sentence a line."""
    first = (
        "Design: mean per order of the half designed for, each in one parcel. Bound: no choice of candidates has a"
        " lower mean on it. Judged: mean per order of the held-out half by plans, in several parcels where that is"
        " better. Lost: orders of either half that"
        f" {'the current catalog packs and the design does not' if design.today else 'are not packed'}."
    )
    if design.today is not None:
        first += f" Change: plans with the design against {design.today.catalog_id}, on the orders that both pack."
    year = [design.yearly.sentence] if design.yearly else []
    return [first, *year, *due_to_prices(design), *remarks(design)]


def _change(value: float | None) -> str:
    return "–" if value is None else signed(percent(value))
