"""URLs of stores: validity, and hidden passwords."""

import pytest

from boxwright.store.url import check_url, shown_url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://user:hunter2@db/plans", "postgresql://user:…@db/plans"),
        ("postgresql://user:12/hunter2@db/plans", "postgresql://user:…@db/plans"),
        ("postgresql://user:hun@ter2@db/plans", "postgresql://user:…@db/plans"),
        ("postgresql://user:hunter2?@db/plans", "postgresql://user:…@db/plans"),
        ("postgresql://user:hunter2#@db/plans", "postgresql://user:…@db/plans"),
        ("postgresql://us@er:hunter2@db/plans", "postgresql://us@er:…@db/plans"),
        ("postgresql://:hunter2@db/plans", "postgresql://:…@db/plans"),
        ("postgresql:user:hunter2@db/plans", "postgresql:…@db/plans"),
        ("user:hunter2@db/plans", "user:…@db/plans"),
        ("sqlite://user:hunter2@db/plans", "sqlite://user:…@db/plans"),
        ("postgresql://db/plans?user=a&password=hunter2&x=1", "postgresql://db/plans?user=a&password=…&x=1"),
    ],
)
def test_no_password_is_shown(url, shown):
    """No password appears in shown URLs or errors, whatever its characters and place."""
    assert shown_url(url) == shown
    assert "hunter2" not in (check_url(url) or "")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user@db/plans",
        "postgresql://user@db:5432/plans",
        "postgresql://db:5432/plans?connect_timeout=5",
        "postgresql://user@[::1]:5432/plans",
        "sqlite:////folder/a:b@c.db",
    ],
)
def test_one_without_a_password_is_taken_and_shown_as_it_is(url):
    """A URL without a password is valid and shown unchanged."""
    assert check_url(url) is None
    assert shown_url(url) == url


@pytest.mark.parametrize(
    "url", ["postgresql://user:12/hunter2@db/plans", "postgresql://user:a@b@db/plans", "postgresql://us@er@db/plans"]
)
def test_signs_that_readers_of_urls_take_differently_are_refused(url):
    """Parsers would disagree on the host."""
    assert check_url(url).startswith("must ")


def test_a_password_with_its_signs_escaped_is_taken():
    """A password with escaped characters is valid."""
    assert check_url("postgresql://user:12%2Fa%40b@db/plans") is None
