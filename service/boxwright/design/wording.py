"""A design in words: the sentences round its curve, and the cells of this."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from boxwright.domain.currency import minor_per_unit
from boxwright.domain.wishes import DesignObjective, Wishes
from boxwright.evaluation.wording import counted, round_money, round_volume, round_weight, share, signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.design.result import Design, Suite
    from boxwright.domain.box import BoxType

MOST_REASONS = 5
"""Reasons for excluding orders that are listed."""
_ASSUMED = " (an assumption)"
_DEFAULTS = {field.name: field.default for field in fields(Wishes)}


def premises(design: Design) -> list[str]:
    """Return what a design rests on, a sentence a line."""
    parts, undated, wishes, price = design.halves, design.halves.undated, design.wishes, design.wishes.box_price
    held = parts.design.of + parts.judged.of
    if parts.from_day is not None:
        how = f"from {parts.from_day} on" + (f"; {undated:,} without a date are designed for" if undated else "")
    else:
        how = f"drawn with seed {wishes.seed}"
        how += f", since {undated:,} of {held:,} orders have no date" if 0 < undated < held else ""
    lines = [
        (
            f"Designed for {counted(parts.design.of, 'order')} ({len(parts.design.orders):,} different), judged on"
            f" {counted(parts.judged.of, 'order')} ({len(parts.judged.orders):,} different) {how}."
        ),
        f"Objective: {unit_name(design)}, each order in one parcel. Chosen from {len(design.candidates):,} candidates.",
    ]
    lines += [_new_sizes(wishes)] if wishes.may_add else []
    if price is not None:
        per_unit = minor_per_unit(price.currency)
        lines.append(
            f"A new box costs {price.per_piece_minor / per_unit:,.3f} {price.currency} a piece and"
            f" {price.per_m2_minor / per_unit:,.3f} {price.currency} per m² of its blank, as given."
        )
    if wishes.min_pieces is not None:
        lines += _least_used(design, wishes.min_pieces)
    if wishes.pallet_share is not None:
        pallets = " or ".join(_by(pallet) for pallet in wishes.pallets_mm)
        lines.append(f"A layer of each new size covers {share(wishes.pallet_share)} at least of a pallet of {pallets}.")
    if parts.drawn:
        drawn = f"They are {held:,} drawn from {parts.of:,} orders"
        lines.append(f"{drawn}: figures have an error, and the bound holds for those that were drawn.")
    if parts.design.sampled:
        lines.append(
            f"Orders of the design half are a sample of {sum(parts.design.weights):,}: its figures have an error, and"
            " the bound holds for the sample."
        )
    if parts.judged.sampled:
        lines.append(f"Orders of the judged half are a sample of {sum(parts.judged.weights):,}: figures have an error.")
    errors = [suite.judged.error for suite in design.suites if suite.judged.error is not None]
    if errors and (parts.drawn or parts.judged.sampled):
        lines.append(f"The error of a mean in the column Judged is {share(max(errors))} at most (95 % confidence).")
    if design.today is None:
        lines.append(
            "No catalog of today's was given (--today): there is no comparison, and a design is to take every order"
            " that any candidate takes."
        )
    elif design.fillers:
        which = "today's largest box" if design.fillers == 1 else f"each of today's {design.fillers} largest boxes"
        lines.append(f"For {which} it has one order more, which fills it.")
    if design.unfilled:
        lines.append(f"No room is kept for today's {', '.join(design.unfilled)}: rules let nothing into them.")
    return lines


def _new_sizes(wishes: Wishes) -> str:
    """Return what new sizes are, and within which limits, in a sentence; an assumption is called one."""
    board = " or ".join(wishes.board_ids) + (_ASSUMED if wishes.board_ids == _DEFAULTS["board_ids"] else "")
    step = f"{wishes.step_mm:g} mm" + (_ASSUMED if wishes.step_mm == _DEFAULTS["step_mm"] else "")
    limits = [f"inner edges multiples of {step}"]
    for word, edges in (("from", wishes.smallest_mm), ("up to", wishes.largest_mm)):
        limits += [] if edges is None else [f"inner size {word} {_by(edges)}"]
    if wishes.max_aspect is not None:
        limits.append(f"longest edge {wishes.max_aspect:g} times the shortest at most")
    if wishes.max_sheet_mm is not None:
        limits.append(f"blank within {_by(wishes.max_sheet_mm)}")
    return f"New sizes: slotted cartons of {board}; {'; '.join(limits)}."


def _by(edges: Sequence[float]) -> str:
    return " x ".join(f"{edge:g}" for edge in edges) + " mm"


def _least_used(design: Design, pieces: int) -> list[str]:
    """Return that new sizes are used as often as was asked for; or which are not, and which designs lose orders."""
    broken = [
        f"  {_named(suite)}: used less often: {', '.join(suite.too_few)}" for suite in design.suites if suite.too_few
    ]
    broken += [
        f"  {_named(suite)}: {counted(suite.design.lost, 'order')} of the design's half not packed"
        for suite in design.suites
        if suite.design.lost
    ]
    if not broken:
        return [f"All of the orders given would use {pieces:,} boxes of each new size at least."]
    return [f"{pieces:,} boxes of each new size at least were asked for, and are not reached without loss:", *broken]


def _named(suite: Suite) -> str:
    return f"the design of {counted(len(suite.catalog.box_types), 'size')}"


def remarks(design: Design) -> list[str]:
    """Return what is not in the figures, a sentence a line."""
    lines = []
    if design.outside:
        lines.append(f"{share(design.outside_share)} of the design's orders are excluded, and are not counted here.")
        reasons = list(design.reasons.items())
        lines += [f"  {count:,}: {reason}" for reason, count in reasons[:MOST_REASONS]]
        rest = sum(count for _, count in reasons[MOST_REASONS:])
        lines += [f"  {rest:,}: other reasons"] if rest else []
    if design.several_share:
        lines.append(
            f"{share(design.several_share)} of the orders counted have several units: plans may split them where that"
            " is less, and the bound is one for orders in one parcel."
        )
    if losing := [f"{len(each.catalog.box_types)}" for each in design.suites if each.design.lost]:
        noun = "size" if losing == ["1"] else "sizes"
        lines.append(
            f"No design of {' or '.join(losing)} {noun} was found that takes all orders: bound and gap, which are of"
            " all of them, are not stated there."
        )
    same = {
        box.box_type_id: f"{box.box_type_id} {_sized_as(design, box)}"
        for suite in design.suites
        for box in suite.catalog.box_types
        if box.box_type_id in suite.new and design.sized_as(box) is not None
    }
    lines += [f"New sizes that are on the shelf already: {'; '.join(same.values())}."] if same else []
    left_out = design.suites[0].judged.not_today if design.today is not None else 0
    if left_out:
        most = max(design.suites, key=lambda suite: suite.judged.gained)
        lines.append(
            f"{share(left_out / sum(design.halves.judged.weights))} of the orders that judge ({left_out:,}) are not"
            f" compared: no box of today's takes them as one parcel. {_named(most).capitalize()} takes"
            f" {most.judged.gained:,} of them."
        )
    lines += _beyond(design)
    open_pairs = max((each.undecided for each in design.suites), default=0)
    if open_pairs:
        lines.append(
            f"Up to {counted(open_pairs, 'pair')} of an order and a box {'was' if open_pairs == 1 else 'were'} neither"
            f" packed nor refused: the bound counts {'it' if open_pairs == 1 else 'them'} as fitting."
        )
    return lines


def _sized_as(design: Design, box_type: BoxType) -> str:
    """Return which of today's boxes a new one has the size of; empty if none."""
    same = design.sized_as(box_type)
    if same is None:
        return ""
    return f"sized as {same.box_type_id} of today's" + ("" if same.board_id else ", whose board is not stated")


def origin(design: Design, suite: Suite, box_type: BoxType) -> str:
    """Return where a box of a design comes from: new, kept, locked, on today's shelf or of another catalog."""
    name = box_type.box_type_id
    if name in suite.new:
        return ", ".join(filter(None, ["new", _sized_as(design, box_type)]))
    said = ["kept"] if name in design.kept else []
    said += ["locked"] if name in design.wishes.lock else []
    said += ["on today's shelf"] if design.has_today(box_type) else []
    return ", ".join(said) or "of another catalog"


def _beyond(design: Design) -> list[str]:
    """Return what any number of sizes reaches at best, and what boxes cut to size make."""
    least = design.per_order(design.least_of_any, next((suite.design.orders for suite in design.suites), 0))
    if least is None:
        return []
    of_order = f"{unit(design)} an order"
    lines = [f"No number of sizes among the candidates undercuts {least:,.2f} {of_order}."]
    cut = design.cut_to_size
    if cut is not None and cut.design.orders and cut.judged.orders:
        changed = "" if cut.judged.change is None else f" ({_change(cut.judged.change)})"
        lines.append(
            f"Boxes cut to size, one for each order: {design.in_units(cut.design.mean):,.2f} {of_order} on the"
            f" design's half,"
            f" {design.in_units(cut.judged.mean):,.2f} on the other{changed}; the machine itself is not counted."
        )
        one, other = cut.designs[-1]
        lines.append(
            f"Of the same orders ({cut.design.orders:,} and {cut.judged.orders:,}) {_named(design.suites[-1])} makes"
            f" {design.in_units(one / cut.design.orders):,.2f} and {design.in_units(other / cut.judged.orders):,.2f}."
        )
        if cut.design.lost or cut.judged.lost:
            lines.append(
                f"No box of its own within the limits was found for {counted(cut.design.lost, 'order')} of the design's"
                f" half and {cut.judged.lost:,} of the other: they are left out there."
            )
    return lines


def of_year(design: Design, suite: Suite) -> str:
    """Return the change of a year with sign and unit; a dash where it is not known."""
    value = design.change_of_year(suite)
    if value is None:
        return "–"
    if design.wishes.objective is DesignObjective.COST:
        return signed(round_money(value, design.currency))
    volume = design.wishes.objective is DesignObjective.LITRES
    return signed(round_volume(value) if volume else round_weight(value))


def due_to_prices(design: Design) -> list[str]:
    """Return how much of a change in money comes from other prices for a box, a sentence a line; none where none does.

    Boxes that are cheaper by the rule for new ones than today's save money in any size.
    """
    known = [each for each in design.suites if each.by_prices and each.by_prices.total and each.judged.orders]
    lines, per_unit = [], minor_per_unit(design.currency) if design.currency else 1
    if known:
        in_money = design.wishes.objective is DesignObjective.COST
        said = []
        for suite in known:
            part, judged = suite.by_prices, suite.judged
            assert part is not None  # as asked above
            of = f" of {_money((judged.total - (judged.today or 0)) / judged.orders / per_unit)}" if in_money else ""
            amount = f"{_money(part.total / judged.orders / per_unit)}{of} {design.currency} an order"
            said.append(f"{counted(len(suite.catalog.box_types), 'size')} {amount}")
        change = "the judged change" if in_money else "any change in money"
        lines.append(
            f"So much of {change} is due to prices and not to sizes: {'; '.join(said)}. As new boxes, today's would"
            " cost that much less (−) or more (+), where the design has a new box instead."
        )
    unknown = max((each.by_prices.unknown for each in design.suites if each.by_prices), default=0)
    if unknown:
        lines.append(
            f"How much of a change in money is due to prices is not known for {counted(unknown, 'order')}: the box of"
            " today's has a price, and no board by which to price it as a new one."
        )
    return lines


def by_prices_per_order(design: Design, suite: Suite) -> float | None:
    """Return which part of the judged change comes from prices, in currency units per order; None where not known."""
    part, orders = suite.by_prices, suite.judged.orders
    if part is None or not part.orders or not orders:
        return None
    return part.total / minor_per_unit(design.currency) / orders


def _money(amount: float) -> str:
    return signed(f"{amount:,.3f}")


def unit_name(design: Design) -> str:
    """Return what is made least, with its unit."""
    return {
        DesignObjective.COST: f"cost of packaging and carriage in {design.currency}",
        DesignObjective.LITRES: "outer volume in litres",
        DesignObjective.EMISSIONS: f"g CO2e by {design.profile_id}",
    }[design.wishes.objective]


def unit(design: Design) -> str:
    """Return the unit of a figure of the objective."""
    return {
        DesignObjective.COST: design.currency,
        DesignObjective.LITRES: "L",
        DesignObjective.EMISSIONS: "g CO2e",
    }[design.wishes.objective]


def columns(design: Design) -> list[str]:
    """Return the names of the columns of the curve over the number of sizes, with units that cells do not have."""
    compared = design.today is not None
    mean = unit(design)
    names = ["Sizes", f"Design, {mean}", f"Bound, {mean}", "Gap", *(["Change"] if compared else []), f"Judged, {mean}"]
    return [*names, *(["Change", "95 % interval"] if compared else []), "No box, orders"]


def notes(design: Design) -> list[str]:
    """Return what is said below the curve, a sentence a line."""
    lines = legend(design)
    if design.yearly is not None and design.today is not None:
        changes = [
            f"{counted(len(suite.catalog.box_types), 'size')} {of_year(design, suite)}" for suite in design.suites
        ]
        said = f"Change a year, as judged, each order in one parcel: {'; '.join(changes)}."
        lines.append(f"{said} {design.yearly.sentence}")
    return [*lines, *due_to_prices(design), *remarks(design)]


def legend(design: Design) -> list[str]:
    """Return what the columns of the curve say, a sentence a line."""
    lines = [
        "Design and Judged: mean of an order on either half; Bound: what no choice of candidates undercuts on the",
        "design's; No box: orders of either half that no box of the design takes whole.",
    ]
    if design.today is not None:
        lines.append(f"Change: from {design.today.catalog_id}, on the orders that both take.")
    return [" ".join(lines)]


def row(design: Design, suite: Suite) -> list[str]:
    """Return the cells of a design in the curve over the number of sizes."""
    compared = design.today is not None

    def mean(total: float | None, orders: int) -> str:
        value = design.per_order(total, orders)
        return "–" if value is None else f"{value:,.2f}"

    made, judged = suite.design, suite.judged
    cells = [f"{len(suite.catalog.box_types)}", mean(made.total, made.orders), mean(suite.least, made.orders)]
    cells.append("–" if suite.gap is None else share(suite.gap))
    cells += [_change(made.change)] if compared else []
    cells.append(mean(judged.total, judged.orders))
    if compared:
        ends = judged.interval
        cells += [_change(judged.change), "–" if ends is None else f"{_change(ends[0])[:-2]} to {_change(ends[1])}"]
    return [*cells, f"{made.lost:,} / {judged.lost:,}"]


def _change(value: float | None) -> str:
    return "–" if value is None else signed(share(value))
