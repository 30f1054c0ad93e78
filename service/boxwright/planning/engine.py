"""The packing engines, and their version."""

import functools
import importlib.metadata

from boxwright.domain.policy import Engine
from boxwright.packing.baseline import pack_py3dbp
from boxwright.packing.own import lay
from boxwright.packing.packer import Packer
from boxwright.packing.sliding import slide
from boxwright.packing.solver import lay_exactly
from boxwright.packing.stricter import or_stricter

PACKERS = {
    Engine.BOXWRIGHT: Packer(or_stricter(lay), or_stricter(slide), lay_exactly),
    Engine.PY3DBP: Packer(pack_py3dbp, starts_from_fixed=False, keeps_margins=False),
}


@functools.cache
def version() -> str:
    """Return the version of the installed distribution."""
    return importlib.metadata.version("boxwright")
