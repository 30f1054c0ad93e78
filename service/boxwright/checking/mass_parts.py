"""What the amounts of footprints stand on: which masses are uncertain, and how far, worked out again from the data.

The share of a footprint that is unverified and its range follow from these.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.checking.amounts import is_line, is_mass_datum, is_mass_part
from boxwright.checking.case import ParcelCase
from boxwright.checking.listed import listed
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.dunnage import DunnageKind
from boxwright.domain.factor import CARRIED, Component, Stage
from boxwright.domain.footprint import Allocation, Footprint, FootprintLine, PackagingComponent
from boxwright.errors import InvalidInputError

TRACE = Fraction(1, 10**9)
"""Amounts are rounded to 34 digits for reading."""

ENDS = Fraction(1, 10**6)
"""Ends of data are rounded to six decimals."""

Datum = tuple[Fraction, Fraction, bool]
"""Ends over the value, and whether it is verified."""

Parts = dict[frozenset[str], Fraction]
"""Parts of an amount by the data that they stand on."""


def wrong_mass_parts(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield where footprints take a mass as more exact than the data, or as less, or what they stand on is otherwise.

    Materials are loaded only where there is a footprint.
    """
    stated = [each for each in listed(case.parcel.footprints) if isinstance(each, Footprint)]
    if not stated:
        return
    masses: dict[Component, tuple[int, dict[str, Datum], dict[str, Datum]]] = {}
    for part in case.packaging:
        masses[part.component] = (part.mass_mg, *_expected(part, case))
    for footprint in stated:
        for detail in _differences(footprint, masses, case.gross_mg):
            text = f"{footprint.profile_id!s:.80} {footprint.allocation!s:.80}: {detail}"
            yield case.broken(ViolationKind.WRONG_FOOTPRINT, text)


def _expected(part: PackagingComponent, case: ParcelCase) -> tuple[dict[str, Datum], dict[str, Datum]]:
    """Return what the mass of a part, and beside it its share of a life, stand on."""
    box, catalog, materials = case.box, case.premises.catalog, case.premises.materials
    spread = Fraction(materials.unverified_spread)
    assumed = (1 / spread, spread, False)
    if part.component is Component.BOX:
        if box is None:
            return {}, {}
        life = {f"box/{box.box_type_id}/trips": assumed} if box.trips > 1 and not box.trips_counted else {}
        if box.tare_basis == "board" and box.grammage_g_per_m2 is None:
            board = next((each for each in materials.boards if each.board_id == box.board_id), None)
            if board is None:
                return {}, life
            key, read_in_source = ("board", board.board_id), board.read_in_source
            return _sourced(
                f"board/{board.board_id}/grammage", key, materials, assumed, read_in_source=read_in_source
            ), life
        return ({f"box/{box.box_type_id}/tare": assumed} if box.tare_mg and not box.tare_weighed else {}), life
    own = [each for each in catalog.dunnage if each.dunnage_id == part.dunnage_id]
    try:
        dunnage = own[0] if own else materials.dunnage_of(part.dunnage_id)
    except InvalidInputError:
        return {}, {}
    figure = {DunnageKind.TAPE: "grammage", DunnageKind.LABEL: "piece"}.get(dunnage.kind, "density")
    name, key = f"dunnage/{dunnage.dunnage_id}/{figure}", ("dunnage", dunnage.dunnage_id)
    return _sourced(name, key, materials, assumed, read_in_source=dunnage.read_in_source), {}


def _sourced(
    name: str, key: tuple[str, str], materials: Materials, assumed: Datum, *, read_in_source: bool
) -> dict[str, Datum]:
    ends = materials.mass_ranges.get(key)
    if ends is not None:
        return {name: (Fraction(ends[0]), Fraction(ends[1]), read_in_source)}
    return {} if read_in_source else {name: assumed}


def _differences(
    footprint: Footprint,
    masses: Mapping[Component, tuple[int, dict[str, Datum], dict[str, Datum]]],
    gross_mg: int,
) -> Iterator[str]:
    known = {name: datum for _, mass, life in masses.values() for name, datum in (mass | life).items()}
    used: set[str] = set()
    for line in listed(footprint.lines):
        if not is_line(line):
            continue  # reported with the footprints
        true = _true_parts(line, footprint.allocation, masses, gross_mg)
        used |= {name for key in true for name in key}
        said = _said_parts(line.mass_parts)
        amount = abs(Fraction(line.amount)) + TRACE
        if said is None or said.keys() != true.keys() or any(abs(said[k] - true[k]) > TRACE * amount for k in true):
            what = f"{line.component}/{line.stage} of {line.subject}"
            yield f"{what} stands on {_shown(said)}, by the data on {_shown(true)}"
    said_data = _said_data(footprint.mass_data)
    if said_data is None or said_data.keys() != used:
        yield f"its masses stand on {sorted(used)}, it says {footprint.mass_data!r:.200}"
        return
    for name, (low, high, read) in said_data.items():
        true_low, true_high, true_verified = known[name]
        if abs(low - true_low) > ENDS or abs(high - true_high) > ENDS or read is not true_verified:
            ends = f"{float(true_low):.6g} to {float(true_high):.6g}, {'' if true_verified else 'un'}verified"
            yield f"{name} is {ends}, it says {float(low):.6g} to {float(high):.6g}, {'' if read else 'un'}verified"


def _true_parts(
    line: FootprintLine,
    allocation: Allocation,
    masses: Mapping[Component, tuple[int, dict[str, Datum], dict[str, Datum]]],
    gross_mg: int,
) -> Parts:
    """Return the parts of a line's amount: all of a piece of packaging, of carriage each piece's share of the mass."""
    amount, found = Fraction(line.amount), defaultdict[frozenset[str], Fraction](Fraction)
    if line.component in CARRIED:
        for mass_mg, mass, _ in masses.values():
            if mass and mass_mg and allocation is Allocation.MASS and gross_mg:
                found[frozenset(mass)] += amount * mass_mg / gross_mg
    elif line.component in masses and line.unit in ("kg", "tkm"):
        _, mass, life = masses[line.component]
        names = frozenset(mass) if line.stage is Stage.REUSE else frozenset(mass | life)
        if names:
            found[names] = amount
    return dict(found)


def _said_parts(stated: object) -> Parts | None:
    """Return what a line says; None where that cannot be read."""
    found: Parts = {}
    if not isinstance(stated, tuple):
        return None
    for part in stated:
        if not is_mass_part(part) or frozenset(part.data) in found:
            return None
        found[frozenset(part.data)] = Fraction(part.amount)
    return found


def _said_data(stated: object) -> dict[str, Datum] | None:
    found: dict[str, Datum] = {}
    if not isinstance(stated, tuple):
        return None
    for each in stated:
        if not is_mass_datum(each) or each.datum_id in found:
            return None
        found[each.datum_id] = (Fraction(each.low), Fraction(each.high), each.read_in_source)
    return found


def _shown(found: Parts | None) -> str:
    if found is None:
        return "what cannot be read"
    words = (f"{' and '.join(sorted(key))} with {float(amount):.6g}" for key, amount in found.items())
    return ", ".join(words) or "nothing"
