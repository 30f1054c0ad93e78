"""The accounting profiles of many plans, stated once beside them."""

from __future__ import annotations

import json
from pathlib import Path

from boxwright.cli.atomic import write_whole
from boxwright.cli.batch import BatchResult
from boxwright.domain.factor import CoverageCell
from boxwright.export import coverage_of, profiles_to_list


class SharedProfiles:
    """Gathers the profiles that plans are counted by, and the data that they are of."""

    def __init__(self) -> None:
        self._coverage: dict[str, tuple[CoverageCell, ...]] = {}
        self._data: dict[str, str] = {}

    def add(self, result: BatchResult) -> None:
        """Add the profiles of an order's plans."""
        plans = [each for each in (result.plan, *(result.alternatives or ())) if each is not None]
        self._coverage |= coverage_of(plans)
        for plan in plans:
            self._data = {"data_version": plan.data_version, "data_hash": plan.data_hash}

    def merge(self, other: SharedProfiles) -> None:
        """Add the profiles of other plans."""
        self._coverage |= other._coverage
        self._data = other._data or self._data

    def write(self, path: Path) -> None:
        """Write them into a file, whole or not at all."""
        content = {"profiles": profiles_to_list(self._coverage), **self._data}
        write_whole(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
