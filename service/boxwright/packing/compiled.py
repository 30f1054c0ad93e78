"""Decorators that compile kernels, without the GIL: by ``parts`` where numba's internals are known.

``parts`` depends on internals of numba, so it is used only with the versions that it was tested with. With any other,
numba compiles kernels by itself: the answers are the same, but every process compiles again, and kernels run slower.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numba

__all__ = ["entry", "inlined", "inner", "maker"]

KNOWN = "0.68."
"""Prefix of the versions of numba that ``parts`` was tested with."""

if numba.__version__.startswith(KNOWN):
    from boxwright.packing.parts import entry, inlined, inner, maker
else:
    warnings.warn(
        f"numba {numba.__version__} is unknown to Boxwright: every process compiles all kernels, which takes minutes; "
        f"install numba {KNOWN}*",
        RuntimeWarning,
        stacklevel=2,
    )

    def entry(kernel: Callable[..., object]) -> Any:
        """Compile a kernel by numba's own means."""
        return numba.njit(nogil=True)(kernel)

    inlined = inner = maker = entry
