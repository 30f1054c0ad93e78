"""Times the first answer of a fresh install that may write nowhere: ``python .ci/first_answer.py ENVIRONMENT ORDER``.

Takes the right to write away from the environment's packages, then packs the order without a home folder: if run by
root as nobody, or, where nobody may not run this Python, as a root without the right to write everywhere. Prints
seconds. Ends with 1 if a kernel was compiled, or the answer did not come.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

NOBODY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
BARE_ROOT = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
HOMELESS = {"PATH": os.environ["PATH"], "HOME": "/dev/null"}
PACK = """
import sys
from boxwright.cli import main
try:
    main()
except SystemExit as end:
    if end.code:
        raise
from boxwright.packing.parts import ENTRIES
used = [each for each in ENTRIES if each.signatures]
compiled = [each.py_func.__name__ for each in used if each.stats.cache_misses]
print(f"{len(used)} kernels used, compiled: {compiled or 'none'}", file=sys.stderr)
sys.exit(bool(compiled) or not used)
"""


def _who(python: str) -> list[str]:
    """Return what goes before a command so that it may write less."""
    if os.getuid() != 0:
        return []
    probe = subprocess.run([*NOBODY, python, "-c", ""], cwd="/", capture_output=True, check=False)
    return NOBODY if probe.returncode == 0 else BARE_ROOT


def main() -> int:
    """Do it; see the module."""
    environment, order = Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute()
    for path in (environment, *environment.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222)
    python = str(environment / "bin" / "python")
    who = _who(python)
    command = [*who, python, "-c", PACK, "pack", str(order), "--catalog", "us-stock", "--leg", "road:500"]
    before, begun = os.times(), time.perf_counter()
    run = subprocess.run(command, cwd="/", env=HOMELESS, check=False)
    wall, after = time.perf_counter() - begun, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"first answer after {wall:.2f} s, {cpu:.2f} s of CPU ({' '.join(who) or 'as this user'})")
    return run.returncode


if __name__ == "__main__":
    sys.exit(main())
