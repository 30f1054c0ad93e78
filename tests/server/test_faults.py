"""Errors become statuses."""

import re

import grpc
import pytest
from google.protobuf import json_format
from google.rpc import error_details_pb2

from boxwright.checking import PlanViolation, ViolationKind
from boxwright.domain.lack import Lack, MissingFactorError
from boxwright.domain.plan import IncompletePlanError, UnpackedReason, UnpackedUnit
from boxwright.errors import MOST_VIOLATIONS, EngineError, FieldViolation, InvalidInputError
from boxwright.server.api.faults import TRAILER_BYTES, RequestIdReusedError, grpc_code, is_ours, reason_of, status_of
from boxwright.server.workers.admission import OverloadedError
from boxwright.store import (
    CatalogBusyError,
    CatalogsUnreadError,
    StoreBusyError,
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreUnreachableError,
    StoreUnsuitableError,
)
from boxwright.v1 import errors_pb2, geometry_pb2


def detail(status, kind):
    """Return the detail of a type; None if there is none."""
    for packed in status.details:
        if packed.Is(kind.DESCRIPTOR):
            found = kind()
            packed.Unpack(found)
            return found
    return None


def units(count, lines=1):
    """Return unpacked units."""
    reason = UnpackedReason.DOES_NOT_FIT_ANY_BOX
    return [UnpackedUnit(f"line-{number % lines}", number, reason, "too long") for number in range(count)]


def test_violations_become_a_bad_request():
    """The status has code, reason, domain and every violation."""
    status = status_of(InvalidInputError([FieldViolation("a", "one"), FieldViolation("b[0].c", "two")]))
    info = detail(status, error_details_pb2.ErrorInfo)
    assert grpc_code(status) is grpc.StatusCode.INVALID_ARGUMENT
    assert (info.reason, info.domain) == ("INVALID_FIELDS", "boxwright")
    listed = detail(status, error_details_pb2.BadRequest).field_violations
    assert [(violation.field, violation.description) for violation in listed] == [("a", "one"), ("b[0].c", "two")]


@pytest.mark.parametrize("trailer", [True, False])
def test_a_long_rule_is_whole(trailer):
    """A rule of 600 characters is not cut, not even in trailers."""
    rule = "must be one of " + "many, " * 100
    status = status_of(InvalidInputError([FieldViolation("a", rule)]), trailer=trailer)
    assert status.message == f"a: {rule}"
    assert detail(status, error_details_pb2.BadRequest).field_violations[0].description == rule
    unit = UnpackedUnit("a", 0, UnpackedReason.DOES_NOT_FIT_ANY_BOX, rule, (185_000, 185_500, 410_000))
    status = status_of(IncompletePlanError("o", [unit]), trailer=trailer)
    (line,) = detail(status, errors_pb2.IncompletePlanDetail).lines
    assert line.message == rule
    assert line.required_inner == geometry_pb2.Dimensions(length_mm=185, width_mm=185.5, height_mm=410)


def test_an_order_that_is_not_whole_says_which_lines_and_why():
    """Units are summed by line, reason and rule, most units first."""
    status = status_of(IncompletePlanError("o", [*units(3), *units(7, lines=2)]))
    found = detail(status, errors_pb2.IncompletePlanDetail)
    assert grpc_code(status) is grpc.StatusCode.FAILED_PRECONDITION
    assert (found.order_id, found.unpacked_unit_count, found.truncated) == ("o", 10, False)
    assert [(line.line_id, line.quantity) for line in found.lines] == [("line-0", 7), ("line-1", 3)]


@pytest.mark.parametrize(
    "kind",
    [
        *(StoreError, StoreUnreachableError, StoreFullError, StoreCorruptError, StoreUnsuitableError),
        CatalogsUnreadError,
    ],
)
def test_what_a_database_says_is_for_the_log(kind):
    """Messages of databases name paths, hosts and users; callers get our own message."""
    status = status_of(kind("connection to server at 10.0.0.5 failed: user box: /var/lib/boxwright/plans.db"))
    assert kind.public_message in status.message
    assert b"10.0.0.5" not in status.SerializeToString()


@pytest.mark.parametrize("trailer", [True, False])
@pytest.mark.parametrize("count", [20, 50, 300])
def test_lines_that_are_not_listed_are_counted(count, trailer):
    """Listed and left-out lines add up, with and without trailers."""
    status = status_of(IncompletePlanError("o", units(count, lines=count)), trailer=trailer)
    found = detail(status, errors_pb2.IncompletePlanDetail)
    left_out = int(detail(status, error_details_pb2.ErrorInfo).metadata.get("left_out", "0"))
    assert len(found.lines) + left_out == found.unpacked_unit_count == count
    assert found.truncated == (left_out > 0)


def test_missing_factors_are_listed():
    """The detail has profile, component, stage and subject."""
    error = MissingFactorError(
        "p@1", [Lack.read("box/production: hemp"), Lack.read("transport/transport_wtt: no legs given")]
    )
    found = detail(status_of(error), errors_pb2.MissingFactorDetail)
    assert found.accounting_profile == "accountingProfiles/p@1"
    assert [missing.subject for missing in found.missing] == ["hemp", "no legs given"]


@pytest.mark.parametrize("count", [1, 40, 3_000])
@pytest.mark.parametrize("rule", ["x" * 10, "x" * 10_000, "箱" * 10_000])
def test_a_status_in_trailers_is_small(count, rule):
    """Trailers stay within the limit of clients, whatever the number and length of rules."""
    error = InvalidInputError([FieldViolation(f"lines[{index}]", rule) for index in range(count)])
    status = status_of(error, trailer=True)
    listed = detail(status, error_details_pb2.BadRequest).field_violations
    left_out = int(detail(status, error_details_pb2.ErrorInfo).metadata.get("left_out", 0))
    assert status.ByteSize() < TRAILER_BYTES + 200
    assert len(listed) + left_out == min(count, MOST_VIOLATIONS + 1)


def test_a_status_in_a_message_is_whole():
    """Up to 100 rules are listed in full outside trailers."""
    error = InvalidInputError([FieldViolation(f"lines[{index}]", "x" * 1_000) for index in range(500)])
    listed = detail(status_of(error), error_details_pb2.BadRequest).field_violations
    assert len(listed) == MOST_VIOLATIONS + 1
    assert all(len(violation.description) == 1_000 for violation in listed[:-1])
    assert str(MOST_VIOLATIONS) in listed[-1].description


def test_texts_of_a_status_hold_no_control_characters():
    """Texts of callers come back escaped."""
    unit = UnpackedUnit("a\x1b[2J", 0, UnpackedReason.DOES_NOT_FIT_ANY_BOX, "no\x07")
    for error in (
        InvalidInputError([FieldViolation("li\u202ene\r\n", "must not be \x00")]),
        IncompletePlanError("o\x9b", [unit]),
        RequestIdReusedError("a\x1bb"),
    ):
        text = json_format.MessageToJson(status_of(error), indent=None, ensure_ascii=False)
        assert text.isprintable()
        assert not re.search(r"(?<!\\)\\[urn]", text), text  # as JSON writes control characters


def test_a_fault_of_the_service_reveals_no_details():
    """An unexpected exception is INTERNAL, and its text stays in the log."""
    error = KeyError("secret")
    status = status_of(error)
    assert grpc_code(status) is grpc.StatusCode.INTERNAL
    assert "secret" not in status.message
    assert is_ours(error)
    assert reason_of(error) == "internal"
    assert not is_ours(InvalidInputError([]))


def test_a_busy_server_says_when_to_come_back():
    """RESOURCE_EXHAUSTED has a retry time."""
    error = OverloadedError("full")
    status = status_of(error)
    assert grpc_code(status) is grpc.StatusCode.RESOURCE_EXHAUSTED
    retry = detail(status, error_details_pb2.RetryInfo)
    assert retry.retry_delay.ToTimedelta().total_seconds() == pytest.approx(error.retry_after_s, abs=0.001)


def test_a_plan_that_fails_the_check_lists_what_is_broken():
    """INTERNAL names the engine and each violation."""
    violation = PlanViolation(ViolationKind.OVERLAP, "shares a space", 0, "a", 1)
    status = status_of(EngineError("py3dbp", [violation]))
    found = detail(status, errors_pb2.EngineFaultDetail)
    assert grpc_code(status) is grpc.StatusCode.INTERNAL
    assert (found.engine, [violation.code for violation in found.violations]) == ("py3dbp", ["OVERLAP"])


@pytest.mark.parametrize("kind", [StoreBusyError, CatalogBusyError])
def test_a_store_that_was_too_slow_promises_no_more_in_the_log(kind):
    """The message does not refer to the log, which has no more details."""
    assert status_of(kind("/var/lib/boxwright/plans.db: 5 s")).message == kind.public_message
