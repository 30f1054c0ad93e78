"""Numbers in the forms that spreadsheets write."""

import pytest

from boxwright.domain.written import CellError, with_decimal_point


@pytest.mark.parametrize(
    ("cell", "decimal", "plain"),
    [
        pytest.param("12,5", "", "12.5", id="decimal comma"),
        pytest.param("12.5", "", "12.5", id="decimal point"),
        pytest.param("0,250", "", "0.250", id="a leading 0 does not mark thousands"),
        pytest.param("1.200,50", "", "1200.50", id="point between thousands"),
        pytest.param("1,200.50", "", "1200.50", id="comma between thousands"),
        pytest.param("1.200.000", "", "1200000", id="a point that repeats"),
        pytest.param("1 200,5", "", "1200.5", id="blank between thousands"),
        pytest.param("1 200", "", "1200", id="no-break space"),
        pytest.param("1'200.5", "", "1200.5", id="apostrophe"),
        pytest.param("1,200", ".", "1200", id="told that the mark is a point"),
        pytest.param("1.200", ",", "1200", id="point, told that the mark is a comma"),
        pytest.param("12 1/2", "", "12 1/2", id="a fraction is left to others"),
        pytest.param("1,5e3", ",", "1.5e3", id="exponent"),
    ],
)
def test_what_reads_in_one_way_is_read(cell: str, decimal: str, plain: str) -> None:
    """Thousands separators are removed, and the decimal mark becomes a point."""
    assert with_decimal_point(cell, decimal) == plain


@pytest.mark.parametrize(
    ("cell", "decimal"),
    [
        pytest.param("1,200", "", id="comma"),
        pytest.param("12,5", ".", id="no thousand, and not the mark"),
        pytest.param("0.250", ",", id="0 before a thousand"),
        pytest.param("1.200,50", ".", id="the other way round"),
        pytest.param("12..5", "", id="two marks"),
    ],
)
def test_what_reads_in_two_ways_is_refused(cell: str, decimal: str) -> None:
    """An ambiguous number, or one that contradicts the given decimal mark, is an error."""
    with pytest.raises(CellError):
        with_decimal_point(cell, decimal)
