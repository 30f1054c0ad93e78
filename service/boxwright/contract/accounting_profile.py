"""Accounting profiles."""

from boxwright.contract.enums import TRANSPORT_MODE
from boxwright.contract.message import Codec
from boxwright.contract.names import profile_name
from boxwright.contract.source import source_of
from boxwright.domain.factor import AccountingProfile, CoverageCell
from boxwright.domain.source_grade import weakest
from boxwright.v1 import accounting_profile_pb2, footprint_pb2

COVERAGE = Codec(footprint_pb2.CoverageEntry, CoverageCell)
PROFILE = Codec(accounting_profile_pb2.AccountingProfile, AccountingProfile, "source", "default_vehicles")


def profile_to_wire(profile: AccountingProfile) -> accounting_profile_pb2.AccountingProfile:
    """Return the message of an accounting profile with its coverage."""
    return PROFILE(
        profile,
        name=profile_name(profile.profile_id),
        default_vehicles=[
            accounting_profile_pb2.DefaultVehicle(mode=TRANSPORT_MODE.to_wire(mode), vehicle=vehicle)
            for mode, vehicle in profile.default_vehicles
        ],
        diesel_van_class=profile.van("diesel"),
        electric_van_class=profile.van("electric"),
        factor_count=len(profile.factors),
        source=source_of(
            profile,
            read_in_source=all(factor.read_in_source for factor in profile.factors),
            source_grade=weakest(factor.source_grade for factor in profile.factors),
        ),
    )
