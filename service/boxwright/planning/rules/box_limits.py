"""What a policy's stacking condition and the box certificate allow of each box type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright import units
from boxwright.protection import box_grade, most_stacked_mg, stack_load

if TYPE_CHECKING:
    from boxwright.catalog.materials import Materials
    from boxwright.domain.box import BoxType
    from boxwright.domain.policy import Policy


def with_gross_limit(box: BoxType, policy: Policy, materials: Materials) -> tuple[BoxType, str]:
    """Return a box type with the gross limit that its strength sets, and the rule behind it.

    A pile of equal parcels limits what each may weigh, so that it binds as any weight limit does. Only figures that
    are verified or the caller's own bind. The rule is empty where the box type is as it was.
    Mailers and bags are not boxes and have no certificate.
    """
    found: list[tuple[int, str]] = []
    if policy.stacking is not None:
        load = stack_load(box, 0, policy.stacking, materials)
        most = most_stacked_mg(load)
        if load.binding and most is not None:
            bears = f"its box bears {units.exact(load.allowed_mn)} N of {load.layers - 1} such parcels above it"
            found.append((most, f"{bears} ({policy.stacking})"))
    if policy.box_certificate and box.has_certificate:
        grade = box_grade(box, materials)
        if grade.binding:
            found.append((grade.max_gross_mg, f"grade {grade.grade_id} of the box certificate"))
    if not found:
        return box, ""
    most, rule = min(found)
    most = min(most, units.to_mg(units.MAX_MASS_G))
    bound = box.with_max_gross_mg(most)
    return bound, "" if bound is box else f"at most {units.exact(most)} g gross: {rule}"


def too_large(box: BoxType, policy: Policy, materials: Materials) -> str:
    """Return why a box type is too large for its board under the box certificate; empty where it is not.

    Only figures that are verified or the caller's own exclude it; mailers and bags have no certificate.
    """
    if not policy.box_certificate or not box.has_certificate:
        return ""
    grade = box_grade(box, materials)
    if not grade.binding or sum(box.outer_um) <= grade.max_length_width_height_um:
        return ""
    sides, most = units.exact(sum(box.outer_um)), units.exact(grade.max_length_width_height_um)
    return f"length, width and height of {sides} mm, grade {grade.grade_id} of the box certificate allows {most} mm"
