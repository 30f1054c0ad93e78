"""Fixtures: the shipped data, and a copy of it that a test may damage."""

import shutil
from pathlib import Path

import pytest

from boxwright.catalog import Materials, load_materials
from boxwright.catalog.folder import shipped_folder


@pytest.fixture(scope="session")
def materials() -> Materials:
    """Return the shipped data."""
    return load_materials()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the shipped data folder."""
    return Path(shutil.copytree(shipped_folder(), tmp_path / "materials"))
