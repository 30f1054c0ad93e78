"""Certificates."""

from collections.abc import Callable
from typing import Any

from boxwright import units
from boxwright.domain.box import Catalog
from boxwright.domain.footprint import Allocation
from boxwright.domain.plan import Certificate, ProofStatus, RefusedCandidate
from boxwright.domain.policy import Objective
from boxwright.domain.smallest_change import SmallestChange
from boxwright.server.wire.enums import ALLOCATION, OBJECTIVE, ORIENTATION, PROOF, PROOF_SCOPE, PROOF_STATUS
from boxwright.server.wire.geometry import dimensions_to_wire
from boxwright.server.wire.masks import ALL, Tree, build, kept
from boxwright.server.wire.names import profile_name, service_name
from boxwright.server.wire.objective import value_to_wire
from boxwright.v1 import certificate_pb2


def certificate_to_wire(certificate: Certificate, catalog: Catalog, tree: Tree = ALL) -> certificate_pb2.Certificate:
    """Return the message of a certificate; bound, value and gap only where something is proved.

    Parameters
    ----------
    certificate : Certificate
        The certificate.
    catalog : Catalog
        Whose currency prices are in.
    tree : Tree, optional
        Fields to make. Default all.
    """
    by_emissions, by_bill = bool(certificate.profile_id), bool(certificate.carrier_service)
    proved = certificate.status is ProofStatus.PROVED or certificate.lower_bound
    bounded = Objective(certificate.bounded_objective) if certificate.bounded_objective and proved else None
    values = {
        "status": PROOF_STATUS.to_wire(certificate.status),
        "scope": PROOF_SCOPE.to_wire(certificate.scope),
        "constraints": certificate.constraints,
        "objectives": [OBJECTIVE.to_wire(Objective(name)) for name in certificate.objectives],
        "rank": certificate.rank,
        "accounting_profile": profile_name(certificate.profile_id) if by_emissions else None,
        "allocation": ALLOCATION.to_wire(Allocation(certificate.allocation)) if by_emissions else None,
        "carrier_service": service_name(certificate.carrier_service) if by_bill else None,
        "price_table": certificate.price_table if by_bill else None,
        "price_table_hash": certificate.price_table_hash if by_bill else None,
        "lower_bound": value_to_wire(bounded, certificate.lower_bound, catalog) if bounded else None,
        "value": value_to_wire(bounded, certificate.value, catalog) if bounded else None,
        "gap": certificate.gap if bounded else None,
    }
    makers: dict[str, Callable[[Tree], Any]] = {
        "refused_candidates": lambda below: [_refused(each, below) for each in certificate.refused_candidates],
        "open_candidates": lambda below: kept(
            [
                certificate_pb2.OpenCandidate(box_type_id=each.box_type_id, cushioning_id=each.cushioning_id)
                for each in certificate.open_candidates
            ],
            below,
        ),
    }
    return build(certificate_pb2.Certificate, tree, values, makers)


def _refused(refused: RefusedCandidate, tree: Tree) -> certificate_pb2.RefusedCandidate:
    values = {
        "box_type_id": refused.box_type_id,
        "proof": PROOF.to_wire(refused.proof),
        "rule": refused.rule,
        "smallest_change": _change_to_wire(refused.smallest_change),
        "cushioning_id": refused.cushioning_id,
    }
    return build(certificate_pb2.RefusedCandidate, tree, values)


def _change_to_wire(change: SmallestChange | None) -> certificate_pb2.SmallestChange | None:
    if change is None:
        return None
    message = certificate_pb2.SmallestChange(line_id=change.line_id)
    if change.shorten_um is not None:
        message.shorten.CopyFrom(dimensions_to_wire(change.shorten_um))
    elif change.allow is not None:
        message.allow = ORIENTATION.to_wire(change.allow)
    else:
        message.lighten_g = units.to_g(change.lighten_mg or 0)
    return message
