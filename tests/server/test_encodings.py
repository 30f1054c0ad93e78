"""A store in a database that cannot keep every text, or checks none: it is refused before anything is kept."""

import pytest
from click.testing import CliRunner

from boxwright.cli import main

from .test_start_checks import settings_at_fault


@pytest.fixture(scope="module", params=["LATIN1", "SQL_ASCII"])
def encoded(request, postgresql):
    """An encoding, and the URL of an empty database of it."""
    name = f"in_{request.param.lower()}"
    postgresql.psql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{request.param}' LOCALE 'C'")
    return request.param, postgresql.url(name)


def says(encoding, text):
    """Return whether a text, one line, names the encoding and the command that makes another database."""
    return len(text.strip().splitlines()) == 1 and encoding in text and "createdb" in text


@pytest.mark.parametrize("command", [("plans", "list"), ("plans", "prune", "--keep-days", "1"), ("tokens", "list")])
def test_commands_refuse_a_database_of_another_encoding(encoded, command):
    """In one line."""
    encoding, url = encoded
    done = CliRunner().invoke(main, [*command, "--store", url], env={"COLUMNS": "1000"})
    assert (done.exit_code, done.stdout) == (1, "")
    assert says(encoding, done.stderr)


def test_a_server_does_not_start_on_a_database_of_another_encoding(encoded, caplog):
    """Another start would end the same way, so it is a fault of settings; no table is made."""
    encoding, url = encoded
    assert settings_at_fault(store=url) == ["store"]
    (failed,) = [record.facts for record in caplog.records if record.getMessage() == "the store failed"]
    assert failed["reason"] == "store_unsuitable"
    assert says(encoding, failed["error"])
