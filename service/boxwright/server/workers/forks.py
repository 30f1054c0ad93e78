"""Starts the fork server that workers are forked from. It has few imports, so that it starts before everything else."""

import multiprocessing
import os
import signal
import tempfile
from multiprocessing import forkserver, resource_tracker

FORKS = multiprocessing.get_context("forkserver")

ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Environment that keeps numpy from starting threads: a process with threads cannot be forked safely."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Signals that a terminal or service manager sends to all processes; only the server handles them."""


def preload() -> None:
    """Start the fork server, which loads kernels and data in parallel, unless it is running."""
    os.environ.update(ONE_THREAD)
    try:
        tempfile.gettempdir()  # the fork server's socket is there
    except FileNotFoundError:
        tempfile.tempdir = "/dev/shm"  # works with a read-only root file system
    # Without __main__ each worker would run the main script of this process again.
    FORKS.set_forkserver_preload(["__main__", "boxwright.server.workers.preload"])
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        for ensure_running in (resource_tracker.ensure_running, forkserver.ensure_running):
            signal.pthread_sigmask(
                signal.SIG_BLOCK, SIGNALS
            )  # inherited by workers; the first call unblocks them again
            ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
