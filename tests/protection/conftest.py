"""Hand-made data for the protection room: constants that test arithmetic and claim nothing about the world."""

from decimal import Decimal

import pytest

from boxwright.catalog.materials import Materials
from boxwright.catalog.rows import DropHeight, FragilityRule
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.order import FragilityClass

ISTA_1A = (("0", "10", "760"), ("10", "19", "610"), ("19", "28", "460"), ("28", "45", "310"), ("45", "68", "200"))
ISTA_2A = (("0", "10", "970"), ("10", "19", "810"), ("19", "28", "660"), ("28", "45", "510"), ("45", "68", "310"))
OPEN_ENDED = (("0", "10", "800"), ("10", None, "600"))


def bands(profile, rows, *, read_in_source):
    """Return the bands of a drop-height profile."""
    return tuple(
        DropHeight(
            profile,
            Decimal(above),
            up_to and Decimal(up_to),
            Decimal(height),
            source="hand-made",
            read_in_source=read_in_source,
        )
        for above, up_to, height in rows
    )


def rule(name, half_gap_mm, wall_margin_mm, layers, **fields):
    """Return the rules of a fragility class."""
    sure = not layers
    return FragilityRule(
        *(name, Decimal(half_gap_mm), Decimal(wall_margin_mm), layers, not sure, sure),
        **{"rule_source": "hand-made", "source": "hand-made", "read_in_source": True, **fields},
    )


@pytest.fixture
def materials():
    """Return two verified ISTA profiles, an unverified one without an upper end, and two fragility classes."""
    return Materials(
        version="test",
        content_hash="",
        materials=(),
        boards=(),
        dunnage=(),
        profiles=(),
        carrier_rules=(),
        distance_adjustments=(),
        fragility_classes={
            FragilityClass.EASY: rule(FragilityClass.EASY, 0, 0, 0),
            FragilityClass.FRAGILE: rule(FragilityClass.FRAGILE, 20, 30, 3, g_below=Decimal(60)),
        },
        drop_heights={
            "ista-1a": bands("ista-1a", ISTA_1A, read_in_source=True),
            "ista-2a": bands("ista-2a", ISTA_2A, read_in_source=True),
            "open-ended": bands("open-ended", OPEN_ENDED, read_in_source=False),
        },
        default_drop_profile="ista-1a",
        default_dunnage=(),
        blank_allowances={},
    )


@pytest.fixture
def cushioning():
    """Return a maker of cushioning by cushion factor, with a density of 40 kg/m3 unless said otherwise."""

    def make(factor, **fields):
        return Dunnage(
            "pad",
            DunnageKind.CUSHIONING,
            "paper",
            cushion_factor=factor and Decimal(factor),
            **{"density_kg_per_m3": Decimal(40), "read_in_source": True, **fields},
        )

    return make


@pytest.fixture
def void_fill():
    """Return a maker of void fill by density in kg/m3."""

    def make(density):
        return Dunnage("fill", DunnageKind.VOID_FILL, "paper", density_kg_per_m3=density and Decimal(density))

    return make


@pytest.fixture
def tape():
    """Return a tape of 120 g/m2, 70 mm wide, that runs 60 mm past each end of a seam."""
    return Dunnage(
        "tape",
        DunnageKind.TAPE,
        "kraft",
        grammage_g_per_m2=Decimal(120),
        width_mm=Decimal(70),
        seam_overlap_mm=Decimal(60),
    )
