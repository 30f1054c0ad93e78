"""Very fragile goods at a live server are planned in inner boxes; damaged plans are found."""

import pytest

from boxwright.v1 import packing_service_pb2 as messages

from .live_calls import WHOLE, bad_fields, failure, page, request

GLASS = {
    "line_id": "glass",
    "quantity": 2,
    "cuboid": {"dimensions": {"length_mm": 100, "width_mm": 90, "height_mm": 80}},
    "mass_g": 300,
    "fragility": {"fragility_class": "FRAGILITY_CLASS_VERY_FRAGILE"},
}
SHOP = {"catalog": "catalogs/eu-webshop"}


@pytest.fixture(scope="module")
def made(packing):
    """A stored plan of two glasses, each in its inner box."""
    plan = packing.Pack(request(GLASS, persist=True, read_mask=WHOLE, **SHOP), timeout=20).plan
    assert all(placement.inner_box_type_id for parcel in plan.parcels for placement in parcel.placements)
    return plan


def check_of(plan):
    """Return a request to check a plan of the glasses."""
    asked = request(GLASS, kind=messages.CheckPlanRequest, **SHOP)
    asked.plan.CopyFrom(plan)
    return asked


def placements(asked):
    """Return the placements in a request to check a plan."""
    return [placement for parcel in asked.plan.parcels for placement in parcel.placements]


def test_a_box_in_a_box_passes_the_check_with_all_its_figures(packing, made):
    """A plan of Pack with inner boxes is valid, figures included."""
    answer = packing.CheckPlan(check_of(made), timeout=20)
    assert [str(violation) for violation in answer.violations] == []
    assert answer.valid
    assert answer.assessed_plan.parcels == made.parcels


@pytest.mark.parametrize(
    ("of_first", "of_second"),
    [
        ("nothing", "nothing"),
        ("", ""),
        ("", None),
        (None, "nothing"),
        (None, "eu-400x300x250"),
        ("eu-150x100x100", "eu-150x100x100"),
    ],
)
def test_a_damaged_inner_box_is_a_violation(packing, made, of_first, of_second):
    """An unknown, absent, small or mixed inner box is a violation, and no figures are stated."""
    asked = check_of(made)
    for placement, named in zip(placements(asked), (of_first, of_second), strict=True):
        if named is not None:
            placement.inner_box_type_id = named
    answer = packing.CheckPlan(asked, timeout=20)
    assert not answer.valid
    assert not answer.HasField("assessed_plan")
    assert "WRONG_INNER_BOX" in {violation.code for violation in answer.violations}


def test_an_inner_box_without_an_orientation_is_refused(packing, made):
    """The extents are those of the inner box, so they do not show how the goods lie."""
    asked = check_of(made)
    placements(asked)[0].orientation = 0
    _, status = failure(packing.CheckPlan, asked)
    assert [field.rpartition(".")[2] for field in bad_fields(status)] == ["orientation"]


def test_the_page_of_a_stored_plan_shows_inner_boxes(live, made):
    """The page names each inner box, and no figure differs from the stored plan."""
    status, _, text = page(live, made.name)
    assert status == 200
    assert "are computed with data" not in text
    for parcel in made.parcels:
        for placement in parcel.placements:
            assert placement.inner_box_type_id in text


MUGS = {
    "line_id": "mug",
    "quantity": 2,
    "cuboid": {"dimensions": {"length_mm": 122, "width_mm": 93, "height_mm": 103}},
    "mass_g": 350,
    "article": "mug",
}


@pytest.mark.parametrize(
    ("line", "field", "values"),
    [
        (MUGS, "compartment", (2, 1)),
        (MUGS, "compartment", (99, 99)),
        (GLASS, "compartment", (1, 1)),
        (GLASS, "wall_margin_mm", (20, 24.999)),
    ],
)
def test_what_contradicts_the_positions_is_a_wrong_figure(packing, line, field, values):
    """A wrong compartment or wall margin is a WRONG_FIGURE."""
    made = packing.Pack(request(line, read_mask=WHOLE, **SHOP), timeout=20).plan
    asked = request(line, kind=messages.CheckPlanRequest, **SHOP)
    asked.plan.CopyFrom(made)
    assert packing.CheckPlan(asked, timeout=20).valid
    for placement, value in zip(placements(asked), values, strict=True):
        setattr(placement, field, value)
    answer = packing.CheckPlan(asked, timeout=20)
    assert not answer.valid
    found = [violation.message for violation in answer.violations if violation.code == "WRONG_FIGURE"]
    assert len(found) == 2
    assert all(f".{field} " in text for text in found)


@pytest.mark.parametrize("named", ["nothing", "eu-mug-1", "eu-kraft-250x200", "eu-300x300x300"])
def test_an_inner_box_round_goods_that_have_none_is_a_violation(packing, named):
    """An inner box around goods that need none is a violation."""
    asked = request(MUGS, kind=messages.CheckPlanRequest, **SHOP)
    asked.plan.CopyFrom(packing.Pack(request(MUGS, read_mask=WHOLE, **SHOP), timeout=20).plan)
    placements(asked)[0].inner_box_type_id = named
    answer = packing.CheckPlan(asked, timeout=20)
    found = [violation.message for violation in answer.violations if violation.code == "WRONG_INNER_BOX"]
    assert any(f"'{named}'" in text for text in found)
    assert not answer.HasField("assessed_plan")
