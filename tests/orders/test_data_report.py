"""Outliers in the report on an export."""

import pytest

from boxwright.orders.data_report import FEWEST, Survey
from boxwright.orders.export_row import Row


@pytest.mark.parametrize(
    ("edge_mm", "far"),
    [
        pytest.param(1_590, False, id="just below the upper end"),
        pytest.param(1_610, True, id="just above the upper end"),
        pytest.param(12.6, False, id="just above the lower end"),
        pytest.param(12.4, True, id="just below the lower end"),
    ],
)
def test_an_outlier_is_three_interquartile_ranges_away(edge_mm: float, far: bool) -> None:
    """Quartiles of 100 and 200 mm are a factor of 2 apart: limits are 100 / 2^3 = 12.5 and 200 x 2^3 = 1,600 mm."""
    survey = Survey()
    for number, edge in enumerate([100] * 12 + [200] * 12 + [edge_mm]):
        survey.add(Row("orders.csv", number, dict.fromkeys(("length_mm", "width_mm", "height_mm"), edge)))
    assert [finding.row for finding in survey.report({}).outliers] == ([24] if far else [])


def test_of_few_rows_none_is_an_outlier() -> None:
    """Below the minimum number of rows there are no outliers."""
    survey = Survey()
    for number, mass in enumerate([100, 110] * ((FEWEST - 2) // 2) + [10**6]):
        survey.add(Row("orders.csv", number, {"mass_g": mass}))
    assert not survey.report({}).outliers
    survey.add(Row("orders.csv", FEWEST, {"mass_g": 105}))
    assert len(survey.report({}).outliers) == 1
