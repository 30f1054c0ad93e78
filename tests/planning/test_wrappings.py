"""Cushioning worked out once for each drop height: what it comes to for every unit and every mass of goods."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from boxwright import BoxType, Catalog, Order, Policy, Task
from boxwright.catalog import load_materials
from boxwright.domain.dunnage import Dunnage
from boxwright.planning.parts.cushioned import Wrappings
from boxwright.planning.parts.expansion import Expansion
from boxwright.planning.request import Request
from boxwright.protection import cushion_mg, cushion_um

MATERIALS = load_materials()
BORDERS_MG = sorted(
    {
        int(Decimal(band.up_to_kg) * 1_000_000)
        for bands in MATERIALS.drop_heights.values()
        for band in bands
        if band.up_to_kg is not None
    }
)


@given(
    strategies.orders(fragile=True),
    strategies.cushionings("own"),
    st.sampled_from(["ista-1a", "ista-2a"]),
    st.lists(st.sampled_from(BORDERS_MG).flatmap(lambda mg: st.integers(mg - 1, mg + 1)), min_size=2, max_size=6),
)
@settings(deadline=None)
def test_each_unit_is_wrapped_as_alone(order: Order, cushioning: Dunnage, profile: str, goods_mg: list[int]) -> None:
    """Round the borders of the bands of drop heights, in any turn: thickness, mass and volume of each unit's own."""
    policy = Policy(handling_profile=profile, allow_partial=True)
    catalog = Catalog("c", [BoxType("box", 100, 100, 100)], dunnage=(cushioning,))
    request = Request.resolve(Task(order, catalog, policy, profiles=(), materials=MATERIALS))
    expansion = Expansion.of(request.order)
    wrappings = Wrappings(request, expansion, cushioning)
    for mass_mg in goods_mg:
        found = wrappings.at(mass_mg)
        for member, (line, _) in enumerate(expansion.units):
            thickness = cushion_um(line, mass_mg, cushioning, MATERIALS, request.handling.profile)
            assert found.cushions_um[member] == thickness
            assert found.masses_mg[member] == (cushion_mg(line, thickness, cushioning) if thickness else 0)
            length, width, height = (edge + 2 * thickness for edge in line.edges_um)
            pressed = expansion.arrays.volumes_um3[member]
            assert found.envelopes_um3[member] == (length * width * height if thickness else pressed)
