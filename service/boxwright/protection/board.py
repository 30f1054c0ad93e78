"""Figures of the board of a box, the caller's first, and its grade by the US box certificate."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.catalog.rows import wall_of
from boxwright.domain.box import BoxType
from boxwright.domain.strength import BoxGrade
from boxwright.units import MG_PER_LB, UM_PER_INCH


@dataclass(frozen=True, slots=True)
class BoardFacts:
    """Figures of a board on which the strength of a box depends.

    Attributes
    ----------
    edge_crush_kn_per_m, caliper_mm : Fraction or None
        Edge crush resistance in kN/m and thickness in mm; None if unknown.
    flute : str
        Flute letters; empty if unknown.
    graded : bool
        Whether the edge crush resistance is that of a grade or the caller's, so that it needs no correction for
        recycled fibre.
    recycled_content : Fraction or None
        Share of recycled fibre, 0 to 1; None if unknown.
    notes : tuple of str
        Notes on unverified figures.
    """

    edge_crush_kn_per_m: Fraction | None
    caliper_mm: Fraction | None
    flute: str
    graded: bool
    recycled_content: Fraction | None
    notes: tuple[str, ...]


def board_facts(box: BoxType, materials: Materials) -> BoardFacts:
    """Return the figures of the board of a box.

    Raises
    ------
    InvalidInputError
        If the box names an unknown board or material.
    """
    board = materials.board(box.board_id) if box.board_id else None
    crush, caliper = _own(box.edge_crush_kn_per_m), _own(box.caliper_mm)
    taken = []
    own_crush = crush is not None
    if board is not None and crush is None and board.edge_crush_kn_per_m is not None:
        crush = Fraction(board.edge_crush_kn_per_m)
        taken.append(f"edge crush {board.edge_crush_kn_per_m} kN/m")
    if board is not None and caliper is None:
        caliper = Fraction(board.caliper_mm)
        taken.append(f"caliper {board.caliper_mm} mm")
    notes = []
    if board is not None and taken and not board.strength_read_in_source:
        notes.append(f"board {board.board_id!r}: its {' and '.join(taken)} are unverified")
    recycled = _own(box.recycled_content)
    material_id = box.material_id or (board.material_id if board else "")
    if recycled is None and material_id:
        known = materials.material(material_id).recycled_content
        recycled = None if known is None else Fraction(known)
    return BoardFacts(
        crush,
        caliper,
        box.flute or (board.flute if board else ""),
        own_crush or bool(board and board.grade),
        recycled,
        tuple(notes),
    )


def too_thin_for_iron(boxes: Sequence[BoxType], materials: Materials) -> set[str]:
    """Return the ids of the cartons that take little of dense goods, as the catalog has a stronger one of their size.

    They are of one flute, without inserts, and have the limit that their board gives, not one of their own.
    """
    limits = {wall: materials.parcel_limits[wall].max_contents_mg for wall in ("single", "e_flute")}
    cartons = [box for box in boxes if box.is_carton]
    thin = [
        box for box in cartons if box.max_net_mg == limits.get(wall_of(board_facts(box, materials).flute) or "", -1)
    ]
    ids = {box.box_type_id for box in thin}
    least_um3 = min((box.inner_volume_um3 for box in cartons if box.box_type_id not in ids), default=math.inf)
    near = materials.protection_rules["stronger_carton"].value
    return {box.box_type_id for box in thin if least_um3 <= near * box.inner_volume_um3}


def _own(value: float | None) -> Fraction | None:
    """Return a figure as the decimal number that was written, not as its binary approximation."""
    return None if value is None else Fraction(str(value))


def box_grade(box: BoxType, materials: Materials) -> BoxGrade:
    """Return the highest grade that the board of a box reaches, by edge crush and number of walls.

    The grade has no id, and a note with the reason, if the board reaches none.
    """
    board = board_facts(box, materials)
    wall = wall_of(board.flute)
    if wall is None or board.edge_crush_kn_per_m is None:
        lacking = "flute" if wall is None else "edge crush"
        return BoxGrade(notes=(f"the {lacking} of its board is unknown, so it has no grade of the box certificate",))
    of_wall = [grade for grade in materials.certificate_grades if grade.wall == wall]
    reached = [grade for grade in of_wall if grade.edge_crush_kn_per_m <= board.edge_crush_kn_per_m]
    notes = board.notes
    if not reached:
        return BoxGrade(notes=(*notes, "its edge crush is below every grade of the box certificate"))
    best = max(reached, key=lambda grade: grade.edge_crush_kn_per_m)
    if not best.read_in_source:
        notes = (*notes, f"grade {best.grade_id!r} of the box certificate is unverified")
    return BoxGrade(
        best.grade_id,
        math.floor(Fraction(best.max_gross_lb) * MG_PER_LB),
        math.floor(Fraction(best.max_length_width_height_in) * UM_PER_INCH),
        notes,
        best.source,
    )
