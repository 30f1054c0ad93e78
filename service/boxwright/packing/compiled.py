"""How kernels are compiled: cached on disk, without the GIL."""

from collections.abc import Callable
from typing import Any

from numba import njit

_NO_WAY_IN: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def entry(kernel: Callable[..., object]) -> Any:
    """Compile a kernel that Python calls."""
    return njit(cache=True, nogil=True)(kernel)


def inner(kernel: Callable[..., object]) -> Any:
    """Compile a kernel that only kernels call: without a way in from Python, which takes a sixth of the time away.

    Called from Python all the same it ends the process; ``tests/packing/test_compiled.py`` looks for such calls.
    """
    return njit(cache=True, nogil=True, **_NO_WAY_IN)(kernel)
