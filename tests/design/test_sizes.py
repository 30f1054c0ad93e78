"""Sizes on the grid."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.design.sizes import candidates, merged, on_grid

edges = st.integers(1, 900).map(lambda mm: mm * 1_000)
sizes = st.tuples(edges, edges, edges).map(lambda size: (max(size[:2]), min(size[:2]), size[2]))


@given(sizes, st.integers(1, 50), sizes)
def test_a_rounded_size_holds_what_it_was_rounded_from(size, step_mm, least):
    """A rounded size is on the grid and less than a step above the size or the minimum."""
    step = step_mm * 1_000
    up = on_grid(size, step, least)
    assert all(edge % step == 0 for edge in up)
    assert up[2] >= max(size[2], least[2])
    assert sorted(up[:2]) >= sorted(size[:2])
    assert all(edge - step < max(had, low) for edge, had, low in zip(up, size, least, strict=True))
    assert up[0] >= up[1]


@given(st.lists(sizes, min_size=1, max_size=12, unique=True))
def test_merging_ends_with_one_size_that_holds_all(some):
    """There is one merge fewer than sizes; the last size holds all."""
    found = merged(np.array(some, dtype=np.int64), np.ones(len(some)))
    assert len(found) == len(some) - 1
    if found:
        assert found[-1] == tuple(max(axis) for axis in zip(*some, strict=True))


def test_the_two_that_waste_least_are_merged_first():
    """The pair with the least weighted waste is merged first."""
    some = np.array([[100, 100, 100], [110, 100, 100], [300, 300, 300]], dtype=np.int64)
    assert merged(some, np.ones(3))[0] == (110, 100, 100)


@settings(max_examples=20)
@given(st.lists(st.lists(sizes, min_size=1, max_size=3), min_size=1, max_size=30), st.integers(4, 40))
def test_there_are_never_more_candidates_than_asked_for_and_each_is_allowed(needs, most):
    """There are at most as many candidates as allowed, and every order fits one."""
    found = candidates(needs, [1] * len(needs), 10_000, most, lambda size: True)
    assert len(found) <= most
    assert len(set(found)) == len(found)
    for options in needs:
        assert any(all(had <= edge for had, edge in zip(options[0], size, strict=True)) for size in found)
    assert candidates(needs, [1] * len(needs), 10_000, most, lambda size: False) == []
