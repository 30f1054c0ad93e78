"""Kernels: whether those of the package fit, and whether they run on this processor."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

from boxwright.packing import machine_code
from boxwright.server.doctor.finding import Finding, Level

LONGEST_S = 300.0
"""How long they may take to compile and run, in seconds."""

_RUN = "import sys; sys.path[:] = {path!r}; from boxwright.server.warm_up import warm_up; warm_up()"


def look_at_kernels() -> Iterator[Finding]:
    """Yield lines on the kernels."""
    _, why = machine_code.shipped()
    if why:
        says = f"those of the package are not used: {why}"
        mend = "install the package anew (pip install .); until then the first start compiles them, about 40 s of CPU"
        yield Finding("kernels", Level.WARN, says, mend)
    else:
        made = machine_code.made_by()
        yield Finding("kernels", Level.OK, f"those of the package fit numba {made['numba']} and {made['processor']}")
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        yield Finding(
            "kernels", Level.WARN, "NUMBA_DISABLE_JIT is set: planning takes hundreds of times as long", "unset it"
        )
    yield _run()


def _run() -> Finding:
    """Plan small orders in a process of its own: one that this processor cannot run ends there."""
    begun_s = time.perf_counter()
    try:
        done = subprocess.run(
            [sys.executable, "-c", _RUN.format(path=sys.path)],
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Finding(
            "kernels", Level.FAIL, f"small orders are not planned within {LONGEST_S:g} s", "give it more CPU"
        )
    took_s = time.perf_counter() - begun_s
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1]
        mend = "install the package anew on this kind of processor (pip install .)"
        return Finding("kernels", Level.FAIL, f"small orders are not planned: {last}", mend)
    return Finding("kernels", Level.OK, f"small orders are planned, {took_s:.1f} s with the start of the process")
