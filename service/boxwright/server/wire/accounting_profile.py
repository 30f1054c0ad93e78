"""Accounting profiles."""

from boxwright.domain.factor import AccountingProfile, CoverageCell
from boxwright.domain.source_grade import weakest
from boxwright.server.wire.enums import COMPONENT, COVERAGE, RECYCLING_RULE, STAGE, TRANSPORT_MODE
from boxwright.server.wire.names import profile_name
from boxwright.server.wire.source import source_to_wire
from boxwright.v1 import accounting_profile_pb2, footprint_pb2


def profile_to_wire(profile: AccountingProfile) -> accounting_profile_pb2.AccountingProfile:
    """Return the message of an accounting profile with its coverage."""
    return accounting_profile_pb2.AccountingProfile(
        name=profile_name(profile.profile_id),
        profile_id=profile.profile_id,
        display_name=profile.name,
        standard=profile.standard,
        gwp_basis=profile.gwp_basis,
        recycling_rule=RECYCLING_RULE.to_wire(profile.recycling_rule),
        end_of_life_route=profile.end_of_life_route,
        coverage=[coverage_to_wire(cell) for cell in profile.coverage],
        default_vehicles=[
            accounting_profile_pb2.DefaultVehicle(mode=TRANSPORT_MODE.to_wire(mode), vehicle=vehicle)
            for mode, vehicle in profile.default_vehicles
        ],
        diesel_van_class=profile.van("diesel"),
        electric_van_class=profile.van("electric"),
        factor_count=len(profile.factors),
        source=source_to_wire(
            profile.source,
            year=profile.year,
            region=profile.region,
            licence=profile.licence,
            read_in_source=all(factor.read_in_source for factor in profile.factors),
            grade=weakest(factor.source_grade for factor in profile.factors),
        ),
        note=profile.note,
    )


def coverage_to_wire(cell: CoverageCell) -> footprint_pb2.CoverageEntry:
    """Return the message of one cell of a coverage matrix."""
    return footprint_pb2.CoverageEntry(
        component=COMPONENT.to_wire(cell.component),
        stage=STAGE.to_wire(cell.stage),
        coverage=COVERAGE.to_wire(cell.coverage),
        note=cell.note,
    )
