"""Grams of CO2e as a person reads them: a plan's, those of modes, how they came about, and two compared."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from rich.console import Console, Group, RenderableType
from rich.text import Text

from boxwright.catalog import Materials
from boxwright.cli.output import dim, table_of, titled
from boxwright.domain.comparison import Comparison, ComparisonOutcome
from boxwright.domain.factor import CARRIED, AccountingProfile, Component, EmissionFactor, Stage
from boxwright.domain.footprint import Footprint, FootprintLine
from boxwright.domain.lack import HUBS_UNSTATED, in_words
from boxwright.domain.lane import Leg
from boxwright.domain.rounded import co2e, count, percent, stated, visible
from boxwright.domain.source_grade import SourceGrade
from boxwright.findings import Findings
from boxwright.footprint import BreakEven, BreakEvenOutcome
from boxwright.footprint.distance import adjusted_km
from boxwright.planning import ModeAlternative

PACKAGING = tuple(component for component in Component if component not in CARRIED)
GRADES = {
    SourceGrade.PUBLISHER: "read at the publisher",
    SourceGrade.COPY: "read in a copy, not at the publisher",
    SourceGrade.SECONDARY: "not read in this source, but in a text about it",
    SourceGrade.MEMORY: "read nowhere",
    SourceGrade.OWN: "an own figure or one that stands in for another",
}
"""How near to its publisher a factor was read, in words."""
OUTCOMES = {
    ComparisonOutcome.BETTER: "better",
    ComparisonOutcome.WORSE: "worse",
    ComparisonOutcome.NO_MEANINGFUL_DIFFERENCE: "no meaningful difference",
    ComparisonOutcome.UNKNOWN: "cannot be compared",
}


def footprint_table(footprints: Iterable[Footprint]) -> Group:
    """Return the table of footprints.

    A part that the profile lacks factors for is marked ``+ ?``: missing is never zero. Profiles and allocations are
    different accounts of the same parcels, so no row is summed with another.
    """
    listed = tuple(footprints)
    rows = [
        (
            footprint.profile_id,
            footprint.allocation.words,
            _part(footprint, PACKAGING, none="0.0"),
            _part(footprint, CARRIED, none="0.0"),
            Text(_total(footprint), style="bold"),
            percent(footprint.unverified_share),
        )
        for footprint in listed
    ]
    ranges = [
        f"Range of {footprint.profile_id}, transport by {footprint.allocation.words}: {ends}"
        for footprint in listed
        if (ends := _range(footprint, " g"))
    ]
    notes = {f"? {footprint.profile_id}: {in_words(footprint.lacks)}" for footprint in listed if footprint.lacks}
    if any(footprint.hubs_unstated for footprint in listed):
        notes.add(HUBS_UNSTATED)
    columns = ("=Profile", "Transport by", ">Packaging", ">Transport", ">Total", ">Unverified")
    return titled("Emissions in g CO2e", table_of(columns, rows), *dim([*ranges, *sorted(notes)]))


def modes_table(alternatives: Iterable[ModeAlternative]) -> Group:
    """Return a table per profile and allocation: figures of different accounts never stand in one column."""
    listed = [(mode.name.replace("_", " "), mode) for mode in alternatives]
    keys = dict.fromkeys(
        (footprint.profile_id, footprint.allocation) for _, mode in listed for footprint in mode.footprints
    )
    columns = ("By", ">?Packaging", ">?TTW", ">?WTT", ">?WTW", ">?Forcing", ">?Hubs", ">Total", ">Range")
    stages = (Stage.TRANSPORT_TTW, Stage.TRANSPORT_WTT, Stage.TRANSPORT_WTW, Stage.RADIATIVE_FORCING)
    parts: list[RenderableType] = []
    for profile_id, allocation in keys:
        rows, gaps = list[tuple[str, ...]](), list[str]()
        for name, mode in listed:
            same = (
                footprint
                for footprint in mode.footprints
                if (footprint.profile_id, footprint.allocation) == (profile_id, allocation)
            )
            if (footprint := next(same, None)) is None:
                rows.append((name, *["-"] * 8))
                continue
            of_fuel = (_part(footprint, (Component.TRANSPORT,), stage.value) for stage in stages)
            hubs, ends = _part(footprint, (Component.HUB,)), _range(footprint) or "-"
            rows.append((name, _part(footprint, PACKAGING), *of_fuel, hubs, _total(footprint), ends))
            if footprint.lacks:
                gaps.append(f"? {name}: {in_words(footprint.lacks)}")
        title = f"{profile_id}, transport by {allocation.words}: g CO2e"
        parts.append(titled(title, table_of(columns, rows), *dim(gaps)))
    for name, mode in listed:
        if mode.legs:
            way = " + ".join(f"{leg.mode.value} {leg.distance_km:,.0f}" for leg in mode.legs)
            parts.append(Text(visible(f"{name}, km: {way}")))
    return Group(*parts, *dim(f"{name}: {obstacle}" for name, mode in listed for obstacle in mode.obstacles))


def _part(footprint: Footprint, components: Collection[Component], stage: str = "", none: str = "-") -> str:
    """Return the subtotal of components at a stage, marked where it lacks factors."""
    lines = [line for line in footprint.lines if line.component in components and line.stage.value.startswith(stage)]
    lacking = any(lack.component in components and lack.stage.value.startswith(stage) for lack in footprint.lacks)
    return stated(co2e(sum(line.co2e_mg for line in lines)), lacking=lacking) if lines or lacking else none


def _total(footprint: Footprint) -> str:
    return stated(co2e(footprint.total_co2e_mg), lacking=bool(footprint.lacks))


def _range(footprint: Footprint, unit: str = "") -> str:
    """Return the ends of a range, marked where the total lacks a part; empty without ends."""
    ends = footprint.interval_co2e_mg
    return "" if ends is None else stated(f"{co2e(ends[0])} to {co2e(ends[1])}{unit}", lacking=bool(footprint.lacks))


def legs_table(legs: Iterable[Leg]) -> Group:
    """Return how each leg was found."""
    rows = []
    for number, leg in enumerate(legs, start=1):
        if (found := leg.derivation) is not None:
            kind = leg.distance_kind.value if leg.distance_kind else ""
            km = f"{leg.distance_km:,.1f}"
            rows.append((str(number), leg.mode.value, km, kind, found.start.name, found.end.name, found.formula))
    return titled("Derived legs", table_of(("Leg", "By", ">km", "Kind", "From", "To", "How"), rows))


def legs_text(legs: Iterable[Leg]) -> Group:
    """Return derived legs, a line each: mode, distance as it was derived, and ends."""
    lines = [Text(visible(f"  {number}. {leg.words}")) for number, leg in enumerate(legs, start=1)]
    return titled("Derived legs", *lines)


def print_explanation(
    console: Console, footprints: Iterable[Footprint], materials: Materials, derived_legs: Sequence[Leg] = ()
) -> None:
    """Print each footprint's lines, its sums, and the sources of its factors.

    Lines of transport name their leg; where the legs were derived, its ends, and the mass and distance of the amount.
    """
    for footprint in footprints:
        profile = Findings().attempt(materials.profile, footprint.profile_id)
        factor_ids = dict.fromkeys(line.factor_id for line in footprint.lines)
        numbers = {factor_id: number for number, factor_id in enumerate(factor_ids, start=1)}
        lines = [_with_leg(line, derived_legs, materials) for line in footprint.lines]
        sources = [f"[{number}] {_source(factor_id, footprint, profile)}" for factor_id, number in numbers.items()]
        head = f"{footprint.profile_id}, transport by {footprint.allocation.words}"
        for part in (
            titled(head, *dim(_about(profile)), _products(lines, numbers)),
            Group(*(Text(visible(text)) for text in _sums(footprint))),
            titled("Sources", *(Text(visible(text)) for text in sources)),
        ):
            console.print(part)
            console.print()


def _with_leg(line: FootprintLine, legs: Sequence[Leg], materials: Materials) -> FootprintLine:
    """Return a line whose rule says which leg it is of: of a derived leg its ends, the mass and the distance."""
    if line.leg_index is None:
        return line
    said = f"leg {line.leg_index + 1}"
    if line.component is Component.HUB:
        said = f"after {said}"
    elif 0 <= line.leg_index < len(legs):
        leg = legs[line.leg_index]
        km = adjusted_km(leg, materials)
        mass_kg = Fraction(line.amount) * 1_000 / km
        if leg.derivation is not None:
            said += f", {leg.derivation.start.name} to {leg.derivation.end.name}"
        said += f": {float(mass_kg):,.8g} kg x {float(km):,.8g} km travelled of {leg.distance_km:,.8g} km"
    return replace(line, rule="; ".join(filter(None, (said, line.rule))))


def _about(profile: AccountingProfile | None) -> Iterator[str]:
    if profile is None:
        yield "this profile is not in the data at hand"
        return
    yield f"{profile.name}; {profile.standard}; {profile.gwp_basis}; recycling by {profile.recycling_rule.value}"
    if profile.end_of_life_route:
        yield f"End of life: {profile.end_of_life_route}"


def _products(lines: Iterable[FootprintLine], numbers: dict[str, int]) -> Group:
    """Return the lines one below the other: no figure is broken, however narrow the terminal is."""
    texts = []
    for line in lines:
        unverified = "" if line.read_in_source else ", unverified"
        component, stage = line.component.value, line.stage.value
        head = (stage if stage.startswith(component) else f"{component} {stage}").replace("_", " ")
        product = f"{_short(line.amount)} {line.unit} x {_short(line.factor_kg_per_unit)} = {_exact(line.co2e_mg)} g"
        low, high, ends = line.low_kg_per_unit, line.high_kg_per_unit, "unknown"
        if low is not None and high is not None:
            ends = f"{float(low):.4g} to {float(high):.4g}{' assumed' if line.range_assumed else ''}"
        texts.append(Text(visible(f"{head}: {line.subject} [{numbers[line.factor_id]}]{unverified}")))
        texts.append(Text(visible(f"  {product}; factor {ends}")))
        texts += dim([f"  {line.rule}"] if line.rule else [])
    return Group(*texts)


def _exact(co2e_mg: int) -> str:
    """Return an emission in mg CO2e as a number of g, to the mg."""
    return f"{co2e_mg / 1_000:,.3f}"


def _short(value: object) -> str:
    return f"{float(str(value)):.8g}"


def _sums(footprint: Footprint) -> Iterator[str]:
    total = stated(_exact(footprint.total_co2e_mg), lacking=bool(footprint.lacks))
    unverified = percent(footprint.unverified_share)
    yield f"Total {total} g CO2e, the sum of the lines; {unverified} rests on unverified figures"
    if footprint.missing:
        yield f"Missing, not zero: {in_words(footprint.missing)}"
    if footprint.missing_scope:
        yield f"Not stated, not counted: {in_words(footprint.missing_scope)}"
    if ends := _range(footprint, " g CO2e"):
        yield f"All factors, masses and detours at their lower, and all at their upper end: {ends}"
    stored, released = footprint.biogenic_stored_mg, footprint.biogenic_released_mg
    lacking = f"; without {', '.join(footprint.biogenic_missing)}" if footprint.biogenic_missing else ""
    yield f"Biogenic CO2 apart, not in the total: {co2e(stored)} g stored, {co2e(released)} g released{lacking}"


def _source(factor_id: str, footprint: Footprint, profile: AccountingProfile | None) -> str:
    """Return where a factor is from, and whether the data at hand state another value than the plan."""
    factor: EmissionFactor | None = profile.factor_of_id(factor_id) if profile else None
    if factor is None:
        return f"{factor_id}: not in the data at hand"
    table = f", {factor.table}" if factor.table else ""
    where = f" {factor.url}" if factor.url else ""
    about = f"{factor.year}, {factor.region}; {factor.boundary}; {factor.gwp_basis}; {factor.licence}"
    note = f"; {factor.note}" if factor.note else ""
    said = f"{factor_id}: {factor.source}{table}{where} ({about}; {GRADES[factor.source_grade]}{note})"
    used = {line.factor_kg_per_unit for line in footprint.lines if line.factor_id == factor_id}
    if used != {factor.value}:
        said += f"; the data at hand say {_short(factor.value)}, the plan {', '.join(map(_short, sorted(used)))}"
    return said


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Print the outcome, and the difference under each profile and allocation with its range."""
    console.print(titled(f"Against {comparison.baseline}: {OUTCOMES[comparison.outcome]}"))
    if comparison.message:
        console.print(Text(visible(comparison.message)))
    if not comparison.footprints:
        return
    rows = []
    for compared in comparison.footprints:
        mean, low, high = compared.difference_co2e_mg, compared.low_co2e_mg, compared.high_co2e_mg
        known = mean is not None and low is not None and high is not None
        ends = f"{_signed(low or 0)} to {_signed(high or 0)}" if known else "?"
        difference = "?" if mean is None else _signed(mean)
        rows.append((compared.profile_id, compared.allocation.words, difference, ends, OUTCOMES[compared.outcome]))
    console.print(table_of(("=Profile", "Transport by", ">g CO2e", "95 % of paired draws", "Outcome"), rows))


def _signed(co2e_mg: int) -> str:
    return f"{co2e_mg / 1_000:+,.1f}" if co2e_mg else "0.0"


def print_break_even(console: Console, reusable: str, single: str, found: Sequence[BreakEven]) -> None:
    """Print, per profile, what a life and a use emit and after how many trips they beat the box used once."""
    rows = [
        (trips.profile_id, co2e(trips.life_mg), co2e(trips.use_mg), co2e(trips.single_mg), _verdict(trips))
        for trips in found
    ]
    columns = ("=Profile", "Life", "Added per use", "Single use", "Break-even")
    console.print(titled(f"{reusable} against {single}, packaging in g CO2e", table_of(columns, rows)))
    unstated = dict.fromkeys(lack.subject for trips in found for lack in trips.missing_scope)
    if unstated:
        warning = f"warning: {reusable}: {' and '.join(unstated)}, not counted: with it a use emits more"
        console.print(Text(visible(warning)))


def _verdict(found: BreakEven) -> str:
    if found.outcome is BreakEvenOutcome.UNKNOWN:
        return f"unknown, no factor for {in_words(found.missing)}"
    if found.outcome is BreakEvenOutcome.NEVER:
        return "never: a use alone emits as much"
    trips = count(found.trips or 0, "trip")
    if found.outcome is BreakEvenOutcome.REACHED:
        return f"from {trips} of {found.life_trips:,}"
    return f"no practical one: {trips}, a life has {found.life_trips:,}"
