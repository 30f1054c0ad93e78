"""A list in a temporary file, for values that do not fit in memory."""

import pickle
import tempfile
import weakref
from array import array
from collections.abc import Iterator
from typing import Generic, TypeVar

Value = TypeVar("Value")
_IN_MEMORY = 2**24
"""Number of bytes up to which values are kept in memory."""


class Spool(Generic[Value]):
    """A list to which values can be appended. Every access reads a file, which is deleted with the list."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # lives as long as the list
        weakref.finalize(self, self._file.close)
        self._ends = array("Q", [0])

    def append(self, value: Value) -> None:
        """Add a value."""
        self._file.seek(self._ends[-1])
        self._ends.append(self._ends[-1] + self._file.write(pickle.dumps(value, pickle.HIGHEST_PROTOCOL)))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, index: int) -> Value:
        start = self._ends[range(len(self))[index]]
        self._file.seek(start)
        content: Value = pickle.loads(self._file.read(self._ends[index % len(self) + 1] - start))
        return content

    def __iter__(self) -> Iterator[Value]:
        return (self[index] for index in range(len(self)))
