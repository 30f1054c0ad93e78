"""How kernels are compiled: cached on disk, without the GIL."""

from collections.abc import Callable
from typing import Any

from numba import njit

_NO_WAY_IN: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
_BARE: dict[str, Any] = {**_NO_WAY_IN, "_nrt": False}


def entry(kernel: Callable[..., object]) -> Any:
    """Compile a kernel that Python calls."""
    return njit(cache=True, nogil=True)(kernel)


def inner(kernel: Callable[..., object]) -> Any:
    """Compile a kernel that only kernels call: without a way in from Python, which takes a sixth of the time away.

    Called from Python all the same it ends the process; ``tests/packing/test_compiled.py`` looks for such calls.
    """
    return njit(cache=True, nogil=True, **_NO_WAY_IN)(kernel)


def bare(kernel: Callable[..., object]) -> Any:
    """Compile a kernel that only kernels call, and that neither makes nor returns arrays.

    References to the arrays that it is handed are not counted. Counted they took half the time of all kernels, since a
    named group counts each of its arrays at every call. An array that it returned would be freed while it is in use:
    ``tests/packing/test_compiled.py`` looks for those. One that makes arrays does not compile.
    """
    return njit(cache=True, nogil=True, **_BARE)(kernel)
