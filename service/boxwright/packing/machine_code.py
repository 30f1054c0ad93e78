"""Machine code of kernels: what the package brings, else what this machine compiled before, else a compiler.

A build compiles every kernel for any CPU of its architecture (``ahead``) and puts the code into one file beside the
kernels. numba's own cache cannot be shipped: its key names the CPU, and it wants a folder that it may write to even
where it only reads. Kernels alone are cached so; other code that numba compiles in the process is left as it is.
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

ROOM = Path(__file__).parent
PYTHON = f"{sys.implementation.cache_tag}{getattr(sys, 'abiflags', '')}-{sysconfig.get_platform()}"
FILE = ROOM / f"kernels.{PYTHON}.code"
"""One for each Python and platform that was built in this folder."""


@functools.cache
def sources_digest(folder: Path) -> bytes:
    """Return the SHA-256 of the names and contents of all Python files below a folder, wherever the folder lies."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode() + content)
    return digest.digest()


def made_by() -> dict[str, object]:
    """Return what machine code depends on, Python aside: it is of use where all of it is the same."""
    return {"numba": numba.__version__, "processor": get_process_triple(), "sources": sources_digest(ROOM)}


def write(kernels: Iterable[Any]) -> None:
    """Put the code of kernels, for all types that they were compiled for so far, into the file of the package."""
    code = {
        (_name(each.py_func), types): dumps(_reduced(result))
        for each in kernels
        for types, result in each.overloads.items()
    }
    unfinished, content = FILE.with_suffix(".unfinished"), dumps(code)
    unfinished.write_bytes(pickle.dumps({**made_by(), "digest": hashlib.sha256(content).digest()}) + content)
    unfinished.replace(FILE)


def _reduced(result: CompileResult) -> tuple[Any, ...]:
    """Return what numba's own cache writes, without the long listing of types, which names folders of this machine."""
    *before, _, reload_init, environments = result._reduce()  # noqa: SLF001 - there is no public way
    return (*before, "", reload_init, environments)


def read() -> tuple[dict[tuple[str, Any], bytes], str]:
    """Return the code in the package by kernel and types of its arguments, or why there is none."""
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
    except Exception as error:  # a damaged pickle raises anything
        return {}, f"the file of code in the package cannot be read: {type(error).__name__}"


@functools.cache
def shipped() -> tuple[dict[tuple[str, Any], bytes], str]:
    """Return ``read()``, unless ``NUMBA_CPU_NAME`` asks for code of a certain CPU: that is compiled."""
    return read() if config.CPU_NAME is None else ({}, "NUMBA_CPU_NAME is set")


@functools.cache
def _say(why: str) -> None:
    logging.getLogger("boxwright.packing").warning("packing kernels are compiled, which may take a minute: %s", why)


def _name(kernel: Callable[..., object]) -> str:
    return f"{kernel.__module__}.{kernel.__qualname__}"


class _LocalCache(FunctionCache):
    """numba's cache on disk, fresh as long as no file of this room has changed, its folders included.

    numba's own looks at the file that a kernel stands in, but its code holds that of kernels from other files of the
    folder, and their constants.
    """

    def __init__(self, kernel: Callable[..., object]) -> None:
        super().__init__(kernel)
        stamp = sources_digest(ROOM)
        self._cache_file = IndexDataCacheFile(self.cache_path, self._impl.filename_base, stamp)
        # Looked at before the rest is unpickled, which fails where it names a class that these sources do not have.
        self._cache_file._version = f"{numba.__version__} {stamp.hex()}"  # noqa: SLF001 - there is no public way


class KernelCache(_Cache):
    """Where the machine code of one kernel is found: in the package, or where numba keeps what this machine compiled.

    The second is looked at only if the first has none. Where no folder can be written to, new code is kept nowhere.
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
        """Folder of what this machine compiled, or None."""
        return self._local.cache_path

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the kernel for types of arguments, or None."""
        code, why = shipped()
        target_context.refresh()
        if (found := code.get((_name(self._kernel), sig))) is not None:
            return CompileResult._rebuild(target_context, *pickle.loads(found))  # noqa: SLF001 - as numba's cache does
        known = self._local.load_overload(sig, target_context)
        if known is None:
            _say(why or f"{_name(self._kernel)} is called with types that the build did not foresee")
        return known

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled."""
        self._local.save_overload(sig, data)

    def enable(self) -> None:
        """Use the cache: it is never out of use."""

    def disable(self) -> None:
        """Refuse: nothing here disables it."""
        raise NotImplementedError

    def flush(self) -> None:
        """Forget what this machine compiled."""
        self._local.flush()
