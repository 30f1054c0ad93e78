"""Attributes that are computed when they are first read."""

import dataclasses
import pickle

import pytest

from boxwright.lazy import cached_property


@dataclasses.dataclass(frozen=True)
class Crate:
    """A cube."""

    edge_mm: int

    @cached_property
    def volumes(self):
        """Volume in mm3, in a list."""
        return [self.edge_mm**3]

    @cached_property
    def refused(self):
        """Raise."""
        raise ValueError(self.edge_mm)


def test_it_is_worked_out_once_for_each_instance():
    """The value is computed once per instance."""
    small, large = Crate(1), Crate(2)
    assert small.volumes is small.volumes
    assert (small.volumes, large.volumes) == ([1], [8])


def test_a_computed_value_is_not_part_of_an_instance():
    """The cached value is not part of equality, hash or copies."""
    read, unread = Crate(2), Crate(2)
    assert read.volumes
    assert read == unread
    assert hash(read) == hash(unread)
    assert dataclasses.replace(read, edge_mm=3).volumes == [27]
    assert pickle.loads(pickle.dumps(read)).volumes == [8]


def test_an_error_is_raised_at_each_read():
    """Errors are not cached."""
    crate = Crate(1)
    for _ in range(2):
        with pytest.raises(ValueError, match="1"):
            crate.refused  # noqa: B018 - it raises
