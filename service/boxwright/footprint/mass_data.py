"""Data behind masses of packaging and distances of derived legs, with their ranges."""

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
"""Size of the caches of box types and of dunnage."""

FIGURE_OF_KIND = {DunnageKind.TAPE: "grammage", DunnageKind.LABEL: "piece"}
"""The figure that the mass of a kind of dunnage is proportional to; the default is its density."""


@dataclass(frozen=True, slots=True)
class PartData:
    """Data behind one component of the packaging."""

    mass: tuple[MassDatum, ...] = ()
    """Data that the mass is proportional to. Default: the mass is exact."""
    life: tuple[MassDatum, ...] = ()
    """Further data that only its share of a life depends on, such as trips; the mass in transport does not."""


EXACT_DATA = PartData()
"""Data of a component with exact mass and life."""


@lru_cache(maxsize=MOST_KEPT)
def data_of_box(box: BoxType, materials: Materials) -> PartData:
    """Return the data behind a box's mass and its share of a life.

    A derived tare depends on the grammage of its board. Any other tare, and trips, are unverified unless the catalog
    says that they were weighed or counted. The grade of the size does not apply to them.
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
    """Return the data behind the mass of dunnage: its density, grammage or mass of a piece."""
    name = f"dunnage/{dunnage.dunnage_id}/{FIGURE_OF_KIND.get(dunnage.kind, 'density')}"
    ends = materials.mass_ranges.get(("dunnage", dunnage.dunnage_id))
    return PartData(_datum(name, dunnage, ends, materials, read=dunnage.read_in_source))


def data_of_leg(leg: Leg, materials: Materials) -> tuple[MassDatum, ...]:
    """Return the data behind the distance of a leg: the detour factor of its mode if it was derived over land."""
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
    """Return a datum with its own range, or the assumed range if it is unverified; nothing if it is exact.

    A box's grade is about its size, so an unverified tare always counts as the maintainers' own figure.
    """
    if ends is None:
        if read:
            return ()
        spread = materials.unverified_spread
        ends = LOGARITHMS.divide(Decimal(1), spread).quantize(RATIOS), spread
    grade = row.source_grade if row.read_in_source == read else SourceGrade.OWN
    return (MassDatum(name, *ends, read, row.source, grade, row.note),)
