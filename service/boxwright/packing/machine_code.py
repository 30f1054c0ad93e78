"""Loads machine code of kernels from the package or, if that has none, from the cache of this machine.

A build compiles every kernel for any CPU of its architecture (``ahead``) and writes the code into one file of the
package. numba's own cache cannot be shipped, because its key names the CPU, and it needs a writable folder even to
read.
"""

import functools
import hashlib
import logging
import pickle
import sys
import sysconfig
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numba
from llvmlite.binding import get_process_triple
from numba.core import config
from numba.core.caching import FunctionCache, IndexDataCacheFile, NullCache, _Cache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

FOLDER = Path(__file__).parent
PYTHON = f"{sys.implementation.cache_tag}{getattr(sys, 'abiflags', '')}-{sysconfig.get_platform()}"
FILE = FOLDER / f"kernels.{PYTHON}.code"
"""The file of code for this Python and platform."""


@functools.cache
def sources_digest(folder: Path) -> bytes:
    """Return the SHA-256 of the relative names and contents of all Python files in a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode() + content)
    return digest.digest()


def made_by() -> dict[str, object]:
    """Return the facts besides Python that must be the same where the code is made and used."""
    return {"numba": numba.__version__, "processor": get_process_triple(), "sources": sources_digest(FOLDER)}


def write(kernels: Iterable[Any]) -> None:
    """Write the code of kernels, for all types compiled so far, into the file of the package."""
    code = {
        (_name(kernel.py_func), types): dumps(_reduced(result))
        for kernel in kernels
        for types, result in kernel.overloads.items()
    }
    unfinished, content = FILE.with_suffix(".unfinished"), dumps(code)
    unfinished.write_bytes(pickle.dumps({**made_by(), "digest": hashlib.sha256(content).digest()}) + content)
    unfinished.replace(FILE)


def _reduced(result: CompileResult) -> tuple[Any, ...]:
    """Return what numba's own cache would hold, but without annotations, which name folders of this machine."""
    *before, _, reload_init, environments = result._reduce()  # noqa: SLF001 - there is no public way
    return (*before, "", reload_init, environments)


def read() -> tuple[dict[tuple[str, Any], bytes], str]:
    """Return, by kernel and types of arguments, the code in the package; and the reason if there is none."""
    if not FILE.exists():
        return {}, f"the package has no code for {PYTHON}"
    try:
        with FILE.open("rb") as file:
            theirs, content = pickle.load(file), file.read()
        if hashlib.sha256(content).digest() != theirs["digest"]:
            return {}, "the file of code in the package is damaged"
        ours = made_by()
        if differs := [name for name in ours if theirs.get(name) != ours[name]]:
            return {}, f"the code in the package was made with other {' and '.join(differs)}"
        return pickle.loads(content), ""
    except Exception as error:  # a damaged pickle may raise any error
        return {}, f"the file of code in the package cannot be read: {type(error).__name__}"


@functools.cache
def shipped() -> tuple[dict[tuple[str, Any], bytes], str]:
    """Return ``read()``, or no code if ``NUMBA_CPU_NAME`` names a CPU."""
    return read() if config.CPU_NAME is None else ({}, "NUMBA_CPU_NAME is set")


@functools.cache
def _say(why: str) -> None:
    logging.getLogger("boxwright.packing").warning("packing kernels are compiled, which may take a minute: %s", why)


def _name(kernel: Callable[..., object]) -> str:
    return f"{kernel.__module__}.{kernel.__qualname__}"


class _LocalCache(FunctionCache):
    """numba's cache on disk, valid until any file of this package changes.

    numba itself compares only the file of a kernel, but the code includes kernels and constants of other files.
    """

    def __init__(self, kernel: Callable[..., object]) -> None:
        super().__init__(kernel)
        stamp = sources_digest(FOLDER)
        self._cache_file = IndexDataCacheFile(self.cache_path, self._impl.filename_base, stamp)
        # The version is compared before the rest is unpickled, which fails if it names a class that no longer exists.
        self._cache_file._version = f"{numba.__version__} {stamp.hex()}"  # noqa: SLF001 - there is no public way


class KernelCache(_Cache):
    """The cache of one kernel: the code in the package, then numba's cache on disk.

    If no folder is writable, new code is not kept.
    """

    def __init__(self, kernel: Callable[..., object]) -> None:
        self._kernel = kernel

    @functools.cached_property
    def _local(self) -> _Cache:
        try:
            return _LocalCache(self._kernel)
        except RuntimeError:  # numba found no folder
            return NullCache()

    @property
    def cache_path(self) -> Any:
        """Folder of numba's cache on disk, or None."""
        return self._local.cache_path

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the compiled kernel for types of arguments, or None."""
        code, why = shipped()
        target_context.refresh()
        if (found := code.get((_name(self._kernel), sig))) is not None:
            return CompileResult._rebuild(target_context, *pickle.loads(found))  # noqa: SLF001 - as numba's cache does
        known = self._local.load_overload(sig, target_context)
        if known is None:
            _say(why or f"{_name(self._kernel)} is called with types that the build did not foresee")
        return known

    def save_overload(self, sig: Any, data: Any) -> None:
        """Save compiled code in numba's cache on disk."""
        self._local.save_overload(sig, data)

    def enable(self) -> None:
        """Do nothing, since the cache is always in use."""

    def disable(self) -> None:
        """Refuse, since the cache is always in use."""
        raise NotImplementedError

    def flush(self) -> None:
        """Empty numba's cache on disk."""
        self._local.flush()
