"""Shows emissions: of plans with their lines, of transport modes, of comparisons and of reuse."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from fractions import Fraction

from rich.console import Group, RenderableType
from rich.text import Text

from boxwright.catalog import Materials
from boxwright.cli.output import lines, table_of, titled
from boxwright.domain.comparison import Comparison
from boxwright.domain.factor import CARRIED, AccountingProfile, Component, Stage
from boxwright.domain.footprint import Footprint, FootprintLine, unverified_amount
from boxwright.domain.lack import HUBS_UNSTATED, in_words
from boxwright.domain.lane import Leg
from boxwright.domain.rounded import co2e, count, percent, stated
from boxwright.domain.source_grade import SourceGrade
from boxwright.findings import Findings
from boxwright.footprint import BreakEven, BreakEvenOutcome, adjusted_km
from boxwright.planning import ModeAlternative

_PACKAGING = tuple(component for component in Component if component not in CARRIED)
_GRADES = {
    SourceGrade.PUBLISHER: "read at the publisher",
    SourceGrade.COPY: "read in a copy, not at the publisher",
    SourceGrade.SECONDARY: "read in a text about the source",
    SourceGrade.MEMORY: "read nowhere",
    SourceGrade.OWN: "the maintainers' own figure or a stand-in",
}
"""Grades of sources, as text."""


def footprint_table(footprints: Iterable[Footprint]) -> Group:
    """Return a table of footprints; figures that lack a factor are marked ``+ ?``.

    Rows are not summed, since profiles and allocations account for the same parcels.
    """
    rows, ranges, notes = list[Sequence[str | Text]](), list[str](), set[str]()
    for footprint in footprints:
        parts = (_part(footprint, _PACKAGING, none="0.0"), _part(footprint, CARRIED, none="0.0"))
        total, unverified = Text(_total(footprint), style="bold"), percent(footprint.unverified_share)
        rows.append((footprint.profile_id, footprint.allocation.words, *parts, total, unverified))
        if ends := _range(footprint, " g"):
            ranges += [
                f"Range of {_name(footprint)}: {ends}",
                f"Sources of {_name(footprint)}: {footprint.graded_words}",
            ]
        notes |= {f"? {footprint.profile_id}: {in_words(footprint.lacks)}"} if footprint.lacks else set()
        notes |= {HUBS_UNSTATED} if footprint.hubs_unstated else set()
    columns = ("=Profile", "Transport by", ">Packaging", ">Transport", ">Total", ">Unverified")
    return titled("Emissions in g CO2e", table_of(columns, rows), *lines([*ranges, *sorted(notes)], "dim"))


def modes_table(alternatives: Iterable[ModeAlternative]) -> Group:
    """Return a table of modes for each profile and allocation, whose figures must not be mixed."""
    listed = [(mode.name.replace("_", " "), mode) for mode in alternatives]
    tables = dict.fromkeys(_name(footprint) for _, mode in listed for footprint in mode.footprints)
    columns = ("By", ">?Packaging", ">?TTW", ">?WTT", ">?WTW", ">?Forcing", ">?Hubs", ">Total", ">Range")
    stages = (Stage.TRANSPORT_TTW, Stage.TRANSPORT_WTT, Stage.TRANSPORT_WTW, Stage.RADIATIVE_FORCING)
    parts: list[RenderableType] = []
    for title in tables:
        rows, gaps = list[Sequence[str]](), list[str]()
        for name, mode in listed:
            footprint = next((footprint for footprint in mode.footprints if _name(footprint) == title), None)
            if footprint is None:
                rows.append((name, *["-"] * 8))
                continue
            of_fuel = (_part(footprint, (Component.TRANSPORT,), stage.value) for stage in stages)
            hubs, ends = _part(footprint, (Component.HUB,)), _range(footprint) or "-"
            rows.append((name, _part(footprint, _PACKAGING), *of_fuel, hubs, _total(footprint), ends))
            gaps += [f"? {name}: {in_words(footprint.lacks)}"] if footprint.lacks else []
        parts.append(titled(f"{title}: g CO2e", table_of(columns, rows), *lines(gaps, "dim")))
    ways = (
        (name, " + ".join(f"{leg.mode.value} {leg.distance_km:,.0f}" for leg in mode.legs)) for name, mode in listed
    )
    obstacles = (f"{name}: {obstacle}" for name, mode in listed for obstacle in mode.obstacles)
    return Group(*parts, *lines(f"{name}, km: {way}" for name, way in ways if way), *lines(obstacles, "dim"))


def _name(footprint: Footprint) -> str:
    return f"{footprint.profile_id}, transport by {footprint.allocation.words}"


def _part(footprint: Footprint, components: Collection[Component], stage: str = "", none: str = "-") -> str:
    """Return the subtotal of components at stages that begin with ``stage``; ``none`` if they have no line."""
    found = [line for line in footprint.lines if line.component in components and line.stage.value.startswith(stage)]
    lacking = any(lack.component in components and lack.stage.value.startswith(stage) for lack in footprint.lacks)
    return stated(co2e(sum(line.co2e_mg for line in found)), lacking=lacking) if found or lacking else none


def _total(footprint: Footprint) -> str:
    return stated(co2e(footprint.total_co2e_mg), lacking=bool(footprint.lacks))


def _range(footprint: Footprint, unit: str = "") -> str:
    ends = footprint.interval_co2e_mg
    return "" if ends is None else stated(f"{co2e(ends[0])} to {co2e(ends[1])}{unit}", lacking=bool(footprint.lacks))


def legs_text(legs: Iterable[Leg], *, how: bool = False) -> Group:
    """Return derived legs, one per line; if ``how``, with the derivation of each."""
    texts = list[Text]()
    for number, leg in enumerate(legs, start=1):
        texts += lines([f"  {number}. {leg.words}"])
        if how and leg.derivation is not None:
            texts += lines([f"     {leg.distance_kind.value if leg.distance_kind else ''}: {leg.derivation.formula}"])
    return titled("Derived legs", *texts)


def explanation(
    footprints: Iterable[Footprint], materials: Materials, legs: Sequence[Leg] = ()
) -> Iterator[RenderableType]:
    """Yield for each footprint its lines, sums and sources; ``legs`` are the legs to which transport lines refer."""
    for footprint in footprints:
        profile = Findings().attempt(materials.profile, footprint.profile_id)
        about = ["this profile is not in the data of this installation"]
        if profile is not None:
            rule = f"recycling by {profile.recycling_rule.value}"
            about = [f"{profile.name}; {profile.standard}; {profile.gwp_basis}; {rule}"]
            about += [f"End of life: {profile.end_of_life_route}"] if profile.end_of_life_route else []
        factor_ids = list(dict.fromkeys(line.factor_id for line in footprint.lines))
        # In a table, figures would wrap in a narrow terminal.
        products: list[Text] = []
        for line in footprint.lines:
            head, product, rules = _product(line, footprint, factor_ids.index(line.factor_id) + 1)
            rules = "; ".join(filter(None, (_leg_words(line, legs, materials), rules)))
            products += [*lines((head, f"  {product}")), *lines([f"  {rules}"] if rules else [], "dim")]
        sources = (f"[{number}] {_source(name, footprint, profile)}" for number, name in enumerate(factor_ids, start=1))
        yield titled(_name(footprint), *lines(about, "dim"), *products)
        yield Group(*lines(_sums(footprint)))
        yield titled("Sources", *lines(sources))


def _product(line: FootprintLine, footprint: Footprint, source: int) -> tuple[str, str, str]:
    """Return the name of a line, its product of amount and factor, and the rule of the amount."""
    component, stage = line.component.value, line.stage.value
    of = (stage if stage.startswith(component) else f"{component} {stage}").replace("_", " ")
    head = f"{of}: {line.subject} [{source}]{'' if line.read_in_source else ', unverified'}"
    product = f"{_short(line.amount)} {line.unit} x {_short(line.factor_kg_per_unit)} = {_exact(line.co2e_mg)} g"
    low, high, ends = line.low_kg_per_unit, line.high_kg_per_unit, "unknown"
    if low is not None and high is not None:
        ends = f"{float(low):.4g} to {float(high):.4g}{' assumed' if line.range_assumed else ''}"
    doubtful = unverified_amount(line, footprint.doubtful)
    amount = f", {_short(doubtful)} {line.unit} of the amount unverified" if doubtful else ""
    return head, f"{product}; factor {ends}{amount}", line.rule


def _leg_words(line: FootprintLine, legs: Sequence[Leg], materials: Materials) -> str:
    if line.leg_index is None:
        return ""
    words = f"leg {line.leg_index + 1}"
    if line.component is Component.HUB:
        return f"after {words}"
    if 0 <= line.leg_index < len(legs):
        leg = legs[line.leg_index]
        km = adjusted_km(leg, materials)
        mass_kg = Fraction(line.amount) * 1_000 / km
        if leg.derivation is not None:
            words += f", {leg.derivation.start.name} to {leg.derivation.end.name}"
        words += f": {float(mass_kg):,.8g} kg x {float(km):,.8g} km travelled of {leg.distance_km:,.8g} km"
    return words


def _exact(co2e_mg: int) -> str:
    return f"{co2e_mg / 1_000:,.3f}"


def _short(value: object) -> str:
    return f"{float(str(value)):,.8g}"


def _sums(footprint: Footprint) -> Iterator[str]:
    total = stated(_exact(footprint.total_co2e_mg), lacking=bool(footprint.lacks))
    unverified = percent(footprint.unverified_share)
    yield f"Total {total} g CO2e, the sum of the lines; {unverified} rests on unverified figures"
    if footprint.lines:
        yield f"By source grade: {footprint.graded_words}"
    if footprint.missing:
        yield f"Missing, not zero: {in_words(footprint.missing)}"
    if footprint.missing_scope:
        yield f"Not stated, not counted: {in_words(footprint.missing_scope)}"
    if ends := _range(footprint, " g CO2e"):
        yield f"Range with all factors, masses and detours at their lower or at their upper ends: {ends}"
    stored, released = footprint.biogenic_stored_mg, footprint.biogenic_released_mg
    lacking = f"; without {', '.join(footprint.biogenic_missing)}" if footprint.biogenic_missing else ""
    yield f"Biogenic CO2, not in the total: {co2e(stored)} g stored, {co2e(released)} g released{lacking}"


def _source(factor_id: str, footprint: Footprint, profile: AccountingProfile | None) -> str:
    """Return the source of a factor, and its value in these data if the plan was made with another."""
    factor = profile.factor_of_id(factor_id) if profile else None
    if factor is None:
        return f"{factor_id}: not in the data of this installation"
    where = (f", {factor.table}" if factor.table else "") + (f" {factor.url}" if factor.url else "")
    about = [f"{factor.year}, {factor.region}", factor.boundary, factor.gwp_basis, factor.licence]
    about += [_GRADES[factor.source_grade], factor.note]
    words = f"{factor_id}: {factor.source}{where} ({'; '.join(filter(None, about))})"
    used = {line.factor_kg_per_unit for line in footprint.lines if line.factor_id == factor_id}
    if used != {factor.value}:
        words += f"; these data have {_short(factor.value)}, the plan has {', '.join(map(_short, sorted(used)))}"
    return words


def comparison_view(comparison: Comparison) -> Group:
    """Return the outcome of a comparison, and the difference by profile and allocation."""
    rows = []
    for compared in comparison.footprints:
        mean, low, high = compared.difference_co2e_mg, compared.low_co2e_mg, compared.high_co2e_mg
        ends = "?" if mean is None or low is None or high is None else f"{_signed(low)} to {_signed(high)}"
        difference = "?" if mean is None else _signed(mean)
        rows.append(
            (compared.profile_id, compared.allocation.words, difference, ends, compared.outcome.replace("_", " "))
        )
    columns = ("=Profile", "Transport by", ">g CO2e", "95 % of paired draws", "Outcome")
    message = lines([comparison.message] if comparison.message else [])
    title = f"Against {comparison.baseline}: {comparison.outcome.replace('_', ' ')}"
    return titled(title, *message, *([table_of(columns, rows)] if rows else []))


def _signed(co2e_mg: int) -> str:
    return f"{co2e_mg / 1_000:+,.1f}" if co2e_mg else "0.0"


def break_even_view(reusable: str, single: str, found: Sequence[BreakEven]) -> Group:
    """Return, by profile, the emissions of packaging and the minimum number of trips for which reuse emits less."""
    rows = []
    for trips in found:
        needed = count(trips.trips or 0, "trip")
        verdict = {
            BreakEvenOutcome.UNKNOWN: f"unknown, no factor for {in_words(trips.missing)}",
            BreakEvenOutcome.NEVER: "never: its return and washing alone emit as much",
            BreakEvenOutcome.REACHED: f"from {needed} of {trips.life_trips:,}",
        }.get(trips.outcome, f"never in practice: {needed}, but a life has {trips.life_trips:,}")
        rows.append((trips.profile_id, co2e(trips.life_mg), co2e(trips.use_mg), co2e(trips.single_mg), verdict))
    columns = ("=Profile", "Life", "Added per use", "Single use", "Break-even")
    unstated = " and ".join(dict.fromkeys(lack.subject for trips in found for lack in trips.missing_scope))
    warning = f"warning: {reusable}: {unstated}, not counted, would raise the emissions of each use"
    title = f"{reusable} against {single}, packaging in g CO2e"
    return titled(title, table_of(columns, rows), *lines([warning] if unstated else []))
