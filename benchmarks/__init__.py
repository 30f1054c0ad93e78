"""Peers and Boxwright over the same orders in one run. Nothing here is part of the installed package."""

import sys
from pathlib import Path

# Generators of instances and the start of a server are shared with the tests, which have them on the path too.
sys.path.append(str(Path(__file__).parents[1] / "tests"))
