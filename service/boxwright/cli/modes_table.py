"""Modes side by side, and how derived legs were found."""

from collections.abc import Collection, Iterable, Sequence

from rich.console import Group
from rich.text import Text

from boxwright.cli.footprint_table import PACKAGING
from boxwright.cli.tables import PlainTable, plain_table
from boxwright.domain.factor import Component, Stage
from boxwright.domain.footprint import Footprint
from boxwright.domain.lack import in_words
from boxwright.domain.lane import Leg
from boxwright.domain.rounded import co2e, stated, visible
from boxwright.planning import ModeAlternative

NO_FIGURE = "-"


def modes_table(alternatives: Iterable[ModeAlternative]) -> Group:
    """Return a table per profile and allocation: figures of different accounts never stand in one column."""
    listed = tuple(alternatives)
    keys = dict.fromkeys((each.profile_id, each.allocation) for mode in listed for each in mode.footprints)
    parts: list[Group | Text] = []
    for profile_id, allocation in keys:
        title = f"{profile_id}, transport by {allocation.words}: g CO2e"
        rows: list[list[str]] = []
        gaps: list[str] = []
        for mode in listed:
            found = next(
                (each for each in mode.footprints if (each.profile_id, each.allocation) == (profile_id, allocation)),
                None,
            )
            name = mode.name.replace("_", " ")
            if found is None:
                rows.append([name, *[NO_FIGURE] * 8])
                continue
            rows.append([name, *_stages(found), _total(found), _range(found)])
            if found.lacks:
                gaps.append(f"? {name}: {in_words(found.lacks)}")
        parts += [
            Text(visible(title), style="bold"),
            Group(_without_empty(rows)),
            *(Text(visible(gap), style="dim") for gap in gaps),
        ]
    ways = [f"{mode.name.replace('_', ' ')}, km: {_ways(mode.legs)}" for mode in listed if mode.legs]
    parts += [Text(visible(each)) for each in ways]
    why = [f"{mode.name.replace('_', ' ')}: {each}" for mode in listed for each in mode.obstacles]
    return Group(*parts, *(Text(visible(each), style="dim") for each in why))


def _without_empty(rows: Sequence[Sequence[str]]) -> PlainTable:
    """Return the table of rows, without columns of grams that none has a figure in."""
    columns = ("By", "Packaging", "TTW", "WTT", "WTW", "Forcing", "Hubs", "Total", "Range")
    whole = ("By", "Total", "Range")
    kept = [at for at, name in enumerate(columns) if name in whole or any(row[at] != NO_FIGURE for row in rows)]
    table = plain_table(*(columns[at] for at in kept))
    for row in rows:
        table.row(*(row[at] for at in kept))
    return table


def legs_table(legs: Iterable[Leg]) -> Group:
    """Return how each leg was found."""
    table = plain_table("Leg", "By", "km", "Kind", "From", "To", "How")
    for number, leg in enumerate(legs, start=1):
        found = leg.derivation
        if found is not None:
            kind = leg.distance_kind.value if leg.distance_kind else ""
            km = f"{leg.distance_km:,.1f}"
            table.row(str(number), leg.mode.value, km, kind, found.start.name, found.end.name, found.formula)
    return Group(Text("Derived legs", style="bold"), table)


def legs_text(legs: Iterable[Leg]) -> Group:
    """Return derived legs, a line each: mode, distance as it was derived, and ends."""
    lines = [Text(visible(f"  {number}. {leg.words}")) for number, leg in enumerate(legs, start=1)]
    return Group(Text("Derived legs", style="bold"), *lines)


def _ways(legs: Iterable[Leg]) -> str:
    return " + ".join(f"{leg.mode.value} {leg.distance_km:,.0f}" for leg in legs)


def _stages(footprint: Footprint) -> list[str]:
    """Return the grams of the packaging, of the fuel by stage, of radiative forcing, and of hubs."""
    stages = (Stage.TRANSPORT_TTW, Stage.TRANSPORT_WTT, Stage.TRANSPORT_WTW, Stage.RADIATIVE_FORCING)
    return [
        _part(footprint, PACKAGING, ""),
        *(_part(footprint, (Component.TRANSPORT,), stage.value) for stage in stages),
        _part(footprint, (Component.HUB,), ""),
    ]


def _part(footprint: Footprint, components: Collection[Component], stage: str) -> str:
    lines = [line for line in footprint.lines if line.component in components and line.stage.value.startswith(stage)]
    lacking = any(each.component in components and each.stage.value.startswith(stage) for each in footprint.lacks)
    if not lines and not lacking:
        return NO_FIGURE
    return stated(co2e(sum(line.co2e_mg for line in lines)), lacking=lacking)


def _total(footprint: Footprint) -> str:
    return stated(co2e(footprint.total_co2e_mg), lacking=bool(footprint.lacks))


def _range(footprint: Footprint) -> str:
    ends = footprint.interval_co2e_mg
    lacking = bool(footprint.lacks)
    return NO_FIGURE if ends is None else stated(f"{co2e(ends[0])} to {co2e(ends[1])}", lacking=lacking)
