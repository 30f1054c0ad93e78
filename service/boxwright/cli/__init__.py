"""The command line: parses options, calls the packages below, and prints for people or machines.

May use every package; holds no domain logic. Commands import packages inside functions, so that ``--help`` is quick.
"""

from boxwright.cli.main import main

__all__ = ["main"]
