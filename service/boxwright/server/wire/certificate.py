"""Certificates."""

from boxwright.domain.box import Catalog
from boxwright.domain.footprint import Allocation
from boxwright.domain.plan import Certificate, OpenCandidate, ProofStatus, RefusedCandidate
from boxwright.domain.policy import Objective
from boxwright.domain.smallest_change import SmallestChange
from boxwright.server.wire.enums import ALLOCATION
from boxwright.server.wire.masks import ALL, Tree
from boxwright.server.wire.message import Writer
from boxwright.server.wire.names import profile_name, service_name
from boxwright.server.wire.objective import value_to_wire
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
