"""A database whose encoding cannot store every text is refused."""

import pytest
from click.testing import CliRunner

from boxwright.cli import main

from .test_start_checks import settings_at_fault


@pytest.fixture(scope="module", params=["LATIN1", "SQL_ASCII"])
def encoded(request, postgresql):
    """An encoding, and the URL of an empty database with it."""
    name = f"in_{request.param.lower()}"
    postgresql.psql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{request.param}' LOCALE 'C'")
    return request.param, postgresql.url(name)


def says(encoding, text):
    """Return whether a text is one line with the encoding and the command that creates another database."""
    return len(text.strip().splitlines()) == 1 and encoding in text and "createdb" in text


@pytest.mark.parametrize("command", [("plans", "list"), ("plans", "prune", "--keep-days", "1")])
def test_commands_refuse_a_database_of_another_encoding(encoded, command):
    """Commands print one line and exit with 1."""
    encoding, url = encoded
    done = CliRunner().invoke(main, [*command, "--store", url], env={"COLUMNS": "1000"})
    assert (done.exit_code, done.stdout) == (1, "")
    assert says(encoding, done.stderr)


def test_a_server_does_not_start_on_a_database_of_another_encoding(encoded, caplog):
    """It is a fault of settings, since a retry cannot help; no table is made."""
    encoding, url = encoded
    assert settings_at_fault(store=url) == ["store"]
    (failed,) = [record.facts for record in caplog.records if record.getMessage() == "the store failed"]
    assert failed["reason"] == "store_unsuitable"
    assert says(encoding, failed["error"])
