"""How kernels are compiled: cached on disk, without the GIL."""

from collections.abc import Callable
from typing import Any

from numba import njit

entry: Callable[[Callable[..., Any]], Any] = njit(cache=True, nogil=True)
"""A kernel that Python calls."""

inner: Callable[[Callable[..., Any]], Any] = njit(cache=True, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""A kernel that only kernels call: nothing is compiled to call it from Python, which takes a sixth of the time away.

Called from Python all the same it ends the process; ``tests/packing/test_compiled.py`` looks for such calls.
"""
