"""Certificates."""

from boxwright.contract.masks import ALL, Tree
from boxwright.contract.message import Codec
from boxwright.contract.objective import read_value, value_to_wire
from boxwright.domain.box import Catalog
from boxwright.domain.plan import Certificate, ProofStatus
from boxwright.domain.policy import Objective
from boxwright.findings import Findings
from boxwright.v1 import certificate_pb2

CERTIFICATE = Codec(certificate_pb2.Certificate, Certificate, "lower_bound", "value", "gap_ratio")


def certificate_to_wire(certificate: Certificate, catalog: Catalog, tree: Tree = ALL) -> certificate_pb2.Certificate:
    """Return the message of a certificate; bound and gap only where something is proved."""
    bounded = Objective(certificate.bounded_objective) if certificate.bounded_objective else None
    proved = bounded and (certificate.status is ProofStatus.PROVED or certificate.lower_bound)
    return CERTIFICATE(
        certificate,
        tree,
        lower_bound=value_to_wire(bounded, certificate.lower_bound, catalog) if bounded and proved else None,
        value=value_to_wire(bounded, certificate.value, catalog) if bounded else None,
        gap_ratio=certificate.gap_ratio if proved else None,
    )


def read_certificate(message: certificate_pb2.Certificate, catalog: Catalog, found: Findings) -> Certificate | None:
    """Return the certificate of a message, or None after noting every finding.

    Bound and value are exact to the 15 digits that a double holds.
    """
    value, bound = (
        read_value(figure, catalog, found.at(name))
        for name, figure in (("value", message.value), ("lower_bound", message.lower_bound))
    )
    objective = value[0] or bound[0]
    if value[0] and bound[0] and value[0] != bound[0]:
        found.add("lower_bound.objective", f"must be that of value, {value[0]}, got {bound[0]}")
    return CERTIFICATE.read(message, found, bounded_objective=objective, value=value[1], lower_bound=bound[1])
