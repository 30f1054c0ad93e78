"""Log lines, for people or for machines."""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

LOGGER = logging.getLogger("boxwright.server")


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, message, and the fields given as ``extra={"facts": {...}}``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class PlainFormatter(logging.Formatter):
    """Time, level, message, then the same fields as ``name=value``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = super().format(record)
        facts = " ".join(f"{name}={value!r}" for name, value in getattr(record, "facts", {}).items())
        # Fields come from callers: repr keeps line breaks in them from forging lines.
        head, newline, rest = line.partition("\n")
        return f"{head} {facts}".rstrip() + newline + rest


def configure_logs(log_format: str, level: str) -> None:
    """Send the server's log to standard error, in place of what was configured before."""
    handler = logging.StreamHandler(sys.stderr)
    plain = PlainFormatter("%(asctime)s %(levelname)s %(message)s")
    handler.setFormatter(JsonFormatter() if log_format == "json" else plain)
    # The second says where kernels are compiled, the third what broke round the application that answers HTTP.
    for logger in (LOGGER, logging.getLogger("boxwright.packing"), logging.getLogger("uvicorn.error")):
        logger.handlers[:] = [handler]
        logger.setLevel(level)
        logger.propagate = False


def log(level: int, message: str, facts: Mapping[str, object] | None = None, *, exc_info: bool = False) -> None:
    """Write one line with fields."""
    LOGGER.log(level, message, extra={"facts": facts or {}}, exc_info=exc_info)
