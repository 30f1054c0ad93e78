"""Damaged plans are found; ``tests/damages`` has the plans and the damage."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from boxwright.catalog import load_materials
from boxwright.checking import ViolationKind as K
from boxwright.domain.box import BoxType
from damages import DAMAGES
from damages.cases import Case
from damages.good_plans import GOOD_PLANS


@pytest.fixture(scope="module")
def good() -> dict[str, Case]:
    """Good plans by name."""
    return {name: build() for name, build in GOOD_PLANS.items()}


@pytest.mark.parametrize("name", GOOD_PLANS)
def test_good_plans_have_no_violation(good: dict[str, Case], name: str) -> None:
    """A plan without damage is found to have none."""
    assert good[name].violations() == []


@pytest.mark.parametrize(("name", "damage", "kind"), [each[1:] for each in DAMAGES], ids=[each[0] for each in DAMAGES])
def test_each_damage_is_found_as_the_violation_of_its_rule(
    good: dict[str, Case], name: str, damage: Callable[[Case], Case], kind: K
) -> None:
    """A damaged plan breaks the expected rule."""
    assert kind in damage(good[name]).kinds()


def test_every_kind_of_violation_is_provoked() -> None:
    """The damages cover all violations but two that arise before a check."""
    assert {kind for *_, kind in DAMAGES} == set(K) - {K.NO_LAYOUT, K.WRONG_FIGURE}


def test_a_violation_names_parcel_unit_and_the_other_unit(good: dict[str, Case]) -> None:
    """An overlap names the parcel, both units and the size of the overlap."""
    (found,) = good["two parcels"].with_placement(1, parcel=1, y_um=49_999).violations()
    assert (found.kind, found.parcel_index, found.step) == (K.OVERLAP, 1, None)
    assert (found.line_id, found.unit_index, found.other_unit) == ("u2", 0, ("u1", 0))
    assert "60 x 0.001 x 40 mm" in found.detail


def test_a_box_type_of_the_catalog_that_is_not_used_does_not_matter(good: dict[str, Case]) -> None:
    """Only the box types that a plan uses are checked."""
    case = good["single"]
    other = BoxType("other", 1.0, 1.0, 1.0, available=0)
    assert not replace(case, catalog=replace(case.catalog, box_types=(*case.catalog.box_types, other))).violations()


def test_goods_may_be_wrapped_in_any_wrap_that_may_be_used(good: dict[str, Case]) -> None:
    """The order of wraps in the catalog does not matter."""
    case = good["cushioned"]
    first = load_materials().dunnage_of("bubble-wrap")
    both = replace(case, catalog=replace(case.catalog, dunnage=(first, *case.catalog.dunnage)))
    assert both.violations() == []
    assert K.WRONG_CUSHIONING in both.with_policy(cushioning_ids=("bubble-wrap",)).kinds()
