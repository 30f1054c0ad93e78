"""The command line: parses options, calls the rooms below, prints for people or machines.

May use every room; holds no domain logic. Rooms are imported inside commands, so that ``--help`` is quick.
"""

from boxwright.cli.main import main

__all__ = ["main"]
