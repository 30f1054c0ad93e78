"""Findings: paths, kinds, and the errors that they become."""

import pytest

from boxwright.errors import (
    MOST_VIOLATIONS,
    DataFileError,
    FieldViolation,
    InvalidInputError,
    LimitExceededError,
    UnknownResourceError,
    UnsupportedError,
)
from boxwright.findings import Findings, renamed


def test_paths_are_joined_from_the_request_down():
    """A finding three levels down names the whole path."""
    found = Findings()
    found.at("order").at("lines[3]").add("mass_g", "is required")
    with pytest.raises(InvalidInputError) as caught:
        found.raise_any()
    assert caught.value.violations == (FieldViolation("order.lines[3].mass_g", "is required"),)


def test_an_empty_field_is_the_message_itself():
    """A finding without a field names the message."""
    found = Findings("order")
    found.add("", "is required")
    with pytest.raises(InvalidInputError, match=r"^order: "):
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
        (["unknown", "add", "limit", "unsupported"], InvalidInputError),
    ],
)
def test_the_gravest_finding_decides_and_all_are_listed(add, error):
    """The most severe finding decides the class of the error, which lists all findings."""
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
    """A prefix is renamed only if it ends at a step of the path."""
    assert renamed(field, {"lines": "order.lines", "policy.cushioning_id": "policy.cushioning_ids[0]"}) == expected


def broken(*fields):
    """Raise an error with these fields."""
    raise InvalidInputError([FieldViolation(each, "rule") for each in fields])


def test_what_is_raised_inside_a_view_is_collected_below_its_path():
    """A broken rule ends its block, and reading continues after the block."""
    found = Findings("order")
    with found.at("lines[3]"):
        broken("mass_g", "")
    with found.at("lines[4]"), found.at("lines[4].fragility"):
        broken("g_level")
    assert [each.field for each in found.violations] == [
        "order.lines[3].mass_g",
        "order.lines[3]",
        "order.lines[4].fragility.g_level",
    ]


def test_a_look_up_is_about_the_field_that_names_it():
    """The finding names the field of the input, not the parameter of the look-up."""
    found = Findings("policy")
    assert found.field("tape_rule").attempt(broken, "name") is None
    assert found.field("void_fill_id").attempt(str, 5) == "5"
    assert [each.field for each in found.violations] == ["policy.tape_rule"]


def test_fields_take_the_names_of_the_place_that_collects_them():
    """Fields are renamed by a mapping of prefixes or by a function."""
    found = Findings()
    with found.at("line", {"length_mm": "cuboid.length_mm"}):
        broken("length_mm", "mass_g")
    with found.at("row 7", str.upper):
        broken("mass_g")
    assert [each.field for each in found.violations] == ["line.cuboid.length_mm", "line.mass_g", "row 7.MASS_G"]


def test_the_kind_of_an_error_stays():
    """An unknown resource is still an unknown resource in an outer collection."""
    found = Findings()
    with found.at("parcel"):
        other = Findings()
        other.unknown("box_type", "names nothing")
        other.raise_any()
    with pytest.raises(UnknownResourceError, match=r"^parcel\.box_type: "):
        found.raise_any()


def test_other_errors_pass():
    """A block catches only broken rules."""
    with pytest.raises(ZeroDivisionError), Findings():
        raise ZeroDivisionError


def test_looking_ends_once_there_are_more_than_an_error_lists():
    """Blocks around a full collection do not collect its error again."""
    found = Findings()

    def read():
        with found.at("lines"):
            for index in range(1_000):
                with found.at(f"lines[{index}]"):
                    broken("mass_g")

    with pytest.raises(InvalidInputError) as caught:
        read()
    assert len(found) == MOST_VIOLATIONS + 1
    assert len(caught.value.violations) == MOST_VIOLATIONS + 1
    assert caught.value.violations[-1].field == ""


def test_the_error_of_a_file_names_it():
    """The faults of a file, also of nested views, are one error with its name."""
    found = Findings(file="boards.csv")
    with found.at("row 3"):
        broken("")
    with pytest.raises(DataFileError, match=r"^boards\.csv: row 3: "):
        found.at("row 4").raise_any()


def test_rows_of_a_table_are_named_as_a_spreadsheet_shows_them():
    """A field follows the row after a comma, by its header if it has one; nested fields follow after a dot."""
    found = Findings(file="sizes.csv")
    row = found.row(7, {"tare_g": "Empty weight"})
    row.add("tare_g", "is missing")
    row.add("", "is torn")
    row.at("price_tiers[0]").add("price_minor", "must be whole")
    assert [each.field for each in found.violations] == [
        "row 7, Empty weight",
        "row 7",
        "row 7, price_tiers[0].price_minor",
    ]
