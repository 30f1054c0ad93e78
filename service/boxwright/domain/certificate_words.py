"""Certificates as text."""

from boxwright.domain.box import SLENDER_PERCENT
from boxwright.domain.footprint import Allocation
from boxwright.domain.plan import Certificate, ProofScope, ProofStatus
from boxwright.domain.proof import Proof

OBJECTIVES = {
    "parcel_count": "fewest parcels",
    "inner_volume": f"least inner volume (slender cartons count {SLENDER_PERCENT} % more)",
    "outer_volume": "least outer volume",
    "packaging_mass": "least packaging",
    "packaging_cost": "least packaging cost",
    "shipping_cost": "least cost of packaging and carriage",
    "chargeable_weight": "least chargeable weight",
    "emissions": "least emissions",
    "single_use_parcels": "fewest single-use boxes",
}
PROOFS = {
    Proof.VOLUME: "too little volume",
    Proof.WEIGHT: "all units together exceed a weight limit",
    Proof.SINGLE_UNIT: "too small for one of the units",
    Proof.UNIT_PAIR: "too small for two of the units together",
    Proof.COMPARTMENTS: "more units than compartments",
    Proof.BAR_RELAXATION: "too small by a bound on rows of units",
    Proof.DUAL_FEASIBLE_FUNCTION: "too small by a bound on shapes",
    Proof.IDENTICAL_UNITS: "too small by a bound on equal pieces",
    Proof.EXACT_RELAXED: "no arrangement of the units exists",
    Proof.EXACT: "no supported arrangement of the units exists",
    Proof.POLICY: "a rule of the policy or the carrier",
}
_LISTED = 4


def in_words(certificate: Certificate) -> str:
    """Return scope, objectives, constraint set, proofs and open candidates as sentences."""
    goals = ", then ".join(OBJECTIVES.get(goal, goal) for goal in certificate.objectives)
    if certificate.profile_id:
        words = next((kind.words for kind in Allocation if kind == certificate.allocation), certificate.allocation)
        goals += f" (emissions by {certificate.profile_id}, transport by {words})"
    among = "one-parcel plans" if certificate.scope is ProofScope.SINGLE_PARCEL else "all plans"
    if certificate.status is ProofStatus.PROVED:
        words = f"Proved, for packing alone: no better plan exists among {among}, by {goals}."
    elif not goals:
        words = "Open: nothing is proved about the choice of boxes."
    else:
        known = f"alternative {certificate.rank}, better plans are known" if certificate.rank else "not proved the best"
        words = f"Open: {known} among {among}, by {goals}."
        if certificate.bounded_objective and certificate.value:
            objective = certificate.bounded_objective.replace("_", " ")
            words += f" At most {certificate.gap_ratio:.1%} of its {objective} could be saved.".replace("%", " %")
    if certificate.constraints:
        words += f" Constraints: {', '.join(certificate.constraints)}."
    for proof in Proof:
        boxes = [
            _name(refused.box_type_id, refused.cushioning_id)
            for refused in certificate.refused_candidates
            if refused.proof is proof
        ]
        if boxes:
            words += f" Refused for all units in one box ({PROOFS[proof]}): {_names(boxes)}."
    if certificate.open_candidates:
        why = "Not excluded, or used by a better plan" if certificate.rank else "Not excluded"
        words += f" {why}: {_names([_name(*candidate) for candidate in certificate.open_candidates])}."
    return words


def _name(box_type_id: str, cushioning_id: str) -> str:
    return f"{box_type_id} with {cushioning_id}" if cushioning_id else box_type_id


def _names(boxes: list[str]) -> str:
    more = len(boxes) - _LISTED
    return ", ".join(boxes[:_LISTED]) + (f" and {more} more" if more > 0 else "")
