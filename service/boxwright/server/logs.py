"""Log lines, for people or for machines."""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

LOGGER = logging.getLogger("boxwright.server")

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
    handler, audit_handler = logging.StreamHandler(sys.stderr), logging.StreamHandler(sys.stdout)
    handler.formatter = audit_handler.formatter = LineFormatter(log_format)
    for logger in (*LEVELLED, AUDIT, EXPORTER, DRIVER):
        logger.handlers[:] = [audit_handler if logger is AUDIT else handler]
        logger.propagate = False
    for logger in LEVELLED:
        logger.setLevel(level)
    AUDIT.setLevel(logging.INFO)  # whoever wants fewer lines still wants these
    EXPORTER.setLevel(logging.WARNING)  # it has much to say of what went well
    DRIVER.setLevel(logging.ERROR)  # what it warns of comes as an error of the store as well


def address_of(peer: object) -> str:
    """Return an address as gRPC writes it without its port, which changes from connection to connection."""
    return str(peer).rpartition(":")[0] or str(peer)


def log(level: int, message: str, facts: Mapping[str, object] | None = None, *, exc_info: bool = False) -> None:
    """Write one line with fields."""
    if not LOGGER.isEnabledFor(level):
        return
    # As LOGGER.log, but for the place in the code, which no line shows: looking for it takes a third of the time.
    cause = sys.exc_info() if exc_info else None
    LOGGER.handle(LOGGER.makeRecord(LOGGER.name, level, "", 0, message, (), cause, extra={"facts": facts or {}}))
