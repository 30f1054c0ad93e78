"""Cheap proofs that a box type cannot hold a set of units."""

from boxwright.domain.box import BoxType
from boxwright.domain.plan import Proof, RefusedCandidate
from boxwright.packing import bounds, dual, exact
from boxwright.packing.problem import Space, Units


def refuse(box: BoxType, units: Units, space: Space, nodes: int) -> RefusedCandidate | None:
    """Return a proof that the units do not all fit into the space, from cheap to dear, or None.

    Each proof is of a relaxed problem, so it holds under support, stability and load bearing as well. ``nodes`` is the
    budget of the exact search, the last and dearest.
    """
    if units.packed_mg > space.mass_limit_mg:
        detail = f"{units.packed_mg / 1e3:g} g of goods and cushioning, at most {space.mass_limit_mg / 1e3:g} g"
        return RefusedCandidate(box.box_type_id, Proof.WEIGHT, detail)
    length, width, height = space.edges_um
    if units.volume_um3 > length * width * height or units.volume_um3 > space.volume_limit_um3:
        limit = min(length * width * height, space.volume_limit_um3)
        detail = f"{units.volume_um3 / 1e15:.3f} L of units, at most {limit / 1e15:.3f} L"
        return RefusedCandidate(box.box_type_id, Proof.VOLUME, detail)
    alone = bounds.misfit(units, space)
    if alone is not None:
        return RefusedCandidate(box.box_type_id, Proof.SINGLE_UNIT, f"{_size(units, alone)} fits in no orientation")
    pair = bounds.conflict(units, space)
    if pair is not None:
        both = f"{_size(units, pair[0])} and {_size(units, pair[1])}"
        return RefusedCandidate(box.box_type_id, Proof.UNIT_PAIR, f"{both} fit side by side along no axis")
    if len(units) < 3:  # for up to two units the tests above are exact
        return None
    need = dual.overfull(units, space)
    if need is not None:
        detail = f"the units need {need:.4f} of the box after dual feasible functions"
        return RefusedCandidate(box.box_type_id, Proof.DUAL_FEASIBLE_FUNCTION, detail)
    if exact.feasible(units, space, nodes) is False:
        detail = f"no arrangement of the {len(units)} units exists, even without support"
        return RefusedCandidate(box.box_type_id, Proof.EXACT_RELAXED, detail)
    return None


def _size(units: Units, index: int) -> str:
    return " x ".join(f"{edge / 1e3:g}" for edge in units.edges_um[index].tolist()) + " mm"
