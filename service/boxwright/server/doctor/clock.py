"""The clock: tokens, certificates, signed links and dates of tariffs go by it."""

import ctypes
import datetime as dt
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from boxwright.server.doctor.finding import Finding, Level

DAY_S = 86_400
_UNSYNCHRONISED = 0x40  # STA_UNSYNC, see adjtimex(2)
_STATUS_AT = 40
"""Where the status is in what the C library writes on 64-bit Linux, in bytes."""


def look_at_clock() -> Iterator[Finding]:
    """Yield a line on the clock."""
    now_s, installed_s = time.time(), Path(__file__).stat().st_mtime
    shown = f"{dt.datetime.fromtimestamp(now_s, dt.UTC):%Y-%m-%d %H:%M:%S} UTC"
    if now_s < installed_s - DAY_S:
        says = f"it says {shown}, which is before this software was installed"
        yield Finding("clock", Level.FAIL, says, "set it: tokens and certificates go by it")
    elif is_synchronised() is False:
        says = f"it says {shown}, and no time service is known to keep it"
        yield Finding("clock", Level.WARN, says, "run a time service such as chrony or systemd-timesyncd")
    else:
        yield Finding("clock", Level.OK, f"it says {shown}")


def is_synchronised() -> bool | None:
    """Return whether the system keeps its clock by others; None where it does not say."""
    if sys.platform != "linux" or struct.calcsize("P") != 8:
        return None
    state = ctypes.create_string_buffer(512)  # all zero: nothing is to be changed
    try:
        if ctypes.CDLL(None).adjtimex(state) < 0:
            return None
    except AttributeError:
        return None
    (status,) = struct.unpack_from("i", state, _STATUS_AT)
    return not status & _UNSYNCHRONISED
