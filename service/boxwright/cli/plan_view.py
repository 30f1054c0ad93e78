"""Shows a plan in a terminal: placements, weights, bills, emissions, certificate and alternatives."""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from operator import itemgetter

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from boxwright import units
from boxwright.cli.emissions_view import footprint_table, legs_text
from boxwright.cli.output import table_of, titled
from boxwright.compliance import Verdict
from boxwright.domain.box import Catalog
from boxwright.domain.carrier import Change
from boxwright.domain.certificate_words import in_words
from boxwright.domain.currency import money
from boxwright.domain.factor import Component
from boxwright.domain.order import Order
from boxwright.domain.own_container import OWN_CONTAINER
from boxwright.domain.plan import Parcel, Plan, SmallestChange
from boxwright.domain.rounded import co2e, count, grams, length, percent, size, stated, visible
from boxwright.planning import Task, bench_words, why_apart
from boxwright.shipping.objective_figures import price_minor, unpriced


def plan_parts(plan: Plan, order: Order, catalog: Catalog) -> Iterator[RenderableType]:
    """Yield the headline, goods, parcels, unpacked units, emissions, certificate and warnings of a plan."""
    packed = f"{plan.status.value} in {count(len(plan.parcels), 'parcel')}" if plan.parcels else "nothing is packed"
    head = Text(f"Order {visible(plan.order_id)}", style="bold")
    head.append(f": {count(order.unit_count, 'unit')}, {grams(order.goods_mg)} of goods, {packed}\n", style="not bold")
    made_of = f"catalog {plan.catalog_id} {plan.catalog_version}, data {plan.data_version}, {plan.engine_version}"
    yield head.append(visible(made_of), style="not bold dim")
    goods = []
    for line in order.lines:
        treated = [line.article, *line.special_handling, "soft" if line.soft_goods else ""]
        if fragility := line.fragility:
            treated += [fragility.fragility_class or "", f"{fragility.g_level:g} G" if fragility.g_level else ""]
        notes = ", ".join(filter(None, treated))
        named = f"{line.description or line.sku} {f'({notes})' if notes else ''}".strip()
        edges = size((line.length_mm, line.width_mm, line.height_mm))
        goods.append((line.line_id, f"{line.quantity:,}", edges, grams(line.mass_mg), named))
    yield titled("Goods", table_of(("Line", ">Units", "Size l × w × h, mm", ">Mass", "Goods"), goods))
    for number, parcel in enumerate(plan.parcels, start=1):
        yield _parcel(parcel, f"Parcel {number} of {len(plan.parcels)}", catalog)
    if plan.unpacked:
        left = [(f"{unit.line_id} {unit.unit_index + 1}", _plain(unit.reason), unit.message) for unit in plan.unpacked]
        yield titled(f"Unpacked: {count(len(left), 'unit')}", table_of(("Unit", "Reason", "Rule"), left))
    if plan.footprints:
        yield footprint_table(plan.footprints)
    if any(leg.derivation for leg in plan.legs):
        yield legs_text(plan.legs)
    yield titled("Certificate", _indented([in_words(plan.certificate)]))
    if plan.warnings:
        warned = []
        for warning in plan.warnings:
            often = f", {warning.count} times" if warning.count > 1 else ""
            warned.append(f"{warning.message} ({' '.join(filter(None, (warning.code, warning.field)))}{often})")
        yield titled("Warnings", _indented(warned))


def steps_parts(plan: Plan, task: Task) -> Iterator[RenderableType]:
    """Yield the packing instructions of each parcel."""
    for number, words in enumerate(bench_words(plan, task), start=1):
        yield titled(f"Parcel {number} of {len(plan.parcels)}, step by step", _indented(str(words).split("\n")))


def apart_parts(plan: Plan, task: Task) -> Iterator[RenderableType]:
    """Yield the reasons for more than one parcel; consecutive parcels with the same reason share a line."""
    reasons = []
    for why, run in itertools.groupby(enumerate(why_apart(plan, task), 1), key=itemgetter(1)):
        numbers = [number for number, _ in run]
        many = f"Parcels {numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else f"Parcel {numbers[0]}"
        reasons += [f"{many}. {why}"] if why else []
    if reasons:
        yield titled("Why more than one parcel", _indented(reasons))


def verdicts(found: Sequence[Verdict]) -> RenderableType:
    """Return verdicts under market rules, one per line."""
    return titled("Verdicts", _indented(map(str, found) if found else ["none: no rule of these markets covers plans"]))


def refusals(plan: Plan) -> RenderableType:
    """Return a table of the refused boxes, with the rule that refuses each and the smallest change that lifts it."""
    refused = [
        (
            f"{box.box_type_id} with {box.cushioning_id}" if box.cushioning_id else box.box_type_id,
            box.message,
            change_words(box.smallest_change),
        )
        for box in plan.certificate.refused_candidates
    ]
    columns = ("Box type", "Why the order does not fit", "Smallest change that makes it fit")
    return titled("Refused boxes", table_of(columns, refused)) if refused else Text("Refused boxes: none")


def change_words(change: SmallestChange | None) -> str:
    """Return a change as an instruction, exact to the um or mg."""
    if change is None:
        return "none known"
    if change.shorten_um is not None:
        cuts = zip(("length", "width", "height"), change.shorten_um, strict=True)
        what = ", ".join(f"{units.exact(off)} mm off the {edge}" for edge, off in cuts if off)
    elif change.allow is not None:
        what = f"allow orientation {change.allow.value}"
    else:
        what = f"{units.exact(change.lighten_mg or 0)} g off the mass of each unit"
    return f"line {change.line_id}: {what}"


def alternatives(plan: Plan, others: Sequence[Plan]) -> RenderableType:
    """Return a table of the plan and its alternatives, best first."""
    if not others:
        return Text("Alternatives: none, the order fits no other boxes")
    rows = []
    for made in (plan, *others):
        inner = sum(parcel.inner_volume_um3 for parcel in made.parcels)
        goods = sum(parcel.goods_volume_um3 for parcel in made.parcels)
        first = made.footprints[0] if made.footprints else None
        boxes = Counter(parcel.box_type_id or OWN_CONTAINER for parcel in made.parcels)
        rows.append(
            (
                "plan" if not made.certificate.rank else str(made.certificate.rank),
                " + ".join(f"{number} × {name}" if number > 1 else name for name, number in sorted(boxes.items())),
                f"{made.inner_litres:,.3f}",
                percent(1 - goods / inner if inner else 0.0),
                grams(sum(parcel.tare_mg for parcel in made.parcels)),
                grams(made.gross_mg),
                stated(co2e(first.total_co2e_mg), lacking=bool(first.lacks)) if first else "",
            )
        )
    emissions = f"?CO2e, g ({plan.footprints[0].profile_id})" if plan.footprints else "?"
    columns = ("Rank", "Boxes", ">Litres", "Empty", ">Packaging", "Gross", emissions)
    return titled("Alternatives", table_of(columns, rows))


def _parcel(parcel: Parcel, title: str, catalog: Catalog) -> Group:
    marks = "".join(f", {mark.words}" for mark in parcel.handling_marks)
    if parcel.ships_in_own_container:
        head = Text(f"{title}: in its own container, without a box{marks}", style="bold")
    else:
        box = catalog.box_type(parcel.box_type_id)
        head = Text(visible(f"{title}: {parcel.box_type_id}"), style="bold")
        about = f" ({box.name})" if box.name else ""
        about += f", inside {size([units.to_mm(edge) for edge in parcel.inner_um])} mm"
        if box.flexible:
            about += f", a {_plain(box.style)} of {size((box.inner_length_mm, box.inner_width_mm))} mm"
        head.append(visible(about), style="not bold").append(marks)
    steps = []
    for step, placed in enumerate(parcel.placements, start=1):
        number, many = parcel.unit_numbers[placed.line_id, placed.unit_index]
        to_walls = units.to_mm(placed.half_gap_um + placed.wall_margin_um) if placed.wall_margin_um else 0
        steps.append(
            (
                str(step),
                f"{placed.line_id} {number}/{many}",
                ", ".join(length(units.to_mm(edge + placed.half_gap_um)) for edge in placed.corner_um),
                size([units.to_mm(edge - 2 * placed.half_gap_um) for edge in placed.extent_um]),
                placed.inner_box_type_id or "–",
                length(placed.half_gap_mm) if placed.half_gap_um else "–",
                length(to_walls) if to_walls else "–",
                str(placed.folds or "–"),
                str(placed.compartment or "–"),
            )
        )
    optional = ("?Inner box", "?Free space around, mm", "?To walls, mm", "?Folds", "?Compartment")
    table = table_of((">Step", "Unit", "Goods at x, y, z, mm", "Size x × y × z, mm", *optional), steps)
    return Group(head, table, _indented(_facts(parcel, catalog)))


def _facts(parcel: Parcel, catalog: Catalog) -> Iterator[str]:
    goods, outer = f"{grams(parcel.net_mg)} of goods", size([units.to_mm(edge) for edge in parcel.outer_um])
    if parcel.ships_in_own_container:
        yield f"{goods}, no packaging, outside {outer} mm"
    else:
        wrap = f" of {parcel.cushioning_id}" if parcel.cushioning_id else ""
        packaging = ", ".join(
            f"{component.words} {grams(mass_mg)}{wrap if component is Component.CUSHIONING else ''}"
            for component in Component
            if (mass_mg := parcel.packaging_mg(component))
        )
        yield f"{goods} + {grams(parcel.tare_mg)} of packaging ({packaging}) = {grams(parcel.gross_mg)}"
        yield f"empty space {percent(parcel.empty_space_ratio)}, outside {outer} mm"
        if (minor := price_minor(parcel, catalog)) is not None:
            bare = ", ".join(unpriced([parcel], catalog))
            yield f"price of packaging {money(minor, catalog.currency)}" + (f" + ?, none for {bare}" if bare else "")
    yield from map(str, parcel.protection)
    weight = parcel.chargeable
    if weight:
        volumetric = "" if weight.dimensional_mg is None else f", dimensional {grams(weight.dimensional_mg)}"
        pounds = round(Fraction(weight.chargeable_mg) / units.MG_PER_LB, 2)
        billed = grams(weight.chargeable_mg) + (f" ({float(pounds):,g} lb)" if " lb" in weight.rule else "")
        yield f"chargeable weight {billed}{volumetric} ({weight.rule or weight.service_id})"
        yield from (step for step in weight.derivation if " bills at least " in step)
        yield from (f"surcharge {surcharge.surcharge_id}: {surcharge.because}" for surcharge in weight.surcharges)
    if price := parcel.carriage_price:
        sums = " + ".join(f"{line.name} {money(line.amount_minor, price.currency)}" for line in price.lines)
        total = "not known" if price.total_minor is None else money(price.total_minor, price.currency)
        yield f"carriage {total} by {price.price_table} ({sums})"
    cuts = []
    for step in weight.lower_steps if weight else ():
        less = f"{units.exact(step.less)} {'g' if step.change is Change.GROSS else 'mm'}"
        what = "gross weight" if step.change is Change.GROSS else f"outer {step.change.value}"
        cuts.append(f"{less} less {what} ({grams(step.chargeable_mg)})")
    if cuts:
        yield f"a lower bill: {', or '.join(cuts)}"
    load, grade = parcel.stack_load, parcel.box_grade
    if load is not None and load.not_modelled:
        yield f"strength not modelled: {load.not_modelled}"
    elif load is not None:
        derated = f"x {' x '.join(f'{factor.value} ({factor.level})' for factor in load.multipliers)}"
        derated = f"/ {load.safety_factor} (safety factor)" if load.safety_factor else derated
        strength, allowed, required = map(units.exact, (load.compression_mn, load.allowed_mn, load.required_mn))
        verdict = "holds" if load.holds else "does not hold"
        yield f"stack of {load.layers} {verdict}: {strength} N {derated} = {allowed} N allowed, {required} N required"
    if grade is not None and grade.grade_id:
        limits = f"at most {grams(grade.max_gross_mg)} gross and {length(grade.max_length_width_height_mm)} mm in sum"
        yield f"box certificate grade {grade.grade_id}: {limits}"
    elif grade is not None:
        yield "no box certificate grade"


def _plain(code: str) -> str:
    return code.replace("_", " ")


def _indented(lines: Iterable[str]) -> Padding:
    return Padding(Text("\n".join(map(visible, lines))), (0, 0, 0, 2))
