"""Units with their protection, which depends on the line alone and not on other units."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from boxwright import BoxType, Catalog, Lane, Order, Policy
from boxwright.catalog import load_materials
from boxwright.domain.dunnage import Dunnage
from boxwright.protection import Pads, care_of, pads_of, wrap_mg
from models import model_of

MATERIALS = load_materials()


@given(
    strategies.orders(fragile=True),
    strategies.cushionings("own"),
    st.sampled_from(["practice", "physics"]),
    st.sampled_from(["", "dhl-express/international"]),
)
@settings(max_examples=30, deadline=None)
def test_each_unit_has_its_own_care(order: Order, own: Dunnage, protection: str, carrier: str) -> None:
    """Half-gap, margin and mass of wrap or pads depend only on the line, in any part of the order."""
    pads = next(each for each in (own, MATERIALS.dunnage_of("pe-foam-pad")) if each.has_curve)
    catalog = Catalog("c", [BoxType("box", 100, 100, 100)], dunnage=tuple(dict.fromkeys((own, pads))))
    lane = Lane(carrier_service=carrier, zone="1") if carrier else None
    policy = Policy(protection=protection, allow_partial=True)
    model = model_of(order, catalog, policy, lane=lane)
    expansion = model.expansion
    units = model.protect(expansion.everything)
    for member, (line, _) in enumerate(expansion.units):
        care = care_of(line, MATERIALS, carrier)
        half_gap, margin, mass = care.half_gap_um, care.wall_margin_um, wrap_mg(line, care.wrap_layers, own)
        found = pads_of(line, pads, MATERIALS) if protection == "physics" else ""
        if isinstance(found, Pads):
            half_gap, margin, mass = found.thickness_um, 0, found.mass_mg
            assert units.max_load_mg[member] == 0
        goods = expansion.arrays.edges_um[member]
        assert (units.edges_um[member] - goods).tolist() == [2 * half_gap] * 3
        assert (0 if units.margins_um is None else units.margins_um[member]) == margin
        assert units.cushioning_mg[member] == mass  # the half-gap has no fill here
        alone = model.protect(np.array([member]))
        assert alone.edges_um[0].tolist() == units.edges_um[member].tolist()
