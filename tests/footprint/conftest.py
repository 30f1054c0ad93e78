"""Two hand-made profiles: one with published UK 2025 figures, one with other figures and gaps."""

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from boxwright.catalog import load_materials
from boxwright.catalog.rows import DistanceAdjustment
from boxwright.domain.factor import (
    AccountingProfile,
    Component,
    Coverage,
    CoverageCell,
    EmissionFactor,
    Stage,
)
from boxwright.domain.lane import DistanceKind, TransportMode

PACKAGING = (Component.BOX, Component.CUSHIONING, Component.VOID_FILL, Component.TAPE)
KG_STAGES = {Stage.PRODUCTION, Stage.END_OF_LIFE}

FULL = {
    ("board", Stage.PRODUCTION): "1.19972542",
    ("board", Stage.END_OF_LIFE): "0.00468568",
    ("kraft", Stage.PRODUCTION): "1.3450779",
    ("kraft", Stage.END_OF_LIFE): "0.00468568",
    ("ldpe", Stage.PRODUCTION): "2.9650779",
    ("ldpe", Stage.END_OF_LIFE): "0.00468568",
    ("truck", Stage.TRANSPORT_TTW): "0.10163",
    ("truck", Stage.TRANSPORT_WTT): "0.02359",
    ("van", Stage.TRANSPORT_TTW): "0.6313",
    ("van", Stage.TRANSPORT_WTT): "0.15095",
    ("ship", Stage.TRANSPORT_TTW): "0.01612",
    ("ship", Stage.TRANSPORT_WTT): "0.00365",
    ("train", Stage.TRANSPORT_TTW): "0.02779",
    ("train", Stage.TRANSPORT_WTT): "0.00691",
    ("aircraft", Stage.TRANSPORT_TTW): "0.5313",
    ("aircraft", Stage.TRANSPORT_WTT): "0.13516",
}
MODES = {
    "truck": TransportMode.ROAD,
    "van": TransportMode.ROAD,
    "lorry": TransportMode.ROAD,
    "ship": TransportMode.SEA,
    "train": TransportMode.RAIL,
    "aircraft": TransportMode.AIR,
}
SPARSE = {
    ("board", Stage.PRODUCTION): "0.911",
    ("truck", Stage.TRANSPORT_TTW): "0.127",
}


def factors(profile_id, values, *, unverified=()):
    """Return the factors of a profile; ids start with its name."""
    return tuple(
        EmissionFactor(
            factor_id=f"{profile_id}/{subject}/{stage.value}",
            profile_id=profile_id,
            subject=subject,
            stage=stage,
            value=Decimal(value),
            unit="kg" if stage in KG_STAGES else "tkm",
            low=None,
            high=None,
            year="2025",
            region="",
            boundary="",
            gwp_basis="",
            source=f"source of {subject}",
            table="",
            url="",
            licence="",
            data_quality="",
            read_in_source=subject not in unverified,
            mode=MODES.get(subject),
        )
        for (subject, stage), value in values.items()
    )


def cells(**transport):
    """Return a matrix: packaging has factors for both its stages, transport as given by stage."""
    packaging = [CoverageCell(part, stage, Coverage.FACTOR) for part in PACKAGING for stage in sorted(KG_STAGES)]
    own = [CoverageCell(Component.TRANSPORT, Stage(name), coverage) for name, coverage in transport.items()]
    return (*packaging, *own)


def profile(profile_id, values, coverage, vehicles, **options):
    """Return a profile of hand-made factors."""
    return AccountingProfile(
        profile_id=profile_id,
        name="",
        standard="",
        gwp_basis="",
        year="2025",
        region="",
        licence="",
        source="",
        coverage=coverage,
        factors=factors(profile_id, values, **options),
        default_vehicles=vehicles,
    )


@dataclass(frozen=True)
class Profiles:
    """The profiles of these tests.

    ``full`` has a factor for everything. ``sparse`` has production of board and trucks' own emissions, end of life
    is outside its boundary for tape, and upstream emissions of fuel are missing.
    """

    full: AccountingProfile
    sparse: AccountingProfile


@pytest.fixture(scope="session")
def profiles():
    """Return both profiles."""
    every_mode = (
        (TransportMode.ROAD, "truck"),
        (TransportMode.RAIL, "train"),
        (TransportMode.SEA, "ship"),
        (TransportMode.AIR, "aircraft"),
    )
    both = cells(transport_ttw=Coverage.FACTOR, transport_wtt=Coverage.FACTOR)
    gaps = tuple(
        CoverageCell(cell.component, cell.stage, Coverage.OUTSIDE)
        if (cell.component, cell.stage) == (Component.TAPE, Stage.END_OF_LIFE)
        else cell
        for cell in cells(transport_ttw=Coverage.FACTOR, transport_wtt=Coverage.MISSING)
    )
    return Profiles(
        full=profile("full@1", FULL, both, every_mode, unverified=("ldpe",)),
        sparse=profile("sparse@1", SPARSE, gaps, ((TransportMode.ROAD, "truck"),)),
    )


@pytest.fixture(scope="session")
def with_coverage():
    """Return a maker of the full profile with one cell of its coverage changed."""

    def make(base, component, stage, coverage):
        changed = [cell for cell in base.coverage if (cell.component, cell.stage) != (component, stage)]
        changed.append(CoverageCell(component, stage, coverage))
        return profile("full@1", FULL, tuple(changed), base.default_vehicles)

    return make


@pytest.fixture(scope="session")
def materials():
    """Return materials whose only distance adjustments are these of ISO 14083."""
    adjustments = (
        (TransportMode.ROAD, DistanceKind.SFD, "1.05", "0"),
        (TransportMode.RAIL, DistanceKind.SFD, "1", "0"),
        (TransportMode.SEA, DistanceKind.SFD, "1.15", "0"),
        (TransportMode.AIR, DistanceKind.GCD, "1", "95"),
    )
    rows = (
        DistanceAdjustment(
            mode=mode,
            distance_kind=kind,
            multiplier=Decimal(multiplier),
            addend_km=Decimal(addend),
            source="hand-made",
            read_in_source=True,
        )
        for mode, kind, multiplier, addend in adjustments
    )
    return replace(load_materials(), distance_adjustments=tuple(rows))


@pytest.fixture(scope="session")
def shipped():
    """Return the shipped data."""
    return load_materials()


@pytest.fixture(scope="session")
def with_factor():
    """Return a maker of the full profile with one factor's value changed."""

    def make(base, subject, stage, value):
        return profile("full@1", {**FULL, (subject, stage): value}, base.coverage, base.default_vehicles)

    return make
