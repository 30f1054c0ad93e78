"""Log lines, for people or for machines."""

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TextIO

LOGGER = logging.getLogger("boxwright.server")

NOT_LOGGED = "refused calls not logged"

REFUSED_S = 1.0
"""In so many seconds one line is written of refused calls from an address, in seconds; the others are counted."""


_ENCODE = json.JSONEncoder(ensure_ascii=False, default=str).encode
"""Made once: ``json.dumps`` makes an encoder of its own for each line."""


class LineFormatter(logging.Formatter):
    """Time, level, message and the fields of ``extra={"facts": {...}}``: for people, or as one JSON object a line.

    Fields come from callers: nothing in them may forge a line or move the cursor.
    """

    def __init__(self, log_format: str) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")
        self._json = log_format == "json"

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a traceback for people has further ones, with a margin."""
        facts = getattr(record, "facts", {})
        if not self._json:
            head, *rest = super().format(record).split("\n")
            said = " ".join(f"{name}={value!r}" for name, value in facts.items())
            return "\n".join([_one_line(f"{head} {said}".rstrip()), *(f"    {_one_line(line)}" for line in rest)])
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": time, "level": record.levelname, "message": record.getMessage(), **facts}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return _one_line(_ENCODE(line))


def _one_line(text: str) -> str:
    """Return a text whose characters that move the cursor, or break lines somewhere, are escaped."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else _escaped(sign) for sign in text)


def _escaped(character: str) -> str:
    """Return a character as JSON may write it: by its units of UTF-16."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


class FewRefusedHandler(logging.StreamHandler[TextIO]):
    """Writes lines; of those on refused calls of one address (``refused``) one a second, and then how many more.

    So whoever is refused fills no disk.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._more: dict[str, int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, or count it."""
        address = getattr(record, "refused", "")
        if address in self._more:
            self._more[address] += 1
            return
        if address:
            with contextlib.suppress(RuntimeError):  # outside an event loop all are written
                asyncio.get_running_loop().call_later(REFUSED_S, self._say_more, address)
                self._more[address] = 0
        super().emit(record)

    def _say_more(self, address: str) -> None:
        if more := self._more.pop(address):
            facts = {"peer": address, "calls": more}
            self.handle(
                LOGGER.makeRecord(LOGGER.name, logging.INFO, "", 0, NOT_LOGGED, (), None, extra={"facts": facts})
            )


EXPORTER = logging.getLogger("opentelemetry")
DRIVER = logging.getLogger("psycopg")
AUDIT = logging.getLogger("boxwright.audit")

# The second says where kernels are compiled, the third what broke round the application that answers HTTP.
LEVELLED = (LOGGER, logging.getLogger("boxwright.packing"), logging.getLogger("uvicorn.error"))
"""Loggers whose lines the level is for."""


def configure_logs(log_format: str, level: str) -> None:
    """Send the server's log to standard error and its audit to standard output, in place of what was before."""
    # No line shows these, and each is looked up for each line.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler, audit_handler = FewRefusedHandler(sys.stderr), FewRefusedHandler(sys.stdout)
    handler.formatter = audit_handler.formatter = LineFormatter(log_format)
    for logger in (*LEVELLED, AUDIT, EXPORTER, DRIVER):
        logger.handlers[:] = [audit_handler if logger is AUDIT else handler]
        logger.propagate = False
    set_level(logging.getLevelNamesMapping()[level])
    AUDIT.setLevel(logging.INFO)  # whoever wants fewer lines still wants these
    EXPORTER.setLevel(logging.WARNING)  # it has much to say of what went well
    DRIVER.setLevel(logging.ERROR)  # what it warns of comes as an error of the store as well


def level_now() -> int:
    """Return the level from which on lines are written."""
    return LOGGER.level


def set_level(level: int) -> None:
    """Write lines from a level on, in this process."""
    for logger in LEVELLED:
        logger.setLevel(level)


def change_level(level: int, why: str) -> None:
    """Write lines from another level on, and say so in a line that the lower of both lets through."""
    before = level_now()
    set_level(min(level, before, logging.INFO))
    facts = {"from": logging.getLevelName(before), "to": logging.getLevelName(level), "why": why}
    log(logging.INFO, "log level changed", facts)
    set_level(level)


def address_of(peer: object) -> str:
    """Return an address as gRPC writes it without its port, which changes from connection to connection."""
    return str(peer).rpartition(":")[0] or str(peer)


def refused_at(facts: Mapping[str, object]) -> str:
    """Return from which address a call was refused, by the facts of its line; empty where the caller is known."""
    known = "who" in facts or "credential" in facts
    return "" if known else address_of(facts.get("peer", ""))


def log(
    level: int,
    message: str,
    facts: Mapping[str, object] | None = None,
    *,
    exc_info: bool = False,
    refused: str = "",
) -> None:
    """Write one line with fields; ``refused`` is the address of an unknown caller who is refused, empty for others."""
    if not LOGGER.isEnabledFor(level):
        return
    # As LOGGER.log, but for the place in the code, which no line shows: looking for it takes a third of the time.
    cause = sys.exc_info() if exc_info else None
    extra = {"facts": facts or {}, "refused": refused}
    LOGGER.handle(LOGGER.makeRecord(LOGGER.name, level, "", 0, message, (), cause, extra=extra))
