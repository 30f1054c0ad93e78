"""Freed memory returns to the system."""

import subprocess
import sys

import pytest

from boxwright.server.machine import resident_bytes

CHILD = """
from boxwright.server.machine import give_back, resident_bytes
idle = resident_bytes()
held = [bytes(1_000) for _ in range(60_000)]
last = bytes(1_000)
full = resident_bytes()
del held
give_back(idle)
print(full - idle, resident_bytes() - idle)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the C library of Linux gives memory back when asked")
def test_what_a_large_job_took_is_given_back():
    """60 MB of small freed blocks are returned, although one block above them is in use."""
    full, left = map(int, subprocess.check_output([sys.executable, "-c", CHILD], text=True).split())
    assert full > 50_000_000 > 20_000_000 > left
    assert resident_bytes() > 0
