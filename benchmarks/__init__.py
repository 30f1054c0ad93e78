"""Benchmarks of Boxwright and other engines; they are not installed."""

import sys
from pathlib import Path

# The generators of instances and the start of a server are shared with the tests.
sys.path.append(str(Path(__file__).parents[1] / "tests"))
