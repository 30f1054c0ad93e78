"""The canonical form of a plan: one byte string per plan, on any machine."""

import hashlib
import json

from boxwright.domain.plan import Plan
from boxwright.export.nouns import PLAN

_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False)
"""Takes keys as they come: nouns give theirs in order."""


def canonical_json(plan: Plan) -> bytes:
    """Return the canonical form of a plan: sorted keys, no spaces, only whole numbers and texts (RFC 8785).

    Lengths are in um, masses in mg, emissions in mg CO2e. It holds what was decided and counted: parcels in
    order, placements in pack sequence, unpacked units, certificate, footprint lines, and the hashes of what
    the plan was made with. It leaves out what may differ between equal plans, or only explains them: the
    caller's order id, the ship date (its effect is in the chargeable weight), prose, and figures that
    follow from the others.
    """
    return _ENCODER.encode(PLAN.canonical(plan)).encode()


def canonical_hash(plan: Plan) -> str:
    """Return the SHA-256 of the canonical form, as ``sha256:`` and 64 hex digits."""
    return f"sha256:{hashlib.sha256(canonical_json(plan)).hexdigest()}"
