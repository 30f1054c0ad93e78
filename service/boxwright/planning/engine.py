"""The engines that pack, and their version."""

from __future__ import annotations

import functools
import importlib.metadata
from typing import TYPE_CHECKING

from boxwright.domain.policy import Engine
from boxwright.packing.baseline import Py3dbpPacker
from boxwright.packing.own import OwnPacker
from boxwright.packing.soft_piles import SoftPiles
from boxwright.packing.stricter import Stricter

if TYPE_CHECKING:
    from boxwright.packing.problem import Packer

PACKERS: dict[Engine, Packer] = {
    Engine.BOXWRIGHT: Stricter(SoftPiles(OwnPacker())),
    Engine.PY3DBP: Py3dbpPacker(),
}


@functools.cache
def version() -> str:
    """Return the version of the installed distribution."""
    return importlib.metadata.version("boxwright")
