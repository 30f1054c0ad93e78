"""Derived arrays of units, and of a part of them."""

import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from boxwright.packing.problem import FEW, Units


@st.composite
def units_and_parts(draw) -> tuple[Units, np.ndarray]:
    """Return units, some equal and some with a load limit, and the indices of a part."""
    counts = draw(st.lists(st.integers(1, 4) | st.integers(FEW, FEW + 2), min_size=1, max_size=6))
    kinds = np.repeat(np.arange(len(counts)), counts)
    edge = st.sampled_from([1, 10, 10, 20, 3_000_000])
    edges = np.array([[draw(edge) for _ in range(3)] for _ in counts], dtype=np.int64)[kinds]
    masses = np.array([draw(st.sampled_from([0.0, 1.0, 5.0])) for _ in counts])[kinds]
    limits = np.array([draw(st.sampled_from([np.inf, np.inf, 0.0, 7.0])) for _ in counts])[kinds]
    part = draw(st.lists(st.integers(0, len(kinds) - 1), min_size=1, unique=True))
    whole = Units(edges, np.full(len(kinds), 63), kinds, masses, limits, np.zeros(len(kinds)))
    return whole, np.array(sorted(part), dtype=np.int64)


@given(units_and_parts())
def test_a_part_is_ordered_as_if_it_were_all(case: tuple[Units, np.ndarray]) -> None:
    """Sort orders and kinds of a part equal those of the same units built from scratch."""
    whole, index = case
    part = whole.take(index)
    assert np.array_equal(part.orders, dataclasses.replace(part).orders)
    assert np.array_equal(part.kinds, np.unique(whole.kinds[index], return_inverse=True)[1])


@given(units_and_parts())
def test_volumes_are_exact_of_few_and_of_many(case: tuple[Units, np.ndarray]) -> None:
    """Volumes beyond 64 bits are exact for few and for many units."""
    whole, _ = case
    one_by_one = [length * width * height for length, width, height in whole.edges_um.tolist()]
    assert whole.volumes_um3 == one_by_one
    assert whole.volume_um3 == sum(one_by_one)


def test_units_of_similar_strength_are_set_down_by_size() -> None:
    """Units that carry a tenth of what others carry come last; within a power of ten the size decides."""
    edges = np.array([[10, 10, 10], [30, 10, 10], [20, 10, 10], [40, 10, 10]])
    limits = np.array([900.0, 100.0, np.inf, 99.0])
    units = Units(edges, np.full(4, 63), np.arange(4), np.ones(4), limits, np.zeros(4))
    assert units.orders[0].tolist() == [3, 1, 2, 0]
    assert units.orders[5].tolist() == [2, 1, 0, 3]
