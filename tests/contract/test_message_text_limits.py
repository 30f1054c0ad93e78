"""Texts of requests: the maximum length of each, and the error about a longer text."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor

from boxwright.catalog import load_materials
from boxwright.contract.catalog import read_catalog
from boxwright.contract.lane import read_lane
from boxwright.domain.limits import MAX_NAME_LENGTH, MAX_NOTE_LENGTH
from boxwright.findings import Findings
from boxwright.server.stored.written import content_of
from boxwright.v1.catalog_pb2 import Catalog
from boxwright.v1.catalog_service_pb2 import CreateCatalogRequest
from boxwright.v1.lane_pb2 import Lane

CATALOG: dict[str, Any] = {
    "catalog_id": "c",
    "box_types": [
        {
            "box_type_id": "b",
            "style": "BOX_STYLE_RSC_0201",
            "inner": {"length_mm": 100, "width_mm": 100, "height_mm": 100},
            "board": {"grammage_g_per_m2": 400, "caliper_mm": 4},
            "tare_g": 50,
            "price": {"currency_code": "EUR", "units": 1},
            "price_tiers": [{"min_quantity": 5, "price": {"currency_code": "EUR", "units": 1}}],
            "reuse": {"trips": 5},
            "compartments": {"columns_mm": [40], "rows_mm": [40], "height_mm": 40, "articles": ["mug"]},
            "property_caps": [{"property": "p", "max_amount": 1}],
            "source": {"citation": "s"},
        }
    ],
    "dunnage": [
        {
            "dunnage_id": "d",
            "kind": "DUNNAGE_KIND_TAPE",
            "grammage_g_per_m2": 90,
            "width_mm": 50,
            "price_per_kg": {"currency_code": "EUR", "units": 1},
            "source": {"citation": "s"},
        }
    ],
    "source": {"citation": "s"},
}
LANE: dict[str, Any] = {
    "price_tables": [
        {
            "price_table_id": "t",
            "version": "1",
            "carrier_service": "carriers/ups/services/us-daily",
            "currency": "USD",
            "weight_unit": "CARRIER_WEIGHT_UNIT_LB",
            "zones": [{"zone": "2", "steps": [{"up_to": 1, "price": {"currency_code": "USD", "units": 1}}]}],
            "surcharges": [{"surcharge_id": "large", "amount": {"currency_code": "USD", "units": 1}, "zones": ["2"]}],
        }
    ],
    "legs": [{"mode": "TRANSPORT_MODE_ROAD", "distance_km": 5}],
}
ANSWERED = {"name", "hash", "etag"}
"""Fields of a catalog that a request may have but that are not read."""


def faults(data: dict[str, Any]) -> list[str]:
    """Return the fields that are wrong with a catalog."""
    found = Findings()
    read_catalog(json_format.ParseDict(data, Catalog()), load_materials(), found)
    return [violation.field for violation in found.violations]


def faults_of_lane(data: dict[str, Any]) -> list[str]:
    """Return the fields that are wrong with a lane."""
    found = Findings()
    read_lane(json_format.ParseDict(data, Lane()), load_materials(), date(2026, 6, 1), found)
    return [violation.field for violation in found.violations]


def changed(value: Any, path: str, text: str) -> Any:
    """Return data with a text set at a path such as ``a[0].b``, whose lists exist."""
    step, _, rest = path.replace("[", ".").replace("]", "").partition(".")
    if not step:
        return text
    if isinstance(value, list):
        return [changed(each, rest, text) if at == int(step) else each for at, each in enumerate(value)]
    return {**value, step: changed(value.get(step, {}), rest, text)}


NAMES = ("version", "box_types[0].board.grade", "box_types[0].reuse.washing_factor_id", "dunnage[0].display_name")
NOTES = ("box_types[0].note", "source.citation", "box_types[0].source.url", "dunnage[0].source.licence")
LANE_NAMES = ("zone", "legs[0].hub", "price_tables[0].zones[0].zone", "price_tables[0].surcharges[0].zones[0]")


@pytest.mark.parametrize(
    ("read", "data", "path", "most"),
    [
        *((faults, CATALOG, path, MAX_NAME_LENGTH) for path in NAMES),
        *((faults, CATALOG, path, MAX_NOTE_LENGTH) for path in NOTES),
        *((faults_of_lane, LANE, path, MAX_NAME_LENGTH) for path in LANE_NAMES),
    ],
)
def test_a_text_has_at_most_so_many_characters(
    read: Callable[[dict[str, Any]], list[str]], data: dict[str, Any], path: str, most: int
) -> None:
    """The maximum number of characters passes, also with letters of several bytes; one more is refused by field."""
    assert read(data) == []
    assert read(changed(data, path, "\N{ETHIOPIC SYLLABLE HA}" * most)) == []
    assert read(changed(data, path, "a" * (most + 1))) == [path]


def texts(kind: Any, value: Any, path: str = "") -> Iterator[str]:
    """Yield the path of each text that a message of a kind can hold; lists need an entry in the data."""
    for field in kind.fields:
        at = f"{path}.{field.name}" if path else field.name
        below = value.get(field.name) if isinstance(value, dict) else None
        if field.type == FieldDescriptor.TYPE_STRING and (not field.is_repeated or below):
            yield f"{at}[0]" if field.is_repeated else at
        elif field.message_type is not None and below:
            entry = below[0] if field.is_repeated else below
            yield from texts(field.message_type, entry, f"{at}[0]" if field.is_repeated else at)


def test_no_text_of_a_catalog_is_longer_than_notes_may_be() -> None:
    """Every longer text of a catalog, box type or dunnage is refused, unless its field is not read."""
    paths = [text for text in texts(Catalog.DESCRIPTOR, CATALOG) if text.rpartition(".")[2] not in ANSWERED]
    assert {*NAMES, *NOTES} <= set(paths)
    for path in paths:
        assert faults(changed(CATALOG, path, "a" * (MAX_NOTE_LENGTH + 1))), path


def test_unknown_fields_of_a_catalog_are_not_stored() -> None:
    """A field of a later contract is dropped, whatever its length."""
    sent = CreateCatalogRequest(catalog=Catalog(catalog_id="c", version="1"))
    more = Catalog.FromString(sent.catalog.SerializeToString() + b"\xfa\x3e\xc0\x84\x3d" + bytes(1_000_000))
    assert more.ByteSize() > 1_000_000
    assert content_of(CreateCatalogRequest(catalog=more)) == content_of(sent)
