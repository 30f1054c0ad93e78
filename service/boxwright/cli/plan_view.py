"""One plan as a person reads it: what goes where, what it weighs, bills and emits, what was proved."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from boxwright import units
from boxwright.cli.footprint_table import footprint_table
from boxwright.cli.modes_table import legs_text
from boxwright.cli.tables import plain_table
from boxwright.domain.box import Catalog
from boxwright.domain.carrier import Change, ChargeableWeight, LowerStep
from boxwright.domain.certificate_words import in_words
from boxwright.domain.currency import money
from boxwright.domain.factor import Component
from boxwright.domain.order import Item, Order
from boxwright.domain.plan import EmptySpace, Parcel, Plan
from boxwright.domain.rounded import count, grams, length, percent, size, visible
from boxwright.domain.warning import PlanWarning
from boxwright.shipping.objective_figures import price_minor, unpriced


def print_plan(console: Console, plan: Plan, order: Order, catalog: Catalog) -> None:
    """Print a plan."""
    for part in plan_parts(plan, order, catalog):
        console.print(part)
        console.print()


def plan_parts(plan: Plan, order: Order, catalog: Catalog) -> Iterator[RenderableType]:
    """Yield a plan part by part: headline, goods, parcels, unpacked units, emissions, certificate, warnings."""
    yield _headline(plan, order)
    yield _goods(order)
    for number, parcel in enumerate(plan.parcels, start=1):
        yield _parcel(parcel, f"Parcel {number} of {len(plan.parcels)}", order, catalog)
    if plan.unpacked:
        yield _unpacked(plan)
    if plan.footprints:
        yield footprint_table(plan.footprints)
    if plan.derived_legs:
        yield legs_text(plan.derived_legs)
    yield _named("Certificate", in_words(plan.certificate))
    if plan.warnings:
        yield _named("Warnings", *(warning_words(each) for each in plan.warnings))


def warning_words(warning: PlanWarning) -> str:
    """Return a warning as it is printed: its text, code and field, and how often it was found."""
    often = f", {warning.count} times" if warning.count > 1 else ""
    return f"{warning.message} ({' '.join(part for part in (warning.code, warning.field) if part)}{often})"


def _headline(plan: Plan, order: Order) -> Text:
    text = Text()
    text.append(f"Order {visible(plan.order_id)}", style="bold")
    text.append(f": {count(order.unit_count, 'unit')}, {grams(order.goods_mg)} of goods, ")
    packed = f"{plan.status.value} in {count(len(plan.parcels), 'parcel')}" if plan.parcels else "nothing is packed"
    text.append(f"{packed}\n")
    text.append(
        visible(f"catalog {plan.catalog_id} {plan.catalog_version}, data {plan.data_version}, {plan.engine_version}"),
        style="dim",
    )
    return text


def _parcel(parcel: Parcel, title: str, order: Order, catalog: Catalog) -> Group:
    head = Text()
    marks = "".join(f", {each.words}" for each in parcel.handling_marks)
    if parcel.ships_in_own_container:
        head.append(f"{title}: in its own container, without a box{marks}", style="bold")
        return Group(head, _steps(parcel), Padding(_facts(parcel, catalog), (0, 0, 0, 2)))
    box = catalog.box_type(parcel.box_type_id)
    head.append(visible(f"{title}: {parcel.box_type_id}"), style="bold")
    if box.name:
        head.append(visible(f" ({box.name})"))
    head.append(f", inside {size([units.to_mm(edge) for edge in parcel.inner_um])} mm")
    if box.flexible:
        head.append(f", a {box.style.value.replace('_', ' ')} of {size((box.inner_length_mm, box.inner_width_mm))} mm")
    head.append(marks, style="bold")
    spaces = [] if parcel.empty_spaces is None else [_spaces(parcel.empty_spaces)]
    return Group(head, _steps(parcel), *spaces, Padding(_facts(parcel, catalog), (0, 0, 0, 2)))


def _goods(order: Order) -> Group:
    """Return the order lines, which the steps name by id."""
    table = plain_table("Line", "Units", "Size l × w × h, mm", "Mass", "Goods")
    for line in order.lines:
        table.row(
            line.line_id,
            f"{line.quantity:,}",
            size((line.length_mm, line.width_mm, line.height_mm)),
            grams(line.mass_mg),
            " ".join(filter(None, (line.description or line.sku, _nature(line)))),
        )
    return Group(Text("Goods", style="bold"), table)


def _nature(line: Item) -> str:
    """Return in brackets what a line says of how its units must be treated."""
    fragility, said = line.fragility, [line.article, "soft" if line.soft_goods else ""]
    if fragility is not None:
        said += [fragility.fragility_class or "", f"{fragility.g_level:g} G" if fragility.g_level else ""]
    said = [each for each in said if each]
    return f"({', '.join(said)})" if said else ""


def _steps(parcel: Parcel) -> Table:
    """Return the pack sequence: where the goods of each unit lie, and their size as they lie."""
    gaps = any(each.half_gap_um for each in parcel.placements)
    walls = any(each.wall_margin_um for each in parcel.placements)
    folded = any(each.folds for each in parcel.placements)
    celled = any(each.compartment for each in parcel.placements)
    boxed = any(each.inner_box_type_id for each in parcel.placements)
    named = (
        ("Inner box", boxed),
        ("Free round it, mm", gaps),
        ("To walls, mm", walls),
        ("Folds", folded),
        ("Compartment", celled),
    )
    extra = [name for name, shown in named if shown]
    table = plain_table("Step", "Unit", "Goods at x, y, z, mm", "Size x × y × z, mm", *extra)
    for step, each in enumerate(parcel.placements, start=1):
        number, count = parcel.unit_numbers[each.line_id, each.unit_index]
        unit = f"{each.line_id} {number}/{count}"
        corner = ", ".join(length(units.to_mm(edge + each.half_gap_um)) for edge in each.corner_um)
        extents = size([units.to_mm(edge - 2 * each.half_gap_um) for edge in each.extent_um])
        gap = [length(each.half_gap_mm) if each.half_gap_um else "–"] if gaps else []
        to_walls = units.to_mm(each.half_gap_um + each.wall_margin_um)
        wall = [length(to_walls) if to_walls else "–"] if walls else []
        folds = [str(each.folds or "–")] if folded else []
        compartment = [str(each.compartment)] if celled else []
        inner = [each.inner_box_type_id or "–"] if boxed else []
        table.row(str(step), unit, corner, extents, *inner, *gap, *wall, *folds, *compartment)
    return table


def _spaces(spaces: Sequence[EmptySpace]) -> Table:
    """Return the empty spaces, greatest first: where each lies, its size and what it holds."""
    block = any(each.needs_blocking for each in spaces)
    table = plain_table("Empty", "Litres", "Corner x, y, z, mm", "Size x × y × z, mm", *(["Block"] if block else []))
    for number, each in enumerate(spaces, start=1):
        corner = ", ".join(length(edge) for edge in (each.x_mm, each.y_mm, each.z_mm))
        extents = size((each.length_mm, each.width_mm, each.height_mm))
        marked = ["yes" if each.needs_blocking else "–"] if block else []
        table.row(str(number), f"{each.volume_um3 / 1e15:,.3f}", corner, extents, *marked)
    return table


def _facts(parcel: Parcel, catalog: Catalog) -> Text:
    """Return masses, empty space, prices and what the carrier bills."""
    packaging = ", ".join(
        f"{component.words} {grams(mass_mg)}{_of(parcel, component)}"
        for component in Component
        if (mass_mg := parcel.packaging_mg(component))
    )
    goods, gross = grams(parcel.net_mg), grams(parcel.gross_mg)
    outer = size([units.to_mm(edge) for edge in parcel.outer_um])
    lines = [
        f"{goods} of goods + {grams(parcel.tare_mg)} of packaging ({packaging}) = {gross}",
        f"empty space {percent(parcel.empty_space_ratio)}, outside {outer} mm",
    ]
    if parcel.ships_in_own_container:
        lines = [f"{goods} of goods, no packaging, outside {outer} mm"]
    lines += _price(parcel, catalog)
    lines += [visible(str(each)) for each in parcel.protection]
    if parcel.chargeable:
        weight = parcel.chargeable
        volumetric = "" if weight.dimensional_mg is None else f", dimensional {grams(weight.dimensional_mg)}"
        lines.append(f"chargeable weight {_billed(weight)}{volumetric} ({weight.rule or weight.service_id})")
        lines += [each for each in weight.derivation if " bills at least " in each]
        lines += [f"surcharge {each.surcharge_id}: {each.because}" for each in weight.surcharges]
    if parcel.carriage_price:
        price = parcel.carriage_price
        sums = " + ".join(f"{line.name} {money(line.amount_minor, price.currency)}" for line in price.lines)
        total = "not known" if price.total_minor is None else money(price.total_minor, price.currency)
        lines.append(f"carriage {total} by {price.price_table} ({sums})")
    if parcel.chargeable:
        weight = parcel.chargeable
        if weight.lower_steps:
            lines.append("a lower bill: " + ", or ".join(_cut(each) for each in weight.lower_steps))
    lines += _strength(parcel)
    return Text("\n".join(lines))


def _price(parcel: Parcel, catalog: Catalog) -> list[str]:
    """Return the price of a parcel's packaging, and what of it has none; nothing without a price of its box."""
    price = None if parcel.ships_in_own_container else price_minor(parcel, catalog)
    if price is None:
        return []
    bare = ", ".join(unpriced([parcel], catalog))
    return [f"price of packaging {money(price, catalog.currency)}" + (f" + ?, none for {bare}" if bare else "")]


def _billed(weight: ChargeableWeight) -> str:
    """Return what is billed, in pounds too where the rule counts them."""
    pounds = Fraction(weight.chargeable_mg) / units.MG_PER_LB
    in_pounds = f" ({float(round(pounds, 2)):,g} lb)" if " lb" in weight.rule else ""
    return f"{grams(weight.chargeable_mg)}{in_pounds}"


def _strength(parcel: Parcel) -> list[str]:
    """Return what the box bears and its grade, a line each where they were asked for."""
    lines = []
    load, grade = parcel.stack_load, parcel.box_grade
    if load is not None and load.not_modelled:
        lines.append(visible(f"strength not modelled: {load.not_modelled}"))
    elif load is not None:
        derated = " x ".join(f"{each.value} ({each.level})" for each in load.multipliers)
        derated = f"/ {load.safety_factor} (safety factor)" if load.safety_factor else f"x {derated}"
        strength, allowed, required = (
            units.exact(each) for each in (load.compression_mn, load.allowed_mn, load.required_mn)
        )
        verdict = "holds" if load.holds else "does not hold"
        lines.append(
            visible(
                f"stack of {load.layers} {verdict}: {strength} N {derated} = {allowed} N allowed, {required} N required"
            )
        )
    if grade is not None:
        limits = f"at most {grams(grade.max_gross_mg)} gross and {length(grade.max_length_width_height_mm)} mm in sum"
        lines.append(
            visible(
                f"box certificate grade {grade.grade_id}: {limits}" if grade.grade_id else "no box certificate grade"
            )
        )
    return lines


def _of(parcel: Parcel, component: Component) -> str:
    named = component is Component.CUSHIONING and parcel.cushioning_id
    return f" of {visible(parcel.cushioning_id)}" if named else ""


def _cut(step: LowerStep) -> str:
    """Return the least cut of one kind that lowers the bill, exact to the um or mg."""
    less = f"{units.exact(step.less)} {'g' if step.change is Change.GROSS else 'mm'}"
    words = {Change.GROSS: "gross weight"}.get(step.change, f"outer {step.change.value}")
    return f"{less} less {words} ({grams(step.chargeable_mg)})"


def _unpacked(plan: Plan) -> Group:
    table = plain_table("Unit", "Reason", "Rule")
    for unit in plan.unpacked:
        table.row(f"{unit.line_id} {unit.unit_index + 1}", unit.reason.value.replace("_", " "), unit.message)
    return Group(Text(f"Unpacked: {count(len(plan.unpacked), 'unit')}", style="bold"), table)


def _named(title: str, *paragraphs: str) -> Group:
    """Return indented paragraphs under a title."""
    return Group(Text(title, style="bold"), *(Padding(Text(visible(each)), (0, 0, 0, 2)) for each in paragraphs))
