"""Requests as bytes: limits of lists and texts, and bytes that are not a message."""

from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from boxwright.contract.intake import parse
from boxwright.domain.limits import MAX_ENTRIES, MAX_TEXT_LENGTH
from boxwright.errors import InvalidInputError, LimitExceededError, SearchEndedError
from boxwright.server.stored.written import MAX_TOML_BYTES
from boxwright.stop import Stop
from boxwright.v1.catalog_service_pb2 import CreateCatalogRequest
from boxwright.v1.evaluation_service_pb2 import EvaluateCatalogsRequest
from boxwright.v1.order_pb2 import Order, OrderLine
from boxwright.v1.packing_service_pb2 import BatchPackRequest, PackRequest

FULL = PackRequest(order=Order(lines=[OrderLine()] * MAX_ENTRIES))


def too_long(kind: Any, data: bytes) -> list[str]:
    """Return the fields that a LimitExceededError names."""
    with pytest.raises(LimitExceededError) as caught:
        parse(data, kind)
    return [violation.field for violation in caught.value.violations]


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        (PackRequest(order=Order(lines=[OrderLine()] * (MAX_ENTRIES + 1))), "order.lines"),
        (PackRequest(allocations=[1] * 5_000), "allocations"),
        (BatchPackRequest(requests=[FULL, {"allocations": [1] * 101}]), "requests[1].allocations"),
    ],
)
def test_a_list_that_is_too_long_is_named(request_, path):
    """Lists of messages and numbers are limited at every depth; a list of the maximum length passes."""
    assert too_long(type(request_), request_.SerializeToString()) == [path]
    assert parse(FULL.SerializeToString(), PackRequest) == FULL


@pytest.mark.parametrize(
    ("kind", "data", "path"),
    [
        (PackRequest, {"inline_catalog": {"hash": "{text}"}}, "inline_catalog.hash"),
        (PackRequest, {"markets": ["{text}"]}, "markets"),
        (BatchPackRequest, {"requests": [{}, {"lane": {"zone": "{text}"}}]}, "requests[1].lane.zone"),
        (EvaluateCatalogsRequest, {"catalogs": [{}, {"inline_catalog": {"etag": "{text}"}}]},
         "catalogs[1].inline_catalog.etag"),
    ],
)  # fmt: skip
def test_a_text_that_is_too_long_is_named(kind, data, path):
    """Texts are limited at every depth and in lists, by characters and not by bytes."""

    def sent(text: str) -> bytes:
        plain = json_format.MessageToJson(json_format.ParseDict(data, kind()))
        return json_format.Parse(plain.replace("{text}", text), kind()).SerializeToString()

    parse(sent("\N{ETHIOPIC SYLLABLE HA}" * MAX_TEXT_LENGTH), kind)
    assert too_long(kind, sent("a" * (MAX_TEXT_LENGTH + 1))) == [path]


def test_a_catalog_in_toml_has_a_limit_of_its_own():
    """The limit is higher than that of other texts."""
    parse(CreateCatalogRequest(toml="a" * MAX_TOML_BYTES).SerializeToString(), CreateCatalogRequest)
    data = CreateCatalogRequest(toml="a" * (MAX_TOML_BYTES + 1)).SerializeToString()
    assert too_long(CreateCatalogRequest, data) == ["toml"]


@pytest.mark.parametrize("entry", [b"", b"\x10\x01"], ids=["empty", "with a quantity of 1"])
def test_a_long_message_of_short_entries_is_refused_before_it_is_parsed(entry):
    """Parsed entries can take a hundred times the bytes of a request."""
    lines = (b"\x12" + bytes([len(entry)]) + entry) * (1_200_000 // (2 + len(entry)))
    data = b"\x12" + bytes([len(lines) & 127 | 128, len(lines) >> 7 & 127 | 128, len(lines) >> 14]) + lines
    assert too_long(PackRequest, data) == [""]


def test_a_long_message_of_short_names_is_read():
    """A batch of the maximum size passes, even if its lines are as short as possible."""
    line = OrderLine(line_id="a", sku="b", quantity=1, mass_g=100)
    line.cuboid.dimensions.length_mm = 1
    request = BatchPackRequest(requests=[PackRequest(order=Order(order_id="o", lines=[line] * 200))] * 1_000)
    assert parse(request.SerializeToString(), BatchPackRequest) == request


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_a_request_or_an_error_of_the_caller(data, long):
    """Bytes of any length are decoded as protobuf defines, or refused."""
    data += PackRequest(request_id="x" * 5_000).SerializeToString() if long else b""
    try:
        expected = PackRequest.FromString(data)
    except DecodeError:
        with pytest.raises(InvalidInputError):
            parse(data, PackRequest)
    else:
        assert parse(data, PackRequest) == expected


def test_reading_can_be_stopped():
    """Reading of long lists ends when the call is cancelled."""
    stop = Stop()
    stop.cancel()
    with pytest.raises(SearchEndedError):
        parse(FULL.SerializeToString(), PackRequest, stop)
