"""Certificates."""

from boxwright import units
from boxwright.domain.box import Catalog
from boxwright.domain.footprint import Allocation
from boxwright.domain.plan import Certificate, ProofStatus
from boxwright.domain.policy import Objective
from boxwright.domain.smallest_change import SmallestChange
from boxwright.server.wire.enums import ALLOCATION, OBJECTIVE, ORIENTATION, PROOF, PROOF_SCOPE, PROOF_STATUS
from boxwright.server.wire.geometry import dimensions_to_wire
from boxwright.server.wire.names import profile_name, service_name
from boxwright.server.wire.objective import value_to_wire
from boxwright.v1 import certificate_pb2


def certificate_to_wire(certificate: Certificate, catalog: Catalog) -> certificate_pb2.Certificate:
    """Return the message of a certificate; bound, value and gap only where something is proved."""
    message = certificate_pb2.Certificate(
        status=PROOF_STATUS.to_wire(certificate.status),
        scope=PROOF_SCOPE.to_wire(certificate.scope),
        constraints=certificate.constraints,
        objectives=[OBJECTIVE.to_wire(Objective(name)) for name in certificate.objectives],
        refused_candidates=[
            certificate_pb2.RefusedCandidate(
                box_type_id=each.box_type_id,
                proof=PROOF.to_wire(each.proof),
                rule=each.detail,
                smallest_change=_change_to_wire(each.smallest_change),
                cushioning_id=each.cushioning_id,
            )
            for each in certificate.refused
        ],
        rank=certificate.rank,
        open_candidates=[
            certificate_pb2.OpenCandidate(box_type_id=box_type_id, cushioning_id=cushioning_id)
            for box_type_id, cushioning_id in certificate.open_candidates
        ],
    )
    if certificate.profile_id:
        message.accounting_profile = profile_name(certificate.profile_id)
        message.allocation = ALLOCATION.to_wire(Allocation(certificate.allocation))
    if certificate.carrier_service:
        message.carrier_service = service_name(certificate.carrier_service)
        message.price_table, message.price_table_hash = certificate.price_table, certificate.price_table_hash
    if certificate.bounded_objective and (certificate.status is ProofStatus.PROVED or certificate.lower_bound):
        objective = Objective(certificate.bounded_objective)
        message.lower_bound.CopyFrom(value_to_wire(objective, certificate.lower_bound, catalog))
        message.value.CopyFrom(value_to_wire(objective, certificate.value, catalog))
        message.gap = certificate.gap
    return message


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
