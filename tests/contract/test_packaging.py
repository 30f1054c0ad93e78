"""Packaging components in messages."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.catalog import load_materials
from boxwright.contract.footprint import PACKAGING, read_packaging
from boxwright.domain.factor import Component
from boxwright.domain.footprint import PackagingComponent, Reuse
from boxwright.findings import Findings

MATERIALS = load_materials()

components = st.builds(
    PackagingComponent,
    st.sampled_from([Component.BOX, Component.VOID_FILL, Component.TAPE]),
    st.sampled_from([material.material_id for material in MATERIALS.materials]),
    mass_mg=st.integers(1, 10**9),
    trips=st.integers(1, 100_000),
    recycled_content=st.none() | st.decimals(0, 1, places=6).map(lambda share: Decimal(str(float(share)))),
    reuse=st.none()
    | st.builds(
        Reuse,
        idle_share=st.floats(0, 10),
        washing_factor_id=st.sampled_from(["", "none", "tote-washing"]),
        return_distance_km=st.just(0.0) | st.floats(0.001, 50_000),
    ),
    trim_mg=st.integers(0, 10**9),
)


@settings(max_examples=30)
@given(components)
def test_a_component_of_a_plan_comes_back_unchanged(part: PackagingComponent) -> None:
    """Mass, trips, recycled content, trim and terms of reuse are equal after writing and reading."""
    found = Findings()
    assert read_packaging(PACKAGING(part), MATERIALS, found) == part
    assert not len(found)
