"""Compiles every kernel for any CPU of this architecture and writes the code into the package.

    NUMBA_CPU_NAME=generic python -m boxwright.packing.ahead

A build runs it, with only numba and numpy installed. It compiles nothing if the code is up to date. Prints the path.
"""

import sys

from numba.core import config

from boxwright.packing import machine_code, own, parts


def main() -> None:
    """Compile the kernels and write the file of code."""
    if config.DISABLE_JIT or config.CPU_NAME != "generic":
        sys.exit("set NUMBA_CPU_NAME=generic, and leave NUMBA_DISABLE_JIT unset")
    if not machine_code.read()[0]:
        own.warm_up()
        machine_code.write(parts.ENTRIES)
    print(machine_code.FILE)


if __name__ == "__main__":
    main()
