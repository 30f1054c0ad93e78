"""Requests as bytes: lists are counted before they are read, and what does not decode is the caller's error."""

import contextlib

import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from boxwright.contract.intake import BYTES_PER_ENTRY, FREE_ENTRIES, GroupError, parse
from boxwright.domain.limits import MAX_ENTRIES
from boxwright.errors import InvalidInputError, LimitExceededError, SearchEndedError
from boxwright.stop import Stop
from boxwright.v1.box_type_pb2 import Compartments
from boxwright.v1.catalog_service_pb2 import CreateCatalogRequest
from boxwright.v1.order_pb2 import Order, OrderLine
from boxwright.v1.packing_service_pb2 import BatchPackRequest, PackRequest


def tagged(kind, name, content=b""):
    """Return a field of a message in bytes; ``name`` may lead through messages, as ``order.lines``."""
    first, _, rest = name.partition(".")
    field = kind.DESCRIPTOR.fields_by_name[first] if hasattr(kind, "DESCRIPTOR") else kind.fields_by_name[first]
    inside = tagged(field.message_type, rest, content) if rest else content
    return varint(field.number << 3 | 2) + varint(len(inside)) + inside


def varint(number):
    """Return a number as the wire has it."""
    found = b""
    while number > 127:
        found += bytes([number & 127 | 128])
        number >>= 7
    return found + bytes([number])


LINE = tagged(Order, "lines")
AMOUNT = tagged(OrderLine, "property_amounts")


@pytest.mark.parametrize(
    ("kind", "data", "path"),
    [
        (PackRequest, tagged(PackRequest, "order", LINE * 1_000_000), "order.lines"),
        (PackRequest, tagged(PackRequest, "order", LINE * 6_000) * 2, "order.lines"),
        (PackRequest, tagged(PackRequest, "order.lines", AMOUNT * 5_000), "order.lines[0].property_amounts"),
        (PackRequest, tagged(PackRequest, "allocations", b"\x01" * 5_000), "allocations"),
        (PackRequest, tagged(PackRequest, "policy.material_requirements.excluded_materials") * 2_000,
         "policy.material_requirements.excluded_materials"),
        (PackRequest, b"\xf8\x07\x00" * 1_000_000, ""),
        (BatchPackRequest, tagged(BatchPackRequest, "requests") * 1_000_000, "requests"),
        (BatchPackRequest, tagged(BatchPackRequest, "requests.order", LINE * 9_000) * 20, "requests[12].order.lines"),
    ],
)  # fmt: skip
def test_a_list_that_is_too_long_is_named_before_it_is_read(kind, data, path):
    """Lists of all depths, in one or several pieces; all lists together; and fields that say nothing."""
    with pytest.raises(LimitExceededError) as caught:
        parse(data, kind)
    assert [violation.field for violation in caught.value.violations] == [path]


def test_lists_within_their_limits_are_read():
    """As many lines as may be, and entries that say something, as many as there may be orders, pass."""
    full = parse(tagged(PackRequest, "order", LINE * MAX_ENTRIES), PackRequest)
    assert len(full.order.lines) == MAX_ENTRIES
    lines = [OrderLine(line_id=f"line {number}", quantity=1, mass_g=number) for number in range(200)]
    request = BatchPackRequest(requests=[PackRequest(order=Order(lines=lines))] * 1_000)
    data = request.SerializeToString()
    assert len(data) // BYTES_PER_ENTRY + FREE_ENTRIES > 200_000
    assert parse(data, BatchPackRequest) == request


def compartments(columns, rows):
    """Return a request with one box of so many columns and rows, and texts that make it long enough to be counted."""
    request = CreateCatalogRequest()
    request.catalog.box_types.add(note="x" * 4_200).compartments.MergeFrom(
        Compartments(columns_mm=[15.0] * columns, rows_mm=[60.0] * rows)
    )
    return request


def test_numbers_in_one_piece_are_counted_as_numbers_and_not_as_bytes():
    """A double takes eight bytes, a number of another kind one to ten; as many as may be pass, one more is refused."""
    full = compartments(100, 100)
    assert parse(full.SerializeToString(), CreateCatalogRequest) == full
    with pytest.raises(LimitExceededError, match=r"columns_mm: .* 100 "):
        parse(compartments(101, 3).SerializeToString(), CreateCatalogRequest)
    many = PackRequest(request_id="x" * 5_000, allocations=[300] * 100)
    assert parse(many.SerializeToString(), PackRequest) == many
    many.allocations.append(300)
    with pytest.raises(LimitExceededError, match=r"allocations: .* 100 "):
        parse(many.SerializeToString(), PackRequest)


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_a_request_or_an_error_of_the_caller(data, long):
    """Broken, cut short or long, bytes decode as protobuf says, or are refused, by field where a list is long."""
    data += tagged(PackRequest, "request_id", b"x" * 5_000) if long else b""
    try:
        expected = PackRequest.FromString(data)
    except DecodeError:
        with pytest.raises(InvalidInputError):
            parse(data, PackRequest)
    else:
        with contextlib.suppress(GroupError, LimitExceededError):
            assert parse(data, PackRequest) == expected


def test_groups_of_fields_are_refused_at_once():
    """No message of the contract has any, and what they hold is no list that could be counted."""
    with pytest.raises(GroupError):
        parse(b"\x0b\x0c" * 1_000_000, PackRequest)


def test_counting_ends_where_it_is_stopped():
    """Whoever gives a call up does not have its lists counted to the end."""
    stop = Stop()
    stop.cancel()
    with pytest.raises(SearchEndedError):
        parse(tagged(PackRequest, "order", LINE * MAX_ENTRIES), PackRequest, stop)


@pytest.mark.parametrize(
    "data",
    [tagged(PackRequest, "order") * 1_000_000, b"\xf8\x07\x01" * 1_000_000],
    ids=["a message sent again", "unknown fields"],
)
def test_fields_that_say_nothing_new_are_soon_refused(data):
    """A field sent again and again, or many that the contract does not have."""
    with pytest.raises(LimitExceededError):
        parse(data, PackRequest)


def test_a_message_of_a_later_version_is_read():
    """Each line has every field of this version, and one more."""
    full = OrderLine(line_id="a", quantity=1, mass_g=1, sku="s")
    full.cuboid.dimensions.length_mm = 1
    line = full.SerializeToString() + b"\xf8\x07\x01"
    lines = tagged(Order, "lines", line) * 9_000
    assert len(parse(tagged(PackRequest, "order", lines), PackRequest).order.lines) == 9_000
