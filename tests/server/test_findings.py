"""Findings: paths, kinds, and which error they become."""

import pytest

from boxwright.errors import FieldViolation, InvalidInputError, UnsupportedError
from boxwright.server.findings import Findings, LimitExceededError, UnknownResourceError, renamed


def test_paths_are_joined_from_the_request_down():
    """A finding three levels down names the whole path."""
    found = Findings()
    found.at("order").at("lines[3]").invalid("mass_g", "is required")
    with pytest.raises(InvalidInputError) as caught:
        found.raise_any()
    assert caught.value.violations == (FieldViolation("order.lines[3].mass_g", "is required"),)


def test_an_empty_field_is_the_message_itself():
    """A finding about a whole message names the message."""
    found = Findings("order")
    found.invalid("", "is required")
    with pytest.raises(InvalidInputError, match=r"^order: is required$"):
        found.raise_any()


def test_nothing_found_raises_nothing():
    """A request without findings passes."""
    Findings().raise_any()


@pytest.mark.parametrize(
    ("add", "error"),
    [
        (["unknown"], UnknownResourceError),
        (["unsupported"], UnsupportedError),
        (["unknown", "unsupported"], UnsupportedError),
        (["limit", "unsupported"], LimitExceededError),
        (["unknown", "invalid", "limit", "unsupported"], InvalidInputError),
    ],
)
def test_the_gravest_finding_decides_and_all_are_listed(add, error):
    """The error is that of the gravest finding, and holds every one."""
    found = Findings()
    for kind in add:
        getattr(found, kind)(kind, "rule")
    with pytest.raises(InvalidInputError) as caught:
        found.raise_any()
    assert type(caught.value) is error
    assert {each.field for each in caught.value.violations} == set(add)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("lines[2].fragility", "order.lines[2].fragility"),
        ("lines", "order.lines"),
        ("linesman", "linesman"),  # a longer word is another field
        ("policy.cushioning_id", "policy.cushioning_ids[0]"),
        ("policy.tape_id", "policy.tape_id"),
    ],
)
def test_renaming_replaces_whole_steps_of_a_path(field, expected):
    """Only the beginning that is a whole step is renamed."""
    assert renamed(field, {"lines": "order.lines", "policy.cushioning_id": "policy.cushioning_ids[0]"}) == expected
