"""Reading any message gives an answer or an error that names fields; nothing else is raised."""

import datetime
import math
from pathlib import Path

import pytest
from google.protobuf import json_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxwright.errors import BoxwrightError, EngineError, InvalidInputError
from boxwright.server.answers.check_plan import read_check_request
from boxwright.server.answers.footprint import estimate_footprint
from boxwright.server.answers.pack import PackAnswers
from boxwright.server.answers.pack_request import read_pack_request
from boxwright.server.api.faults import TRAILER_BYTES, status_of
from boxwright.server.metrics import Metrics
from boxwright.server.stored.written import validated
from boxwright.stop import NEVER, Stop
from boxwright.v1 import catalog_service_pb2, footprint_service_pb2, packing_service_pb2

REQUEST = Path(__file__).parents[2] / "docs" / "requests" / "PackingService.Pack.json"
TODAY = datetime.date(2026, 3, 2)
TEXTS = st.sampled_from(
    [
        "",
        "a",
        "none",
        "catalogs/china-post",
        "catalogs/china-post/boxTypes/china-post-6",
        "china-post-6",
        "carriers/ups/services/us-daily",
        "accountingProfiles/uk-desnz@2026",
        "accountingProfiles/@",
        "materials/kraft-paper",
        "EUR",
        "DE",
        "x" * 300,
        "\x00\n\u202e",
    ]
)
NUMBERS = st.sampled_from([0.0, 1.0, 0.25, 150.0, 1e-9, -1.0, 1e4, 1e308, math.nan, math.inf, -math.inf, 5e-324])
WHOLE = st.sampled_from([0, 1, 2, 3, 7, 100, -1, 2**31 - 1, -(2**31)])


@st.composite
def messages(draw, kind, depth=6):
    """Return any message of a type, with ordinary, extreme and senseless values."""
    message = kind()
    for field in kind.DESCRIPTOR.fields:
        if not draw(st.booleans()):
            continue
        count = draw(st.integers(0, 3)) if field.is_repeated else 1
        for _ in range(count):
            if field.message_type is not None:
                if depth == 0:
                    continue
                below = (
                    message.__getattribute__(field.name).add() if field.is_repeated else getattr(message, field.name)
                )
                below.CopyFrom(draw(messages(type(below), depth=depth - 1)))
                continue
            value = draw(_value(field))
            if field.is_repeated:
                getattr(message, field.name).append(value)
            else:
                setattr(message, field.name, value)
    return message


def _value(field):
    if field.cpp_type == field.CPPTYPE_STRING:
        return TEXTS
    if field.cpp_type in (field.CPPTYPE_DOUBLE, field.CPPTYPE_FLOAT):
        return NUMBERS
    if field.cpp_type == field.CPPTYPE_BOOL:
        return st.booleans()
    return WHOLE


def answered(read, message):
    """Read a message; an error must name fields and fit into trailers."""
    error = None
    try:
        read(message)
    except BoxwrightError as raised:
        error = raised
    if error is not None:
        assert not isinstance(error, InvalidInputError) or error.violations
        assert status_of(error, trailer=True).ByteSize() < TRAILER_BYTES + 1_500


EXAMPLES = pytest.mark.parametrize("examples", [20, pytest.param(200, marks=pytest.mark.long)])


def each_is_answered(examples, drawn, read):
    """Read this many drawn messages."""
    few = settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    few(given(drawn)(lambda message: answered(read, message)))()


READ = {
    packing_service_pb2.PackRequest: lambda sent, dataset: read_pack_request(sent, dataset, TODAY),
    packing_service_pb2.CheckPlanRequest: lambda sent, dataset: read_check_request(sent, dataset, TODAY),
    footprint_service_pb2.EstimateFootprintRequest: lambda sent, dataset: estimate_footprint(sent, dataset, TODAY),
    catalog_service_pb2.CreateCatalogRequest: lambda sent, dataset: validated(sent, dataset.materials, NEVER),
}


@EXAMPLES
@pytest.mark.parametrize("kind", READ, ids=lambda kind: kind.DESCRIPTOR.name)
def test_any_request_is_read_or_refused(dataset, kind, examples):
    """A request is read, or every finding has a field."""
    each_is_answered(examples, messages(kind), lambda sent: READ[kind](sent, dataset))


@st.composite
def altered(draw, message):
    """Return a good message with one value replaced by another."""
    changed = type(message)()
    changed.CopyFrom(message)
    here = changed
    while True:
        field, value = draw(st.sampled_from(here.ListFields()))
        if field.message_type is None:
            other = draw(_value(field))
            if field.is_repeated:
                value[draw(st.integers(0, len(value) - 1))] = other
            else:
                setattr(here, field.name, other)
            return changed
        here = draw(st.sampled_from(list(value))) if field.is_repeated else value
        if not here.ListFields():
            return changed


@EXAMPLES
def test_a_good_request_with_one_value_changed_is_planned_or_refused(dataset, examples):
    """From reading to the answer, no value of any field makes an engine fail its check or raises another error."""
    request = json_format.Parse(REQUEST.read_text(encoding="utf-8"), packing_service_pb2.PackRequest())
    packer = PackAnswers(dataset, Metrics())

    def plan(sent):
        try:
            packer.answer(sent, Stop())
        except EngineError as error:
            raise AssertionError(str(error)) from error

    each_is_answered(examples, altered(request), plan)
