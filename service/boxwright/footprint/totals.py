"""Sums footprints."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from boxwright.domain.footprint import Footprint, FootprintLine, MassDatum, MassPart
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.footprint.line import AMOUNTS
from boxwright.stop import NEVER, Stop

Key = tuple[str, str, str, str, int | None, str]
"""Key of a line; lines with equal keys are added."""


def total(footprints: Sequence[Footprint], stop: Stop = NEVER) -> Footprint:
    """Return the sum of one or more footprints of one profile and one allocation.

    Amounts and rounded grams of lines with the same component, stage, factor and leg are added, so that the total is
    the sum of the parts' totals to the mg. Gaps of any part are gaps of the sum.

    InvalidInputError if there is no footprint, or profiles or allocations differ; SearchEndedError at the stop.
    """
    if not footprints:
        raise InvalidInputError([FieldViolation("footprints", "must hold at least one footprint")])
    first = footprints[0]
    broken = [
        FieldViolation(f"footprints[{index}].{name}", f"must be {getattr(first, name)!s}, got {got!s}")
        for index, footprint in enumerate(footprints)
        for name in ("profile_id", "allocation")
        if (got := getattr(footprint, name)) != getattr(first, name)
    ]
    if broken:
        raise InvalidInputError(broken)
    if len(footprints) == 1 and len({_key(line) for line in first.lines}) == len(first.lines):
        return first
    merged: dict[Key, FootprintLine] = {}
    for line in (line for footprint in footprints for line in footprint.lines):
        stop.look()
        key = _key(line)
        so_far = merged.get(key)
        merged[key] = line if so_far is None else _add(so_far, line)
    return replace(
        first,
        lines=tuple(merged.values()),
        missing=tuple(dict.fromkeys(lack for footprint in footprints for lack in footprint.missing)),
        missing_scope=tuple(dict.fromkeys(lack for footprint in footprints for lack in footprint.missing_scope)),
        mass_data=_data(footprints),
    )


def _key(line: FootprintLine) -> Key:
    return line.component, line.stage, line.subject, line.factor_id, line.leg_index, line.rule


def _data(footprints: Sequence[Footprint]) -> tuple[MassDatum, ...]:
    """Return all data of footprints by id. A datum with two ranges gets a range that includes both."""
    found: dict[str, MassDatum] = {}
    for datum in (datum for footprint in footprints for datum in footprint.mass_data):
        so_far = found.setdefault(datum.datum_id, datum)
        if so_far != datum:
            low, high = min(so_far.low, datum.low), max(so_far.high, datum.high)
            read = so_far.read_in_source and datum.read_in_source
            found[datum.datum_id] = replace(datum, low=low, high=high, read_in_source=read)
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
    return tuple(MassPart(data, amount) for data, amount in amounts.items())
