"""Helpers that write messages refuse values that would become another message."""

import pytest

from boxwright_client import line, pack_request


def test_a_read_mask_is_a_list():
    """A string would become a path for each of its characters."""
    with pytest.raises(ValueError, match="read_mask"):
        pack_request("o", [], read_mask="plan")


@pytest.mark.parametrize("name", ["length_mm", "width_mm", "height_mm", "mass_g"])
def test_a_value_of_a_line_that_is_not_a_number_is_named(name):
    """The error names the line and the field."""
    edges = {"length_mm": 1, "width_mm": 1, "height_mm": 1, "mass_g": 1}
    with pytest.raises(ValueError, match=f"line 'a': {name} "):
        line("a", **edges | {name: "10"})
