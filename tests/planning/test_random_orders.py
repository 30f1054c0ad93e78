"""Orders at the limits of the input; ``python -m benchmarks.fuzz`` tests 200,000 of them."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from boxwright import BoxType, Catalog, Item, Order, Policy
from outcomes import FAULT, outcome, overruns, shrunk
from random_orders import SORTS, Case, case

SEEDS = range(0, 240, 4)
CASES = {seed: case(random.Random(seed)) for seed in SEEDS}


def test_nothing_breaks() -> None:
    """Plans have no violation and lose no unit, errors are documented ones, and certificates agree with their plans."""
    words = {seed: outcome(CASES[seed])[0] for seed in SEEDS}
    assert {seed: word for seed, word in words.items() if word.startswith(FAULT)} == {}
    # The generated orders are of several kinds.
    came = Counter(words.values())
    assert min(came["complete"], came["partial"], came["none"], came["incomplete"]) >= 1
    assert {CASES[seed].sort for seed in SEEDS} == set(SORTS)


@pytest.mark.parametrize("seed", SEEDS[::10])
def test_no_search_overruns_its_budget(seed: int) -> None:
    """Counted effort stays within the budget, or one construction, and the unit being placed."""
    assert overruns(CASES[seed]) is None


def test_piles_that_tip_keep_to_the_budget() -> None:
    """When a pile breaks a rule, each tried place is counted, not all places as one."""
    bare = Item("bare", 18, 50.8, 101.6, 50.358, 1, max_load_g=0)
    catalog = Catalog("catalog", [BoxType("box", 343.967, 211, 406)])
    assert overruns(Case("identical", Order("order", [bare]), catalog, Policy(mode="fast", allow_partial=True))) is None


def test_a_case_is_made_smaller() -> None:
    """Reducing a case keeps the requested property and drops all else: one line of one unit and the default policy."""
    kept = Item("kept", 5, 10, 10, 10, 1, max_load_g=0)
    big = Case("mixed", Order("order", [kept, Item("other", 3, 20, 20, 20)]), CASES[0].catalog, Policy(fill_limit=0.5))
    small = shrunk(big, lambda each: any(line.line_id == "kept" for line in each.order.lines))
    assert [(line.line_id, line.quantity, line.max_load_g) for line in small.order.lines] == [("kept", 1, None)]
    assert len(small.catalog.box_types) == 1
    assert small.policy == Policy()
    assert replace(small, catalog=Catalog("c", small.catalog.box_types)).lane is None
