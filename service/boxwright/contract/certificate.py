"""Certificates."""

from boxwright.contract.enums import ALLOCATION, OBJECTIVE, PROOF, PROOF_SCOPE, PROOF_STATUS
from boxwright.contract.masks import ALL, Tree
from boxwright.contract.message import Writer
from boxwright.contract.names import profile_name, service_name
from boxwright.contract.objective import value_to_wire
from boxwright.domain.box import Catalog
from boxwright.domain.footprint import Allocation
from boxwright.domain.plan import Certificate, OpenCandidate, ProofStatus, RefusedCandidate
from boxwright.domain.policy import Objective
from boxwright.domain.smallest_change import SmallestChange
from boxwright.findings import Findings
from boxwright.v1 import certificate_pb2

CHANGE = Writer(certificate_pb2.SmallestChange, SmallestChange)
OPEN = Writer(certificate_pb2.OpenCandidate, OpenCandidate)
REFUSED = Writer(certificate_pb2.RefusedCandidate, RefusedCandidate)
CERTIFICATE = Writer(
    certificate_pb2.Certificate,
    Certificate,
    *("accounting_profile", "allocation", "carrier_service", "price_table", "price_table_hash"),
    *("lower_bound", "value", "gap"),
)


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
    return CERTIFICATE(
        certificate,
        tree,
        accounting_profile=profile_name(certificate.profile_id) if by_emissions else None,
        allocation=ALLOCATION.to_wire(Allocation(certificate.allocation)) if by_emissions else None,
        carrier_service=service_name(certificate.carrier_service) if by_bill else None,
        price_table=certificate.price_table if by_bill else None,
        price_table_hash=certificate.price_table_hash if by_bill else None,
        lower_bound=value_to_wire(bounded, certificate.lower_bound, catalog) if bounded else None,
        value=value_to_wire(bounded, certificate.value, catalog) if bounded else None,
        gap=certificate.gap if bounded else None,
    )


def certificate_from_wire(message: certificate_pb2.Certificate) -> Certificate:
    """Return the certificate of a message that this service wrote, as far as its words need it.

    Bound and value are in millionths of the message's unit, so that their ratio is that of the certificate; smallest
    changes are left out.

    Raises
    ------
    InvalidInputError
        If it holds a value that this version does not know.
    """
    found = Findings("certificate")
    status = PROOF_STATUS.read(message.status, found, "status")
    scope = PROOF_SCOPE.read(message.scope, found, "scope")
    objectives = [OBJECTIVE.read(each, found, "objectives") for each in message.objectives]
    by_emissions = bool(message.accounting_profile)
    allocation = ALLOCATION.read(message.allocation, found, "allocation") if by_emissions else None
    bounded = message.value.objective or message.lower_bound.objective
    bounded_objective = OBJECTIVE.read(bounded, found, "value.objective") if bounded else None
    refused = [(each, PROOF.read(each.proof, found, "refused_candidates")) for each in message.refused_candidates]
    found.raise_any()
    assert status is not None  # each has noted a finding otherwise
    assert scope is not None
    return Certificate(
        status,
        scope,
        constraints=tuple(message.constraints),
        objectives=tuple(each.value for each in objectives if each),
        profile_id=message.accounting_profile.removeprefix("accountingProfiles/"),
        allocation=allocation.value if allocation else "",
        refused_candidates=tuple(
            RefusedCandidate(each.box_type_id, proof, each.rule, cushioning_id=each.cushioning_id)
            for each, proof in refused
            if proof
        ),
        open_candidates=tuple(OpenCandidate(each.box_type_id, each.cushioning_id) for each in message.open_candidates),
        lower_bound=round(message.lower_bound.value * 1e6),
        value=round(message.value.value * 1e6),
        bounded_objective=bounded_objective.value if bounded_objective else "",
        rank=message.rank,
    )
