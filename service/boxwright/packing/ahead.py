"""Compiles every kernel for any CPU of this architecture and writes the code into the package.

    NUMBA_CPU_NAME=generic python -m boxwright.packing.ahead

A build runs it, with only numba and numpy installed. It prints the path of the code, and compiles only if the code is
missing or out of date.
"""

import sys

from numba.core import config

from boxwright.packing import machine_code, own, parts


def main() -> None:
    """Compile all kernels and write their code, unless it is up to date; print its path."""
    if config.DISABLE_JIT or config.CPU_NAME != "generic":
        sys.exit("NUMBA_CPU_NAME must be generic, and NUMBA_DISABLE_JIT must not be set")
    if not machine_code.read()[0]:
        own.warm_up()
        machine_code.write(parts.ENTRIES)
    print(machine_code.FILE)


if __name__ == "__main__":
    main()
