"""How kernels are compiled: without the GIL, each entry as a whole and once, where numba's inside is known.

``parts`` takes numba's compiler apart, so it is asked only under the versions that it was tested with. Under any other
kernels are compiled as numba does by itself: the same answers, but compiled anew in each process, and slower to run.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numba

KNOWN = "0.68."
"""Versions of numba that ``parts`` was tested with begin so."""

if numba.__version__.startswith(KNOWN):
    from boxwright.packing.parts import entry as _entry
    from boxwright.packing.parts import inlined as _inlined
    from boxwright.packing.parts import inner as _inner
    from boxwright.packing.parts import maker as _maker
else:
    warnings.warn(
        f"numba {numba.__version__} is unknown to Boxwright, so kernels are compiled anew in every process, "
        f"which takes minutes; numba {KNOWN}* is known",
        RuntimeWarning,
        stacklevel=2,
    )

    def _entry(kernel: Callable[..., object]) -> Any:
        return numba.njit(nogil=True)(kernel)

    _inlined = _inner = _maker = _entry


def entry(kernel: Callable[..., object]) -> Any:
    """Compile a kernel that Python calls."""
    return _entry(kernel)


def inner(kernel: Callable[..., object]) -> Any:
    """Compile a kernel that only kernels call, and that neither makes arrays nor hands any out.

    It works on arrays that its callers hold, so it counts no references to them, which takes half of the run time away.
    It calls no ``maker``. Called from Python it ends the process; ``tests/packing/test_compiled.py`` looks for both.
    """
    return _inner(kernel)


def inlined(kernel: Callable[..., object]) -> Any:
    """Compile a kernel as ``inner`` does, and put its code into every kernel that calls it."""
    return _inlined(kernel)


def maker(kernel: Callable[..., object]) -> Any:
    """Compile a kernel as ``inner`` does, but one that makes arrays or hands them out."""
    return _maker(kernel)
