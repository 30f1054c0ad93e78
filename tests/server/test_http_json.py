"""JSON of any size is read in proportional time and memory, or refused first."""

import contextlib
import json

import pytest
from google.protobuf import json_format

from boxwright.contract.json import from_json
from boxwright.errors import InvalidInputError
from boxwright.v1 import packing_service_pb2

from .live_calls import ORDER, pack_request_of
from .wire import broken


def test_a_byte_order_mark_is_taken():
    """UTF-8 may start with a byte order mark; other encodings are refused."""
    order = json.dumps(ORDER)
    assert from_json(order.encode("utf-8-sig"), packing_service_pb2.PackRequest) == pack_request_of(ORDER)
    with pytest.raises(InvalidInputError, match="UTF-8"):
        from_json(order.encode("utf-16"), packing_service_pb2.PackRequest)


@pytest.mark.parametrize("field", ["quantity", "massG"])
def test_numbers_beyond_every_range_are_refused_by_field(field):
    """Protobuf itself would fail on them."""
    body = f'{{"order": {{"lines": [{{"{field}": {"9" * 4_000}}}]}}}}'.encode()
    with pytest.raises(InvalidInputError, match=r"^order\.lines\[0\]\.(quantity|mass_g): "):
        from_json(body, packing_service_pb2.PackRequest)


@pytest.mark.parametrize("number", [2**53 + 1, -(2**40), 10**30])
def test_a_number_that_no_enum_holds_is_refused_by_field(number):
    """Enum numbers beyond 32 bits are refused at their field."""
    body = json.dumps({"policy": {"mode": number}}).encode()
    assert list(broken(from_json, body, packing_service_pb2.PackRequest)) == ["policy.mode"]


@pytest.mark.parametrize("entry", ["5", '{"lineId":"a"}', '{"noField":1}'])
def test_a_list_that_is_too_long_is_refused_before_its_entries_are_read(entry):
    """Only the length is reported, since reading the entries would take several times as long."""
    lines = ",".join([entry] * 10_001)
    body = f'{{"order":{{"lines":[{lines}]}}}}'.encode()
    ((field, rule),) = broken(from_json, body, packing_service_pb2.PackRequest).items()
    assert (field, "10,000" in rule) == ("order.lines", True)


def test_a_read_mask_that_is_too_long_is_refused_before_it_is_read(monkeypatch):
    """Protobuf, which takes a second for a million paths, is not called."""
    monkeypatch.delattr(json_format, "ParseDict")
    for count in (1_001, 1_000_000):
        mask = ",".join(["plan.parcels"] * count)
        body = f'{{"readMask":"{mask}"}}'.encode()
        assert list(broken(from_json, body, packing_service_pb2.PackRequest)) == ["read_mask.paths"]
    monkeypatch.undo()
    whole = f'{{"readMask":"{",".join(["plan.parcels"] * 1_000)}"}}'
    assert len(from_json(whole.encode(), packing_service_pb2.PackRequest).read_mask.paths) == 1_000


def test_small_bodies_that_would_take_much_memory_are_refused():
    """Empty values are counted before they are created."""
    with pytest.raises(InvalidInputError):
        from_json(b'{"order":{"lines":[' + b"{}," * 2_000_000 + b"{}]}}", packing_service_pb2.PackRequest)


@pytest.mark.parametrize(
    "body",
    [
        b'{"order":{"orderId":"' + b'\\"' * 2_000_000,
        b'{"order":{"orderId":"' + b"a" * 4_000_000 + b'"}}',
        b"{" + b",".join(b'"k%d":1' % number for number in range(200_000)) + b',"z":1,"z":1}',
        b'{"order":{"lines":[{"massG":1' + b"0" * 400 + b"}]}}",
    ],
    ids=["unfinished text", "long text", "many keys", "huge number"],
)
def test_reading_takes_time_in_proportion(body):
    """Unfinished texts, many keys and huge numbers take linear time; quadratic time would be hours."""
    with contextlib.suppress(InvalidInputError):
        from_json(body, packing_service_pb2.PackRequest)
