"""Helpers for tests of tokens: files, the command line, and access checks."""

import datetime as dt

from click.testing import CliRunner

from boxwright.cli.main import main
from boxwright.server.access.auth import Access, DeniedError, Scope
from boxwright.server.access.tokens import Tokens, new_token, read_tokens, written
from boxwright.server.http.call import Call
from boxwright.server.metrics import Metrics

NOW = dt.datetime(2026, 11, 26, tzinfo=dt.UTC)


def cli(*arguments, code=0):
    """Return the standard output of a command, or its errors if it must fail."""
    ran = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert ran.exit_code == code, ran.output
    return ran.stdout if code == 0 else ran.stderr


def make(file, *scopes, name="hall", sites=(), now=None, expires=None):
    """Add a token to a file, by default with the scope pack; return its text."""
    text, token = new_token(name, map(Scope, scopes or ("pack",)), sites, now or dt.datetime.now(dt.UTC), expires)
    before = read_tokens(str(file)) if file.exists() else ()
    other = file.with_suffix(".new")  # a server may be reading the file
    other.write_text(written([*before, token]))
    other.replace(file)
    return text


def access_of(file, metrics=None, **given):
    """Return the access check with the tokens of a file."""
    return Access(metrics or Metrics(), Tokens(str(file)), **given)


def call_with(*authorization, certificate=""):
    """Return a call with these authorization headers."""
    return Call("127.0.0.1", 1, metadata=[("authorization", text) for text in authorization], certificate=certificate)


def refused(access, *authorization, method="PackingService/Pack", certificate=""):
    """Return the kind and the reason of a refusal, or None."""
    try:
        access.authorize(call_with(*authorization, certificate=certificate), method)
    except DeniedError as error:
        return type(error), error.why
    return None
