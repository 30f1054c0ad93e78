"""Log lines: texts of callers stay within their line and field."""

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.server.audit import audit
from boxwright.server.logs import LineFormatter, configure_logs, log

FORGED = 'a\n2026-11-26 17:00:00,000 INFO PackingService/Pack code="OK"\r\x1b[2K\x85\u2028\x7f\x00\U000e0001\ud800'


def record(message="a call", error=None, **facts):
    """Return a log record with fields."""
    try:
        if error is not None:
            raise ValueError(error)
        info = None
    except ValueError as raised:
        info = (ValueError, raised, raised.__traceback__)
    made = logging.LogRecord("boxwright.server", logging.INFO, __file__, 1, message, (), info)
    made.facts = facts
    return made


@given(st.text() | st.just(FORGED))
def test_a_line_of_json_is_one_line_and_says_what_was_sent(text):
    """Any text gives one printable line that parses to the same text."""
    line = LineFormatter("json").format(record(order_id=text, error=text))
    assert line.isprintable()
    read = json.loads(line)
    assert read["order_id"] == text
    assert read["message"] == "a call"


@given(st.text() | st.just(FORGED))
def test_a_plain_line_is_one_line(text):
    """Any text gives one printable line; lines of a traceback are indented."""
    assert LineFormatter("plain").format(record(order_id=text)).isprintable()
    first, *rest = LineFormatter("plain").format(record(order_id=text, error=text)).split("\n")
    assert " order_id=" in first
    assert first.isprintable()
    assert all(line.startswith("    ") and line.isprintable() for line in rest)


@pytest.mark.parametrize("log_format", ["plain", "json"])
def test_a_higher_level_keeps_the_lines_of_an_audit(log_format, capsys):
    """Audit lines go to standard output at every level."""
    configure_logs(log_format, "ERROR")
    log(logging.INFO, "a call")
    audit("PackingService/Pack", "OK", {"who": "token:a"})
    said = capsys.readouterr()
    (line,) = said.out.splitlines()
    assert "token:a" in line
    assert not said.err


def test_the_driver_of_a_store_writes_lines_as_all_do(capsys):
    """The driver's errors are logged in the chosen format, its warnings are not."""
    configure_logs("json", "INFO")
    logging.getLogger("psycopg").warning("pipeline aborted")
    logging.getLogger("psycopg").error("a fault")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["message"] == "a fault"
