"""Void fill, blocking, tape and label: wrong masses are found to the mg."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from boxwright.checking import ViolationKind, check
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent, Reuse
from damages.cases import Case, pack
from damages.changes import with_parts, without_parts

FILL = Dunnage("fill", DunnageKind.VOID_FILL, "kraft-paper", density_kg_per_m3=Decimal(18))
BLOCK = Dunnage("block", DunnageKind.BLOCKING, "honeycomb-paper", density_kg_per_m3=Decimal(40))
LABEL = Dunnage("label", DunnageKind.LABEL, "paper-tape", piece_g=Decimal("4.5"))
TAPE = Dunnage(
    "tape",
    DunnageKind.TAPE,
    "pp-tape",
    grammage_g_per_m2=Decimal(50),
    width_mm=Decimal(48),
    seam_overlap_mm=Decimal(60),
)


@pytest.fixture
def good() -> Case:
    """A cube of 8 kg in the corner of 300 x 200 x 150 mm, with all kinds of dunnage.

    Of 8 L empty, 7.5 L beside the cube are blocked at 40 g/L, 300 g, and 0.5 L above it filled at 18 g/L, 9 g. Outside
    the box is as large as inside: two strips of 300 + 2 x 60 mm, 48 mm wide at 50 g/m2, are 2.016 g of tape.
    """
    case = pack((300, 200, 150), [((0, 0, 0), (100, 100, 100), 8_000.0)])
    parts = (
        *case.plan.parcels[0].packaging,
        PackagingComponent(Component.VOID_FILL, "kraft-paper", 9_000, dunnage_id="fill"),
        PackagingComponent(Component.BLOCKING, "honeycomb-paper", 300_000, dunnage_id="block"),
        PackagingComponent(Component.TAPE, "pp-tape", 2_016, dunnage_id="tape"),
        PackagingComponent(Component.LABEL, "paper-tape", 4_500, dunnage_id="label"),
    )
    return replace(case, catalog=replace(case.catalog, dunnage=(FILL, BLOCK, TAPE, LABEL))).with_parcel(packaging=parts)


def details(case: Case) -> list[str]:
    """Return the details of violations, which must all be of packaging."""
    found = check(case.plan, case.order, case.catalog, case.policy)
    assert {each.kind for each in found} <= {ViolationKind.WRONG_PACKAGING}
    return [each.detail for each in found]


def test_a_plan_with_all_dunnage_is_good(good: Case) -> None:
    """Masses computed by hand pass, with and without the ids of the dunnage."""
    assert details(good) == []
    for part in good.plan.parcels[0].packaging[1:]:
        assert details(with_parts(good, part.component, dunnage_id="")) == []


def test_the_default_tape_rule_is_that_of_the_materials_and_another_is_checked_by_its_strips(good: Case) -> None:
    """An H seal adds four strips of 200 + 2 x 50 mm: 2040 mm x 48 mm x 50 g/m2 = 4.896 g."""
    sealed = good.with_policy(tape_rule="h-seal")
    assert details(with_parts(sealed, Component.TAPE, mass_mg=4_896)) == []
    (detail,) = details(sealed)
    assert all(part in detail for part in ("2.016 g", "4.896 g"))


def test_a_box_that_opens_at_its_end_is_taped_there(good: Case) -> None:
    """The opening is 200 by 150 mm: two strips of 200 + 2 x 60 mm are 1.536 g."""
    at_end = good.with_box(opening="end")
    assert details(with_parts(at_end, Component.TAPE, mass_mg=1_536)) == []
    assert details(at_end)


def test_what_is_not_blocked_is_filled(good: Case) -> None:
    """Without blocking 8 L of fill are 144 g, at half the share 72 g."""
    bare = without_parts(good, Component.BLOCKING)
    assert details(bare)
    assert details(with_parts(bare, Component.VOID_FILL, mass_mg=144_000)) == []
    halved = bare.with_policy(void_fill_share=0.5)
    assert details(with_parts(halved, Component.VOID_FILL, mass_mg=72_000)) == []


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda c: with_parts(c, Component.VOID_FILL, mass_mg=8_998), id="less fill"),
        pytest.param(lambda c: with_parts(c, Component.VOID_FILL, mass_mg=9_002), id="more fill"),
        pytest.param(lambda c: without_parts(c, Component.VOID_FILL), id="no fill"),
        pytest.param(lambda c: with_parts(c, Component.BLOCKING, mass_mg=299_900), id="less blocking"),
        pytest.param(lambda c: with_parts(c, Component.BLOCKING, mass_mg=300_100), id="more blocking"),
        pytest.param(lambda c: without_parts(c, Component.BLOCKING), id="no blocking and no fill in its place"),
        pytest.param(lambda c: with_parts(c, Component.TAPE, mass_mg=2_015), id="less tape"),
        pytest.param(lambda c: without_parts(c, Component.TAPE), id="no tape"),
        pytest.param(lambda c: with_parts(c, Component.LABEL, mass_mg=4_501), id="a heavier label"),
        pytest.param(lambda c: without_parts(c, Component.LABEL), id="no label"),
        pytest.param(lambda c: c.with_policy(void_fill_id="none"), id="fill against the policy"),
        pytest.param(lambda c: c.with_policy(blocking_id="none"), id="blocking against the policy"),
        pytest.param(lambda c: c.with_policy(tape_id="none"), id="tape against the policy"),
        pytest.param(lambda c: c.with_policy(label_id="none"), id="a label against the policy"),
        pytest.param(lambda c: c.with_policy(void_fill_id="bubble-film"), id="another fill asked for"),
        pytest.param(lambda c: c.with_policy(void_fill_id="no-such-fill"), id="an unknown fill"),
        pytest.param(lambda c: c.with_policy(tape_id="no-such-tape"), id="an unknown tape"),
        pytest.param(lambda c: c.with_policy(tape_rule="no-such-rule"), id="an unknown tape rule"),
        pytest.param(lambda c: with_parts(c, Component.VOID_FILL, material_id="eps"), id="fill of another material"),
        pytest.param(lambda c: with_parts(c, Component.BLOCKING, dunnage_id="fill"), id="blocking of another id"),
        pytest.param(lambda c: with_parts(c, Component.TAPE, material_id="paper-tape"), id="tape of another material"),
        pytest.param(lambda c: with_parts(c, Component.LABEL, dunnage_id="other"), id="a label of another id"),
        pytest.param(lambda c: with_parts(c, Component.VOID_FILL, trips=10), id="fill that is used ten times"),
        pytest.param(
            lambda c: with_parts(c, Component.TAPE, reuse=Reuse(return_distance_km=1)), id="tape that comes back"
        ),
        pytest.param(lambda c: with_parts(c, Component.BLOCKING, trim_mg=-1), id="blocking that is made of less"),
        pytest.param(lambda c: with_parts(c, Component.LABEL, recycled_content=Decimal(1)), id="a recycled label"),
        pytest.param(
            lambda c: with_parts(c, Component.BLOCKING, mass_mg=330_000).with_policy(void_fill_id="none"),
            id="more blocking than the box has room for",
        ),
    ],
)
def test_damage_to_dunnage_is_found(good: Case, damage: Callable[[Case], Case]) -> None:
    """Every wrong statement about packaging is found."""
    assert details(damage(good))


def test_light_units_are_not_blocked(good: Case) -> None:
    """A dense cube needs blocking from 4 kg on."""
    light = good.with_line(0, mass_g=3_999.999).with_parcel(net_mg=3_999_999)
    assert len(details(light)) == 1


def test_of_several_the_first_that_meets_the_material_rules_counts(good: Case) -> None:
    """The first fill of the catalog is excluded, so the plan must use the next: 0.5 L at 9 g/L."""
    other = replace(FILL, dunnage_id="other", material_id="starch-foam", density_kg_per_m3=Decimal(9))
    case = good.with_policy(excluded_materials=("kraft-paper",)).with_box(material_id="corrugated-board")
    case = with_parts(case, Component.BOX, material_id="corrugated-board")
    case = replace(case, catalog=replace(case.catalog, dunnage=(FILL, other, BLOCK, TAPE, LABEL)))
    stated = {"material_id": "starch-foam", "dunnage_id": "other"}
    assert details(with_parts(case, Component.VOID_FILL, mass_mg=4_500, **stated)) == []
    assert details(with_parts(case, Component.VOID_FILL, mass_mg=9_000, **stated))


def test_of_several_that_may_be_used_any_will_do(good: Case) -> None:
    """A plan may use either fill, with the right mass: 0.5 L at 9 g/L are 4.5 g."""
    other = replace(FILL, dunnage_id="other", material_id="starch-foam", density_kg_per_m3=Decimal(9))
    case = replace(good, catalog=replace(good.catalog, dunnage=(FILL, other, BLOCK, TAPE, LABEL)))
    assert details(case) == []
    stated = {"material_id": "starch-foam", "dunnage_id": "other"}
    assert details(with_parts(case, Component.VOID_FILL, mass_mg=4_500, **stated)) == []
    assert details(with_parts(case, Component.VOID_FILL, mass_mg=9_000, **stated))
    assert details(with_parts(case, Component.VOID_FILL, mass_mg=4_500, material_id="kraft-paper", dunnage_id="other"))
    assert details(without_parts(case, Component.VOID_FILL))
    assert details(with_parts(case.with_policy(void_fill_id="fill"), Component.VOID_FILL, mass_mg=4_500, **stated))
