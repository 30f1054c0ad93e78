"""Piles of soft units, which carry each other and nothing rigid: a rule that no load limit of a unit can express."""

import dataclasses

import numpy as np
import numpy.typing as npt

from boxwright.packing.own import lay
from boxwright.packing.problem import Layout, Units
from boxwright.packing.question import Question

MOST_UNITS = 1_000
"""Among more units than this, some of them rigid, soft ones carry nothing: contacts are checked pair by pair."""
PILING = 2
"""In ``Units.soft``: a soft unit without a load limit."""


def lay_piles(question: Question) -> Layout | None:
    """Return a layout in which soft units without a load limit carry soft units of any mass and nothing rigid.

    Where all units are soft, they have no limit. Else half the effort is for packings in which they carry nothing, and
    half for packings in which they carry up to the mass of all soft units, valid if nothing rigid rests on them.
    """
    units = question.units
    if units.soft is None or not question.rules.bearing or np.count_nonzero(units.soft) < 2:
        return lay(question)
    piling = units.soft == PILING
    if units.soft.all():
        free = dataclasses.replace(units, max_load_mg=np.where(piling, np.inf, units.max_load_mg))
        return lay(dataclasses.replace(question, units=free))
    half = dataclasses.replace(question, effort=question.effort // 2)
    strict = lay(half)
    if (strict is not None and len(strict) == len(units)) or len(units) > MOST_UNITS:
        return strict
    # Finite, so that soft units are set down after the others.
    limit = float(units.mass_mg[units.soft > 0].sum())
    loose = dataclasses.replace(units, max_load_mg=np.where(piling, limit, units.max_load_mg))
    piled = lay(dataclasses.replace(half, units=loose))
    if piled is None or carries_rigid(units, piled):
        return strict
    return piled if strict is None or _volume(units, piled) > _volume(units, strict) else strict


def carries_rigid(units: Units, layout: Layout) -> bool:
    """Whether a rigid unit with a mass rests on a soft unit without a load limit, directly or through others."""
    if units.soft is None:
        return False
    soft = units.soft[layout.units]
    heavy = (soft == 0) & (units.mass_mg[layout.units] > 0)
    corners = layout.corners_um
    rests = corners[:, None, 2] == corners[None, :, 5]
    for axis in (0, 1):
        low = np.maximum(corners[:, None, axis], corners[None, :, axis])
        rests &= low < np.minimum(corners[:, None, axis + 3], corners[None, :, axis + 3])
    under: npt.NDArray[np.bool_] = np.zeros(len(layout), dtype=np.bool_)
    for slot in np.argsort(-corners[:, 2], kind="stable").tolist():
        if heavy[slot] or under[slot]:
            under |= rests[slot]
    return bool((under & (soft == PILING)).any())


def _volume(units: Units, layout: Layout) -> int:
    return sum(units.volumes_um3[unit] for unit in layout.units.tolist())
