"""Labels, blocking and prices of dunnage over the API."""

import datetime
from decimal import Decimal

import pytest
from google.protobuf import json_format

from boxwright.domain.dunnage import DunnageKind
from boxwright.errors import InvalidInputError
from boxwright.server.pack_request import read_pack_request
from boxwright.server.wire.dunnage import dunnage_to_wire
from boxwright.v1 import packing_service_pb2

TODAY = datetime.date(2026, 3, 2)
LINE = {
    "line_id": "a",
    "quantity": 1,
    "cuboid": {"dimensions": {"length_mm": 10, "width_mm": 20, "height_mm": 30}},
    "mass_g": 5,
}
BOX = {
    "box_type_id": "b",
    "style": "BOX_STYLE_RSC_0201",
    "inner": {"length_mm": 300, "width_mm": 200, "height_mm": 150},
    "tare_g": 100,
    "price": {"currency_code": "EUR", "units": 1},
}
LABEL = {"dunnage_id": "l", "kind": "DUNNAGE_KIND_LABEL", "piece_g": 4.5}
BLOCK = {"dunnage_id": "k", "kind": "DUNNAGE_KIND_BLOCKING", "density_kg_per_m3": 40}


def read(shelf, *dunnage, **policy):
    """Return the job of a request whose catalog has this dunnage."""
    catalog = {"catalog_id": "c", "box_types": [BOX], "dunnage": list(dunnage)}
    data = {"order": {"order_id": "o", "lines": [LINE]}, "inline_catalog": catalog, "policy": policy}
    return read_pack_request(json_format.ParseDict(data, packing_service_pb2.PackRequest()), shelf, TODAY)


def test_label_and_blocking_arrive(shelf):
    """Their kinds, figures and exact prices arrive, and are shown again; the policy names them, or none."""
    price = {"currency_code": "EUR", "units": 1, "nanos": 234_500_000}
    job = read(shelf, {**LABEL, "price_per_kg": price}, BLOCK, label_id="l", blocking_id="", tape_rule="h-seal")
    label, block = job.catalog.published.dunnage
    assert (label.kind, label.piece_g) == (DunnageKind.LABEL, Decimal("4.5"))
    assert label.price_per_kg_minor == Decimal("123.45")
    assert (block.kind, block.density_kg_per_m3) == (DunnageKind.BLOCKING, Decimal("40.0"))
    assert (job.policy.label_id, job.policy.blocking_id, job.policy.tape_rule) == ("l", "none", "h-seal")
    shown = dunnage_to_wire(label, "", "EUR").price_per_kg
    assert (shown.currency_code, shown.units, shown.nanos) == ("EUR", 1, 234_500_000)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"piece_g": 0}, "piece_g"),
        ({"piece_g": 10_001}, "piece_g"),
        ({"price_per_kg": {"currency_code": "EUR", "units": -1}}, "price_per_kg"),
        ({"price_per_kg": {"currency_code": "euro", "units": 1}}, "price_per_kg.currency_code"),
        ({"price_per_kg": {"currency_code": "USD", "units": 1}}, "price_per_kg.currency_code"),
    ],
)
def test_a_broken_figure_is_named_by_its_path(shelf, changed, field):
    """Each broken rule is the one finding, at the path that the caller wrote; a catalog has one currency."""
    with pytest.raises(InvalidInputError) as caught:
        read(shelf, {**LABEL, **changed})
    assert {each.field for each in caught.value.violations} == {f"inline_catalog.dunnage[0].{field}"}


def test_a_label_needs_its_mass(shelf):
    """A label without a mass, or blocking without a density, is refused, never weightless."""
    for kind, field in (("LABEL", "piece_g"), ("BLOCKING", "density_kg_per_m3")):
        with pytest.raises(InvalidInputError) as caught:
            read(shelf, {"dunnage_id": "d", "kind": f"DUNNAGE_KIND_{kind}"})
        assert [each.field for each in caught.value.violations] == [f"inline_catalog.dunnage[0].{field}"]
