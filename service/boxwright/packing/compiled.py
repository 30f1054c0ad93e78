"""Decorators that compile kernels, which run without the GIL.

The decorators of ``parts`` depend on internals of numba and are used only with versions of numba that they were tested
with. With any other version numba compiles kernels in its own way. The answers are the same, but every process compiles
again, and kernels are slower.
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
        f"numba must be {KNOWN}*, got {numba.__version__}: every process compiles all kernels, which takes minutes",
        RuntimeWarning,
        stacklevel=2,
    )

    def entry(kernel: Callable[..., object]) -> Any:
        """Compile a kernel in numba's own way."""
        return numba.njit(nogil=True)(kernel)

    inlined = inner = maker = entry
