"""Proofs that units do not all fit into a space; they range from a comparison of masses to an exact search."""

import itertools
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from boxwright.domain.proof import Proof
from boxwright.packing import bars, bounds, cells, dual, exact, reach
from boxwright.packing.problem import Rules, Space, Units, within
from boxwright.packing.question import Question, Refused
from boxwright.units import exact as exact_text


def _weight(question: Question) -> str | None:
    units, space = question.units, question.space
    return None if units.packed_mg <= space.mass_limit_mg else weight_words(units, space.mass_limit_mg, space.mass_rule)


def weight_words(units: Units, limit_mg: float, rule: str) -> str:
    """Return the text of a refusal by weight; ``rule`` names the rule of the limit, empty if the box sets it."""
    most = f"at most {exact_text(max(int(limit_mg), 0))} g may go in{f' ({rule})' if rule else ''}"
    return f"goods and cushioning weigh {exact_text(units.packed_mg)} g, {most}"


def _volume(question: Question) -> str | None:
    units, space = question.units, question.space
    inside = math.prod(within(units, space).edges_um)
    if units.volume_um3 <= inside and units.volume_um3 <= space.volume_limit_um3:
        return None
    return volume_words(units, inside, space.volume_limit_um3)


def volume_words(units: Units, inside_um3: float, limit_um3: float) -> str:
    """Return the text of a refusal by volume; ``limit_um3`` is the maximum volume of the envelopes."""
    most = min(inside_um3, limit_um3)
    binding = margin_words(units) if units.least_margin_um and inside_um3 == most else ""
    return f"the units take {units.volume_um3 / 1e15:.3f} L, at most {most / 1e15:.3f} L go in{binding}"


def _single_unit(question: Question) -> str | None:
    units, space = question.units, question.space
    alone = bounds.misfit(units, space)
    if alone is None:
        return None
    one = units.one(alone)
    binding = one.most_margin_um and bounds.misfit(replace(one, margins_um=None), space) is None
    return misfit_words(units, alone, binding=bool(binding))


def misfit_words(units: Units, index: int, *, binding: bool) -> str:
    """Return the text of a refusal of one unit; ``binding`` is True if only its margin is the reason."""
    return f"a unit of {_size(units, index)} fits in no orientation{margin_words(units.one(index)) if binding else ''}"


def _unit_pair(question: Question) -> str | None:
    pair = bounds.conflict(question.units, question.space)
    if pair is None:
        return None
    units = question.units
    two = units.take(np.array(pair))
    binding = two.most_margin_um and bounds.conflict(replace(two, margins_um=None), question.space) is None
    return conflict_words(units, *pair, binding=bool(binding))


def conflict_words(units: Units, one: int, two: int, *, binding: bool) -> str:
    """Return the text of a refusal of two units; ``binding`` is True if only their margins are the reason."""
    both = f"units of {_size(units, one)} and {_size(units, two)}"
    margins = margin_words(units.take(np.array([one, two]))) if binding else ""
    return f"{both} do not fit side by side along any axis{margins}"


def _compartments(question: Question) -> str | None:
    return cells.too_many(question.units, question.space, question.stop) if question.space.cells else None


def _bar_relaxation(question: Question) -> str | None:
    need, margins = reach.overfull(question.lengths), margin_words(question.units)
    return None if need is None else f"the units need {need:.4f} times the space that rows of units can fill{margins}"


def _dual_feasible_function(question: Question) -> str | None:
    need, margins = dual.overfull(question.lengths), margin_words(question.units)
    return None if need is None else f"by dual feasible functions, the units need {need:.4f} times the box{margins}"


def _identical_units(question: Question) -> str | None:
    units = question.units
    found = bars.too_many(units, within(units, question.space))
    if found is None:
        return None
    bar_um, needed, held = found
    holds = f"the box holds at most {held}{margin_words(units)}"
    return f"the units split into {needed} bars of {bar_um / 1e3:g} mm, and {holds}"


def _exact_relaxed(question: Question) -> str | None:
    units = question.units
    some = _largest_first(units)
    if exact.feasible(some, question.space, question.nodes or 0, question.stop) is not False:
        return None
    which = f"the {len(units)} units" if len(some) == len(units) else f"the {len(some)} largest units"
    return f"no arrangement of {which} exists, even without support{margin_words(some)}"


def _largest_first(units: Units) -> Units:
    """Return the largest units, at most ``exact.MOST_UNITS``, in the order that the exact search uses."""
    volumes = units.volumes_um3
    if len(units) <= exact.MOST_UNITS and all(one >= two for one, two in itertools.pairwise(volumes)):
        return units
    # Equal units stay together, since they have the same volume and the sort is stable.
    return units.take(np.argsort(-np.array(volumes, dtype=np.float64), kind="stable")[: exact.MOST_UNITS])


PROOFS: dict[Proof, Callable[[Question], str | None]] = {
    Proof.WEIGHT: _weight,
    Proof.VOLUME: _volume,
    Proof.SINGLE_UNIT: _single_unit,
    Proof.UNIT_PAIR: _unit_pair,
    Proof.COMPARTMENTS: _compartments,
    Proof.BAR_RELAXATION: _bar_relaxation,
    Proof.DUAL_FEASIBLE_FUNCTION: _dual_feasible_function,
    Proof.IDENTICAL_UNITS: _identical_units,
    Proof.EXACT_RELAXED: _exact_relaxed,
}
"""All proofs from cheap to costly. A proof returns the rule that refuses the units, with its figures, or None.

Certificates are replayed from this table, so every proof must be right without those before it.
"""

OF_COMPARTMENTS = (Proof.WEIGHT, Proof.COMPARTMENTS, Proof.VOLUME)
"""Proofs for a box with compartments; together they refuse all units that do not fit."""

COMPARING = (Proof.WEIGHT, Proof.VOLUME, Proof.SINGLE_UNIT, Proof.UNIT_PAIR, Proof.COMPARTMENTS)
"""Proofs that only compare numbers and take almost no time."""

RELAXED = Rules(support_millionths=0, bearing=False)

RANK = {proof: rank for rank, proof in enumerate([*PROOFS, Proof.EXACT])}
"""Rank of proofs by cost; the exact search under all rules costs most."""


def refused_cheaply(units: Units, space: Space) -> bool:
    """Whether a proof in ``COMPARING`` refuses the units."""
    question = Question(units, space, RELAXED, whole=True)
    return any(PROOFS[proof](question) is not None for proof in COMPARING)


def over_weight(units: Units, space: Space) -> str | None:
    """Return the text of a refusal by weight, or None if the mass limit holds."""
    return _weight(Question(units, space, RELAXED, whole=True))


def refuse(question: Question) -> Refused | None:
    """Return the cheapest proof that the units do not all fit into the space, or None.

    Proofs disregard support, stability and load bearing, so they also hold with these rules.
    """
    fixed, margins = question.fixed, question.units.margins_um
    if fixed is not None and margins is not None:
        margins = margins.copy()
        margins[fixed.units] = 0
        # Fixed units now differ in margin from others of their kind and may not swap places, so each unit is a kind.
        units = replace(question.units, kinds=np.arange(len(margins)), margins_um=margins)
        question = replace(question, units=units)
    # For one or two units in an open box, comparisons are exact.
    for proof in OF_COMPARTMENTS if question.space.cells else PROOFS if len(question.units) > 2 else COMPARING:
        question.stop.look()
        rule = PROOFS[proof](question)
        if rule is not None:
            return Refused(proof, rule)
    return None


def margin_words(units: Units) -> str:
    """Return the part of a refusal that names the wall margins; empty if there are none."""
    least, most = units.least_margin_um, units.most_margin_um
    if not most:
        return ""
    span = exact_text(most) if least == most else f"{exact_text(least)} to {exact_text(most)}"
    return f"; units keep {span} mm from walls and lid"


def _size(units: Units, index: int) -> str:
    return " x ".join(exact_text(edge) for edge in units.edges_um[index].tolist()) + " mm"
