"""Compiles each entry kernel as a whole, by internals of numba.

numba optimises every kernel, links it into each kernel that calls it, and optimises the result again. Here a kernel
that only kernels call is lowered but not optimised separately. It is optimised as part of every entry kernel that uses
it.
"""

from collections.abc import Callable
from typing import Any

from numba import njit
from numba._dynfunc import make_function
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import LoweringPass, register_pass
from numba.core.typed_passes import NativeLowering

from boxwright.packing.machine_code import KernelCache


class _Part(JITCodeLibrary):
    """The code of one kernel, which is optimised where it is linked in."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True


class _PartLowering(LoweringPass):
    """Lowers a kernel to a part, instead of to machine code."""

    _name = "part_lowering"

    def __init__(self) -> None:
        super().__init__()

    def run_pass(self, state: Any) -> bool:
        context = state.targetctx
        if not state.flags.nrt and context.data_model_manager[state.return_type].contains_nrt_meminfo():
            raise TypeError(f"{state.func_id.func_qualname} returns arrays and must be decorated with maker")
        state.flags.no_compile = True
        state.library = _Part(context.codegen(), state.func_id.func_qualname)
        NativeLowering().run_pass(state)
        lowered = state.cr
        # numba needs a function object for the kernel; its address may be 0.
        module, name = lowered.fndesc.lookup_module(), lowered.fndesc.qualname
        function = make_function(module, name, "", 0, lowered.env, (state.library,))
        context.insert_user_function(function, lowered.fndesc, [state.library])
        state.cr = lowered._replace(cfunc=function)
        return True


register_pass(mutates_CFG=True, analysis_only=False)(_PartLowering)


class _PartCompiler(CompilerBase):
    """numba's compiler, with ``_PartLowering``."""

    def define_pipelines(self) -> list[Any]:
        pipeline = DefaultPassBuilder.define_nopython_pipeline(self.state)
        pipeline.passes = [(_PartLowering if step is NativeLowering else step, why) for step, why in pipeline.passes]
        return [pipeline]


_PART: dict[str, Any] = {
    "nogil": True,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "pipeline_class": _PartCompiler,
}


ENTRIES: list[Any] = []
"""All kernels that Python calls, in the order of import."""


def entry(kernel: Callable[..., object]) -> Any:
    """Compile a kernel that Python calls."""
    compiled: Any = njit(nogil=True)(kernel)
    if hasattr(compiled, "enable_caching"):  # with NUMBA_DISABLE_JIT it is the kernel itself
        compiled._cache = KernelCache(kernel)  # noqa: SLF001 - what enable_caching() does with numba's own cache
        ENTRIES.append(compiled)
    return compiled


def inner(kernel: Callable[..., object]) -> Any:
    """Compile a kernel that only kernels call, and that neither allocates nor returns arrays.

    It works on arrays of its callers without counting references, which halves the run time. It must not call a
    ``maker``, and Python must not call it, which would end the process; ``tests/packing/test_compiled.py`` checks both.
    """
    return njit(**{**_PART, "_nrt": False})(kernel)


def inlined(kernel: Callable[..., object]) -> Any:
    """Compile a kernel like ``inner``, and inline it into all callers."""
    return njit(**{**_PART, "_nrt": False, "forceinline": True})(kernel)


def maker(kernel: Callable[..., object]) -> Any:
    """Compile a kernel that only kernels call, and that allocates or returns arrays."""
    return njit(**{**_PART, "_nrt": True})(kernel)
