"""How a number came about: every line amount x factor = grams, with rule, range and source."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from rich.console import Console, Group, RenderableType
from rich.text import Text

from boxwright.catalog import Materials
from boxwright.cli.tables import plain_table
from boxwright.domain.factor import AccountingProfile, Component, EmissionFactor
from boxwright.domain.footprint import Footprint, FootprintLine
from boxwright.domain.lack import in_words
from boxwright.domain.lane import Leg
from boxwright.domain.rounded import co2e, percent, stated, visible
from boxwright.domain.source_grade import SourceGrade
from boxwright.findings import Findings
from boxwright.footprint.distance import adjusted_km

TABLE_COLUMNS = 150
"""Width from which lines are a table; below it they stand one below the other."""


GRADES = {
    SourceGrade.PUBLISHER: "read at the publisher",
    SourceGrade.COPY: "read in a copy, not at the publisher",
    SourceGrade.SECONDARY: "not read in this source, but in a text about it",
    SourceGrade.MEMORY: "read nowhere",
    SourceGrade.OWN: "an own figure or one that stands in for another",
}
"""How near to its publisher a factor was read, in words."""


def print_explanation(
    console: Console, footprints: Iterable[Footprint], materials: Materials, derived_legs: Sequence[Leg] = ()
) -> None:
    """Print each footprint's lines, its sums, and the sources of its factors.

    Lines of transport name their leg; where the legs were derived, its ends, and the mass and distance of the amount.
    """
    wide = console.width >= TABLE_COLUMNS
    for footprint in footprints:
        for part in _parts(_with_legs(footprint, derived_legs, materials), materials, wide=wide):
            console.print(part)
            console.print()


def _parts(footprint: Footprint, materials: Materials, *, wide: bool) -> Iterator[RenderableType]:
    profile = Findings().attempt(materials.profile, footprint.profile_id)
    numbers = {line.factor_id: 0 for line in footprint.lines}
    numbers = {factor_id: number for number, factor_id in enumerate(numbers, start=1)}
    head = f"{footprint.profile_id}, transport by {footprint.allocation.words}"
    yield Group(Text(head, style="bold"), *_about(profile), (_lines if wide else _stacked)(footprint, numbers))
    yield Group(*(Text(visible(each)) for each in _sums(footprint)))
    factors = {each: profile.factor_of_id(each) if profile else None for each in numbers}
    yield Group(
        Text("Sources", style="bold"),
        *(
            Text(visible(f"[{number}] {_source(each, factors[each])}{_other_value(footprint, each, factors[each])}"))
            for each, number in numbers.items()
        ),
    )


def _with_legs(footprint: Footprint, legs: Sequence[Leg], materials: Materials) -> Footprint:
    """Return a footprint whose lines say in their rule which leg they are of, and what their amount is made of."""
    lines = (
        replace(line, rule="; ".join(filter(None, (_leg(line, legs, materials), line.rule))))
        for line in footprint.lines
    )
    return replace(footprint, lines=tuple(lines))


def _leg(line: FootprintLine, legs: Sequence[Leg], materials: Materials) -> str:
    """Return the leg of a line in words: its number, and of a derived leg its ends, the mass and the distance."""
    if line.leg_index is None:
        return ""
    number = f"after leg {line.leg_index + 1}" if line.component is Component.HUB else f"leg {line.leg_index + 1}"
    if line.component is Component.HUB or not 0 <= line.leg_index < len(legs):
        return number
    leg = legs[line.leg_index]
    km = adjusted_km(leg, materials)
    mass_kg = Fraction(line.amount) * 1_000 / km
    ends = "" if leg.derivation is None else f", {leg.derivation.start.name} to {leg.derivation.end.name}"
    return f"{number}{ends}: {float(mass_kg):,.8g} kg x {float(km):,.8g} km travelled of {leg.distance_km:,.8g} km"


def _about(profile: AccountingProfile | None) -> list[Text]:
    if profile is None:
        return [Text("this profile is not in the data at hand")]
    words = (
        f"{profile.name}; {profile.standard}; {profile.gwp_basis}; recycling by {profile.recycling_rule.value}",
        f"End of life: {profile.end_of_life_route}" if profile.end_of_life_route else "",
    )
    return [Text(visible(each), style="dim") for each in words if each]


def _lines(footprint: Footprint, numbers: dict[str, int]) -> RenderableType:
    table = plain_table(
        "Component", "Stage", "Of", "Amount, unit", "Factor, kg/unit", "g CO2e", "Range", "Source", "Rule"
    )
    for line in footprint.lines:
        table.row(
            line.component.value.replace("_", " "),
            line.stage.value.replace("_", " "),
            line.subject,
            f"{_short(line.amount)} {line.unit}",
            f"x {_short(line.factor_kg_per_unit)}",
            f"= {co2e_exact(line.co2e_mg)}",
            _range(line),
            f"[{numbers[line.factor_id]}]{'' if line.read_in_source else ' unverified'}",
            line.rule,
        )
    return table


def _stacked(footprint: Footprint, numbers: dict[str, int]) -> RenderableType:
    """Return the lines one below the other, for terminals in which the table would break its figures."""
    texts = []
    for line in footprint.lines:
        unverified = "" if line.read_in_source else ", unverified"
        component, stage = line.component.value, line.stage.value
        head = (stage if stage.startswith(component) else f"{component} {stage}").replace("_", " ")
        texts.append(Text(visible(f"{head}: {line.subject} [{numbers[line.factor_id]}]{unverified}")))
        product = (
            f"{_short(line.amount)} {line.unit} x {_short(line.factor_kg_per_unit)} = {co2e_exact(line.co2e_mg)} g"
        )
        texts.append(Text(visible(f"  {product}; factor {_range(line)}")))
        if line.rule:
            texts.append(Text(visible(f"  {line.rule}"), style="dim"))
    return Group(*texts)


def co2e_exact(co2e_mg: int) -> str:
    """Return an emission in mg CO2e as a number of g, to the mg."""
    return f"{co2e_mg / 1_000:,.3f}"


def _short(value: object) -> str:
    return f"{float(str(value)):.8g}"


def _range(line: FootprintLine) -> str:
    if line.low_kg_per_unit is None or line.high_kg_per_unit is None:
        return "unknown"
    kind = " assumed" if line.range_assumed else ""
    return f"{float(line.low_kg_per_unit):.4g} to {float(line.high_kg_per_unit):.4g}{kind}"


def _sums(footprint: Footprint) -> Iterator[str]:
    total = stated(co2e_exact(footprint.total_co2e_mg), lacking=bool(footprint.lacks))
    unverified = percent(footprint.unverified_share)
    yield f"Total {total} g CO2e, the sum of the lines; {unverified} rests on unverified figures"
    if footprint.missing:
        yield f"Missing, not zero: {in_words(footprint.missing)}"
    if footprint.missing_scope:
        yield f"Not stated, not counted: {in_words(footprint.missing_scope)}"
    if (ends := footprint.interval_co2e_mg) is not None:
        span = stated(f"{co2e(ends[0])} to {co2e(ends[1])} g CO2e", lacking=bool(footprint.lacks))
        yield f"All factors, masses and detours at their lower, and all at their upper end: {span}"
    stored, released = footprint.biogenic_stored_mg, footprint.biogenic_released_mg
    lacking = f"; without {', '.join(footprint.biogenic_missing)}" if footprint.biogenic_missing else ""
    yield f"Biogenic CO2 apart, not in the total: {co2e(stored)} g stored, {co2e(released)} g released{lacking}"


def _other_value(footprint: Footprint, factor_id: str, factor: EmissionFactor | None) -> str:
    """Return that the data at hand state another value than the plan, if they do."""
    used = {line.factor_kg_per_unit for line in footprint.lines if line.factor_id == factor_id}
    if factor is None or all(each == factor.value for each in used):
        return ""
    return f"; the data at hand say {_short(factor.value)}, the plan {', '.join(map(_short, sorted(used)))}"


def _source(factor_id: str, factor: EmissionFactor | None) -> str:
    if factor is None:
        return f"{factor_id}: not in the data at hand"
    table = f", {factor.table}" if factor.table else ""
    where = f" {factor.url}" if factor.url else ""
    about = f"{factor.year}, {factor.region}; {factor.boundary}; {factor.gwp_basis}; {factor.licence}"
    note = f"; {factor.note}" if factor.note else ""
    about += f"; {GRADES[factor.source_grade]}"
    return f"{factor_id}: {factor.source}{table}{where} ({about}{note})"
