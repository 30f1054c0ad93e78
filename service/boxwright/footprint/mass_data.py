"""What the masses of a parcel's packaging and the distances of its way stand on, and how far each may be off."""

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from boxwright.catalog.materials import Materials
from boxwright.catalog.profiles import LOGARITHMS, RATIOS
from boxwright.domain.box import BoxType
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.footprint import MassDatum
from boxwright.domain.lane import Leg
from boxwright.domain.source_grade import SourceGrade

MOST_KEPT = 4_096
"""Box types, and kinds of dunnage, of which the data are kept."""

FIGURE_OF_KIND = {DunnageKind.TAPE: "grammage", DunnageKind.LABEL: "piece"}
"""What the mass of a kind of dunnage is proportional to; of all others it is the density."""


@dataclass(frozen=True, slots=True)
class PartData:
    """What one component of the packaging stands on.

    Attributes
    ----------
    mass : tuple of MassDatum
        Its mass is proportional to these; none: it is as declared.
    life : tuple of MassDatum
        Its share of a life, in addition: trips. They do not change what travels.
    """

    mass: tuple[MassDatum, ...] = ()
    life: tuple[MassDatum, ...] = ()


EXACT_DATA = PartData()
"""What a component stands on whose mass and life are exact."""


@lru_cache(maxsize=MOST_KEPT)
def data_of_box(box: BoxType, materials: Materials) -> PartData:
    """Return what a box's mass and its share of a life stand on.

    A tare that was derived stands on the grammage of the board that ``board_id`` names. Any other, and the trips, are
    unverified unless the catalog says that they were weighed or counted: that a size was read says nothing of them.
    """
    exact = box.trips == 1 or box.trips_counted
    life = _datum(f"box/{box.box_type_id}/trips", box, None, materials, read=exact)
    if box.tare_basis == "board" and box.grammage_g_per_m2 is None:
        board = materials.board(box.board_id)
        ends = materials.mass_ranges.get(("board", board.board_id))
        read = board.read_in_source
        return PartData(_datum(f"board/{board.board_id}/grammage", board, ends, materials, read=read), life)
    exact = not box.tare_mg or box.tare_weighed
    return PartData(_datum(f"box/{box.box_type_id}/tare", box, None, materials, read=exact), life)


@lru_cache(maxsize=MOST_KEPT)
def data_of_dunnage(dunnage: Dunnage, materials: Materials) -> PartData:
    """Return what the mass of dunnage stands on: its density, grammage or mass of a piece."""
    name = f"dunnage/{dunnage.dunnage_id}/{FIGURE_OF_KIND.get(dunnage.kind, 'density')}"
    ends = materials.mass_ranges.get(("dunnage", dunnage.dunnage_id))
    return PartData(_datum(name, dunnage, ends, materials, read=dunnage.read_in_source))


def data_of_leg(leg: Leg, materials: Materials) -> tuple[MassDatum, ...]:
    """Return what the distance of a leg stands on: the detour factor of its mode where it was derived over land."""
    detour = None if leg.derivation is None else materials.places.detours.get(leg.mode)
    if detour is None:
        return ()
    ends = None
    if detour.low is not None and detour.high is not None:
        low, high = (LOGARITHMS.divide(end, detour.multiplier).quantize(RATIOS) for end in (detour.low, detour.high))
        ends = (low, high)
    return _datum(f"detour/{leg.mode.value}", detour, ends, materials, read=detour.read_in_source)


def _datum(
    name: str, row: Any, ends: tuple[Decimal, Decimal] | None, materials: Materials, *, read: bool
) -> tuple[MassDatum, ...]:
    """Return a datum of a row with its own range, or what is assumed where it is unverified; nothing if it is exact.

    The grade of a box is that of its size: an unverified tare of a box of any grade is an own figure.
    """
    if ends is None:
        if read:
            return ()
        spread = materials.unverified_spread
        ends = LOGARITHMS.divide(Decimal(1), spread).quantize(RATIOS), spread
    grade = row.source_grade if row.read_in_source == read else SourceGrade.OWN
    return (MassDatum(name, *ends, read, row.source, grade, row.note),)
