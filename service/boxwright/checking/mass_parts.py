"""What the amounts of footprints stand on: which masses and distances are uncertain, and how far, worked out again.

The share of a footprint that is unverified and its range follow from these.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from boxwright.catalog.materials import Materials
from boxwright.checking.case import ParcelCase
from boxwright.checking.reading import ONE, Parts, Reading, ReadLine, grains, is_mass_datum
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.box import BoxType
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.factor import CARRIED, Component, Stage
from boxwright.domain.footprint import Allocation, PackagingComponent
from boxwright.domain.lane import Leg
from boxwright.errors import InvalidInputError

TRACE = 10**9
"""Amounts are rounded to 34 digits for reading: one part in so many may be missed."""

ENDS = ONE // 10**6
"""Ends of data are rounded to six decimals; in grains."""

Datum = tuple[int, int, bool]
"""Ends over the value in grains, and whether it is verified."""

Expected = tuple[dict[str, Datum], dict[str, Datum]]
"""What the mass of a component, and apart from it its share of a life, stand on."""

Masses = list[tuple[PackagingComponent, frozenset[str], frozenset[str]]]
"""Each part, what its mass stands on, and what its share of a life stands on as well."""


def wrong_mass_parts(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield where footprints take a mass as more exact than the data, or as less, or what they stand on is otherwise.

    Materials are loaded only where there is a footprint.
    """
    if not case.footprints:
        return
    masses: Masses = []
    known: dict[str, Datum] = {}
    for part in case.packaging:
        mass, life = _expected(part, case)
        masses.append((part, frozenset(mass), frozenset([*mass, *life])))
        known |= mass | life
    ways = [_of_leg(leg, case) for leg in case.premises.legs]
    for way in ways:
        known |= way
    for reading in case.footprints:
        for detail in _differences(reading, masses, ways, known, case.gross_mg):
            text = f"{reading.footprint.profile_id!s:.80} {reading.footprint.allocation!s:.80}: {detail}"
            yield case.broken(ViolationKind.WRONG_FOOTPRINT, text)


def _expected(part: PackagingComponent, case: ParcelCase) -> Expected:
    """Return what the mass of a part, and beside it its share of a life, stand on."""
    box, materials = case.box, case.premises.materials
    if part.component is Component.BOX:
        return ({}, {}) if box is None else _of_box(box, materials)
    if part.component is Component.INNER_BOX:
        inner = next((each.box for each in case.inner_boxes if each.box.box_type_id == part.dunnage_id), None)
        return ({}, {}) if inner is None else _of_box(inner, materials)
    own = [each for each in case.premises.catalog.dunnage if each.dunnage_id == part.dunnage_id]
    try:
        return _of_dunnage(own[0] if own else materials.dunnage_of(part.dunnage_id), materials)
    except (InvalidInputError, TypeError):
        return {}, {}


@lru_cache(maxsize=1_024)
def _of_box(box: BoxType, materials: Materials) -> Expected:
    assumed = _assumed(materials)
    life = {f"box/{box.box_type_id}/trips": assumed} if box.trips > 1 and not box.trips_counted else {}
    if box.tare_basis == "board" and box.grammage_g_per_m2 is None:
        board = next((each for each in materials.boards if each.board_id == box.board_id), None)
        if board is None:
            return {}, life
        name, key = f"board/{board.board_id}/grammage", ("board", board.board_id)
        return _sourced(name, key, materials, read_in_source=board.read_in_source), life
    return ({f"box/{box.box_type_id}/tare": assumed} if box.tare_mg and not box.tare_weighed else {}), life


@lru_cache(maxsize=1_024)
def _of_dunnage(dunnage: Dunnage, materials: Materials) -> Expected:
    figure = {DunnageKind.TAPE: "grammage", DunnageKind.LABEL: "piece"}.get(dunnage.kind, "density")
    name, key = f"dunnage/{dunnage.dunnage_id}/{figure}", ("dunnage", dunnage.dunnage_id)
    return _sourced(name, key, materials, read_in_source=dunnage.read_in_source), {}


def _assumed(materials: Materials) -> Datum:
    """Return what holds of an unverified figure without a range of its own."""
    spread = grains(materials.unverified_spread)
    return ONE * ONE // spread, spread, False


def _of_leg(leg: Leg, case: ParcelCase) -> dict[str, Datum]:
    """Return what the distance of a leg stands on: the detour over land, where it was derived."""
    found = case.premises.materials.places.detours.get(leg.mode) if leg.derivation is not None else None
    if found is None:
        return {}
    name = f"detour/{leg.mode.value}"
    if found.low is None or found.high is None:
        return {} if found.read_in_source else {name: _assumed(case.premises.materials)}
    whole = grains(found.multiplier)
    return {name: (grains(found.low) * ONE // whole, grains(found.high) * ONE // whole, found.read_in_source)}


def _sourced(name: str, key: tuple[str, str], materials: Materials, *, read_in_source: bool) -> dict[str, Datum]:
    ends = materials.mass_ranges.get(key)
    if ends is not None:
        return {name: (grains(ends[0]), grains(ends[1]), read_in_source)}
    return {} if read_in_source else {name: _assumed(materials)}


def _differences(
    reading: Reading, masses: Masses, ways: Sequence[Collection[str]], known: Mapping[str, Datum], gross_mg: int
) -> Iterator[str]:
    used: set[str] = set()
    for read in reading.lines:
        true, said = _true_parts(read, reading.footprint.allocation, masses, ways, gross_mg), read.parts
        for names in true:
            used |= names
        trace = (abs(read.amount) + ONE // TRACE) // TRACE
        if said is None or said.keys() != true.keys() or any(abs(said[k] - true[k]) > trace for k in true):
            what = f"{read.line.component}/{read.line.stage} of {read.line.subject}"
            yield f"{what} stands on {_shown(said)}, by the data on {_shown(true)}"
    stated = reading.footprint.mass_data
    said_data = _said_data(stated)
    if said_data is None or said_data.keys() != used:
        yield f"its masses stand on {sorted(used)}, it says {stated!r:.200}"
        return
    for name, (low, high, verified) in said_data.items():
        true_low, true_high, true_verified = known[name]
        if abs(low - true_low) > ENDS or abs(high - true_high) > ENDS or verified is not true_verified:
            ends = f"{true_low / ONE:.6g} to {true_high / ONE:.6g}, {'' if true_verified else 'un'}verified"
            yield f"{name} is {ends}, it says {low / ONE:.6g} to {high / ONE:.6g}, {'' if verified else 'un'}verified"


def _true_parts(
    read: ReadLine, allocation: Allocation, masses: Masses, ways: Sequence[Collection[str]], gross_mg: int
) -> Parts:
    """Return the parts of a line's amount: all of a piece of packaging, of carriage each piece's share of the mass.

    All of a leg stands on its detour as well.
    """
    line = read.line
    if line.component in CARRIED:
        found: Parts = defaultdict(int)
        leg = line.leg_index if line.component is Component.TRANSPORT else None
        way = frozenset(ways[leg] if leg is not None and 0 <= leg < len(ways) else ())
        rest = read.amount
        if allocation is Allocation.MASS and gross_mg:
            for part, names, _ in masses:
                if names and part.mass_mg:
                    share = read.amount * part.mass_mg // gross_mg
                    found[names | way] += share
                    rest -= share
        if way and rest > len(masses):
            found[way] += rest
        return found
    if line.unit not in ("kg", "tkm"):
        return {}
    reused = line.stage is Stage.REUSE
    parts = [each for each in masses if each[0].component is line.component]
    found_names = [mass if reused else life for part, mass, life in parts if reused or part.material_id == line.subject]
    if not found_names:
        return {}
    # Of several parts of a component and a material, such as inner boxes, a line is of one of them.
    names = next((each for each in found_names if read.parts is not None and each in read.parts), found_names[0])
    return {names: read.amount} if names else {}


def _said_data(stated: object) -> dict[str, Datum] | None:
    found: dict[str, Datum] = {}
    if not isinstance(stated, tuple):
        return None
    for each in stated:
        if not is_mass_datum(each) or each.datum_id in found:
            return None
        found[each.datum_id] = (grains(each.low), grains(each.high), each.read_in_source)
    return found


def _shown(found: Parts | None) -> str:
    if found is None:
        return "what cannot be read"
    words = (f"{' and '.join(sorted(key))} with {amount / ONE:.6g}" for key, amount in found.items())
    return ", ".join(words) or "nothing"
