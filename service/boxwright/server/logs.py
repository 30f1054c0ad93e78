"""Formats log lines for people or machines."""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

LOGGER = logging.getLogger("boxwright.server")

_ENCODE = json.JSONEncoder(ensure_ascii=False, default=str).encode
"""Created once, since ``json.dumps`` would create an encoder per line."""


class LineFormatter(logging.Formatter):
    """Formats time, level, message and the fields of ``extra={"facts": {...}}`` as text, or as a JSON object per line.

    Fields come from callers: they must not be able to forge a line or move the cursor.
    """

    def __init__(self, log_format: str) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")
        self._json = log_format == "json"

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; in plain format the lines of a traceback follow, indented."""
        facts = getattr(record, "facts", {})
        if not self._json:
            head, *rest = super().format(record).split("\n")
            fields = " ".join(f"{name}={value!r}" for name, value in facts.items())
            return "\n".join([_one_line(f"{head} {fields}".rstrip()), *(f"    {_one_line(line)}" for line in rest)])
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": time, "level": record.levelname, "message": record.getMessage(), **facts}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return _one_line(_ENCODE(line))


def _one_line(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else _escaped(sign) for sign in text)


def _escaped(character: str) -> str:
    """Return a character as JSON escapes of its UTF-16 units."""
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


EXPORTER = logging.getLogger("opentelemetry")
DRIVER = logging.getLogger("psycopg")
AUDIT = logging.getLogger("boxwright.audit")

# boxwright.packing logs the compilation of kernels, uvicorn.error faults outside the HTTP application.
LEVELLED = (LOGGER, logging.getLogger("boxwright.packing"), logging.getLogger("uvicorn.error"))
"""Loggers that ``log_level`` applies to."""


def configure_logs(log_format: str, level: str) -> None:
    """Send the log to standard error and the audit log to standard output, replacing earlier handlers."""
    # No log format shows thread and process, and finding them costs time on each line.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler, audit_handler = logging.StreamHandler(sys.stderr), logging.StreamHandler(sys.stdout)
    handler.formatter = audit_handler.formatter = LineFormatter(log_format)
    for logger in (*LEVELLED, AUDIT, EXPORTER, DRIVER):
        logger.handlers[:] = [audit_handler if logger is AUDIT else handler]
        logger.propagate = False
    for logger in LEVELLED:
        logger.setLevel(level)
    AUDIT.setLevel(logging.INFO)  # written at every log_level
    EXPORTER.setLevel(logging.WARNING)  # INFO reports each success
    DRIVER.setLevel(logging.ERROR)  # the store reports its warnings again, as errors


def address_of(peer: object) -> str:
    """Return an address in gRPC's form without its port, which differs between connections of a caller."""
    return str(peer).rpartition(":")[0] or str(peer)


def log(level: int, message: str, facts: Mapping[str, object] | None = None, *, exc_info: bool = False) -> None:
    """Write a log line with fields."""
    if not LOGGER.isEnabledFor(level):
        return
    # Like LOGGER.log without the place in the code, which no format shows and which takes a third of the time.
    cause = sys.exc_info() if exc_info else None
    LOGGER.handle(LOGGER.makeRecord(LOGGER.name, level, "", 0, message, (), cause, extra={"facts": facts or {}}))
