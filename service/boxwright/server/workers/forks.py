"""Starts the process that planning processes are copies of. Imports little, so that it is started before all else."""

import multiprocessing
import os
import tempfile
from multiprocessing import forkserver

FORKS = multiprocessing.get_context("forkserver")

ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Environment in which numpy starts no threads of its own: a process with threads is not copied safely."""


def preload() -> None:
    """Have that process load kernels and data while this one goes on, unless it is there already."""
    os.environ.update(ONE_THREAD)
    try:
        tempfile.gettempdir()  # the two talk over a socket there
    except FileNotFoundError:
        tempfile.tempdir = "/dev/shm"  # where the root file system is read-only
    # Without the first, each copy would run the main script of this process anew.
    FORKS.set_forkserver_preload(["__main__", "boxwright.server.workers.preload"])
    forkserver.ensure_running()
