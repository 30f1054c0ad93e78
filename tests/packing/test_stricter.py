"""Stricter rules are tried if the rules of the question lead to no layout."""

import itertools

import numpy as np
import pytest

import strategies
from boxwright.packing.problem import Layout, Rules, Space, Units
from boxwright.packing.question import Question
from boxwright.packing.stricter import or_stricter, stricter

FREE = strategies.units_of([(30, 20, 10)] * 2)
LIMITED = strategies.units_of([(30, 20, 10)] * 2, max_load=[0.0, np.inf])
RATIOS = (0, 500_000, 750_000, 900_000, 1_000_000)
SPACE = Space((60, 40, 20))


class OnlyUnder:
    """A packing method that finds a layout only under some rules, and records the rules tried."""

    def __init__(self, rules: list[Rules]) -> None:
        self.rules = rules
        self.asked: list[Rules] = []

    def __call__(self, question: Question) -> Layout | None:
        """Answer like a packing method."""
        self.asked.append(question.rules)
        none = np.empty(0, dtype=np.int64)
        return Layout(none, none, none.reshape(0, 6)) if question.rules in self.rules else None


@pytest.mark.parametrize(
    ("units", "rules", "tried"),
    [
        (FREE, Rules(750_000, True), [(1_000_000, True)]),
        (FREE, Rules(1_000_000, True), []),
        (FREE, Rules(0, True), [(750_000, True), (1_000_000, True)]),
        (FREE, Rules(800_000, False), [(1_000_000, False)]),
        (LIMITED, Rules(750_000, False), [(1_000_000, False), (750_000, True), (1_000_000, True)]),
    ],
)
def test_the_stricter_rules_that_are_tried(units: Units, rules: Rules, tried: list) -> None:
    """Higher support ratios are tried, and load limits if there are any and they are not obeyed."""
    engine = OnlyUnder([])
    assert or_stricter(engine)(Question(units, SPACE, rules, whole=True, effort=1)) is None
    assert engine.asked == [rules, *(Rules(*each) for each in tried)]


@pytest.mark.parametrize("units", [FREE, LIMITED])
def test_what_is_found_on_the_grid_is_found_under_looser_rules(units: Units) -> None:
    """A layout under some rules is also found under looser rules."""
    every = [Rules(ratio, bearing) for ratio, bearing in itertools.product(RATIOS, (False, True))]
    for strict, loose in itertools.product(every, every):
        looser = loose.support_millionths <= strict.support_millionths and loose.bearing <= strict.bearing
        on_grid = strict.support_millionths in (750_000, 1_000_000, loose.support_millionths)
        bearing_counts = units is LIMITED or strict.bearing == loose.bearing
        if looser and on_grid and bearing_counts:
            found = [strict]
            assert or_stricter(OnlyUnder(found))(Question(units, SPACE, loose, whole=True, effort=1)) is not None, (
                strict,
                loose,
            )
            assert set(stricter(strict, units)) <= {loose, *stricter(loose, units)}


@pytest.mark.parametrize("asked", [{"whole": False}, {"whole": True, "fixed": Layout(*[np.empty(0, np.int64)] * 3)}])
def test_parts_and_begun_boxes_are_packed_as_asked(asked: dict) -> None:
    """Stricter rules are not tried with fixed units or for a part of the units."""
    engine = OnlyUnder([])
    assert or_stricter(engine)(Question(FREE, SPACE, Rules(), effort=1, **asked)) is None
    assert engine.asked == [Rules()]
