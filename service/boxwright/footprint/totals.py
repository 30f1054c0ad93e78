"""Sums of footprints."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from boxwright.domain.footprint import Footprint, FootprintLine, MassDatum, MassPart
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.footprint.line import AMOUNTS
from boxwright.stop import NEVER, Stop

Key = tuple[str, str, str, str, int | None, str]
"""What lines that become one are alike in."""


def total(footprints: Sequence[Footprint], stop: Stop = NEVER) -> Footprint:
    """Return the sum of footprints of one profile and one allocation.

    Lines of the same component, stage, factor and leg become one: their amounts and their rounded grams are added,
    so that the total is the sum of the parts' totals to the mg. What any part lacks, the sum lacks.

    Parameters
    ----------
    footprints : sequence of Footprint
        At least one.
    stop : Stop, optional
        Ends it with a SearchEndedError. Default: nothing does.

    Raises
    ------
    InvalidInputError
        If there is none, or they differ in profile or allocation: such figures are never added.
    """
    if not footprints:
        raise InvalidInputError([FieldViolation("footprints", "must hold at least one footprint")])
    first = footprints[0]
    broken = [
        FieldViolation(f"footprints[{index}].{name}", f"must be {getattr(first, name)!s}, got {got!s}")
        for index, each in enumerate(footprints)
        for name in ("profile_id", "allocation")
        if (got := getattr(each, name)) != getattr(first, name)
    ]
    if broken:
        raise InvalidInputError(broken)
    if len(footprints) == 1 and len({_key(line) for line in first.lines}) == len(first.lines):
        return first
    merged: dict[Key, FootprintLine] = {}
    for line in (line for each in footprints for line in each.lines):
        stop.look()
        key = _key(line)
        so_far = merged.get(key)
        merged[key] = line if so_far is None else _add(so_far, line)
    return replace(
        first,
        lines=tuple(merged.values()),
        missing=tuple(dict.fromkeys(name for each in footprints for name in each.missing)),
        missing_scope=tuple(dict.fromkeys(name for each in footprints for name in each.missing_scope)),
        mass_data=_data(footprints),
    )


def _key(line: FootprintLine) -> Key:
    return line.component, line.stage, line.subject, line.factor_id, line.leg_index, line.rule


def _data(footprints: Sequence[Footprint]) -> tuple[MassDatum, ...]:
    """Return the data of footprints, by id; of one that is stated in two ways the wider range."""
    found: dict[str, MassDatum] = {}
    for each in (datum for footprint in footprints for datum in footprint.mass_data):
        so_far = found.setdefault(each.datum_id, each)
        if so_far != each:
            low, high = min(so_far.low, each.low), max(so_far.high, each.high)
            found[each.datum_id] = replace(
                each, low=low, high=high, read_in_source=so_far.read_in_source and each.read_in_source
            )
    return tuple(found[name] for name in sorted(found))


def _add(one: FootprintLine, other: FootprintLine) -> FootprintLine:
    biogenic = None
    if one.biogenic_co2_mg is not None and other.biogenic_co2_mg is not None:
        biogenic = one.biogenic_co2_mg + other.biogenic_co2_mg
    return replace(
        one,
        amount=AMOUNTS.add(one.amount, other.amount),
        co2e_mg=one.co2e_mg + other.co2e_mg,
        biogenic_co2_mg=biogenic,
        mass_parts=_parts(one, other),
    )


def _parts(one: FootprintLine, other: FootprintLine) -> tuple[MassPart, ...]:
    if not (one.mass_parts or other.mass_parts):
        return ()
    amounts: dict[tuple[str, ...], Decimal] = {}
    for part in (*one.mass_parts, *other.mass_parts):
        amounts[part.data] = AMOUNTS.add(amounts.get(part.data, Decimal(0)), part.amount)
    return tuple(MassPart(*each) for each in amounts.items())
