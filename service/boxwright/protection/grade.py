"""The US box certificate: greatest mass and size of a box by the grade of its board."""

import math
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.catalog.rows import wall_of
from boxwright.domain.box import BoxType
from boxwright.domain.strength import BoxGrade
from boxwright.protection.board import board_facts
from boxwright.units import MG_PER_LB, UM_PER_INCH


def box_grade(box: BoxType, materials: Materials) -> BoxGrade:
    """Return the highest grade that the board of a box reaches, by edge crush and number of walls.

    The grade has no id, and a note with the reason, if the board reaches none.
    """
    board = board_facts(box, materials)
    wall = wall_of(board.flute)
    if wall is None or board.edge_crush_kn_per_m is None:
        lacking = "flute" if wall is None else "edge crush"
        return BoxGrade(notes=(f"the {lacking} of its board is unknown, so it has no grade of the box certificate",))
    of_wall = [each for each in materials.certificate_grades if each.wall == wall]
    reached = [each for each in of_wall if each.edge_crush_kn_per_m <= board.edge_crush_kn_per_m]
    notes = board.notes
    if not reached:
        return BoxGrade(notes=(*notes, "its edge crush is below every grade of the box certificate"))
    best = max(reached, key=lambda each: each.edge_crush_kn_per_m)
    if not best.read_in_source:
        notes = (*notes, f"grade {best.grade_id!r} of the box certificate is unverified")
    return BoxGrade(
        best.grade_id,
        math.floor(Fraction(best.max_gross_lb) * MG_PER_LB),
        math.floor(Fraction(best.max_length_width_height_in) * UM_PER_INCH),
        notes,
        best.source,
    )
