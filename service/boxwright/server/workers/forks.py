"""Starts the process that planning processes are copies of. Imports little, so that it is started before all else."""

import multiprocessing
import os
import signal
import tempfile
from multiprocessing import forkserver, resource_tracker

FORKS = multiprocessing.get_context("forkserver")

ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Environment in which numpy starts no threads of its own: a process with threads is not copied safely."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What a terminal or a service manager sends to all processes: the server alone heeds it."""


def preload() -> None:
    """Have that process load kernels and data while this one goes on, unless it is there already."""
    os.environ.update(ONE_THREAD)
    try:
        tempfile.gettempdir()  # the two talk over a socket there
    except FileNotFoundError:
        tempfile.tempdir = "/dev/shm"  # where the root file system is read-only
    # Without the first, each copy would run the main script of this process anew.
    FORKS.set_forkserver_preload(["__main__", "boxwright.server.workers.preload"])
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        for ensure_running in (resource_tracker.ensure_running, forkserver.ensure_running):
            signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # for what is started, and its copies; the first unblocks
            ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
