"""Answers are compressed for callers who take gzip, and for nobody else, at both doors of HTTP."""

import urllib.request

import pytest

from boxwright.server.http.accepted import takes_gzip

from .test_http import ask

TAKEN = {
    "gzip": True,
    "GZIP": True,
    "x-gzip": True,
    "gzip, deflate, br": True,
    "br;q=1.0, gzip;q=0.8, *;q=0.1": True,
    "gzip ; q=0.5 , identity ; q=0.5": True,
    "identity;q=0, gzip;q=0.001": True,
    "gzip;q=0": False,
    "gzip;q=0.000": False,
    "gzip; Q=0": False,
    "identity;q=1, gzip;q=0": False,
    "identity;q=1, gzip;q=0.5": False,
    "*, gzip;q=0": False,
    "gzip;q=low": False,
    "identity": False,
    "bgzip": False,
    "*": False,
    "": False,
}


@pytest.mark.parametrize("accepted", TAKEN)
def test_gzip_is_taken_where_it_is_named_and_nothing_is_preferred(accepted):
    """As RFC 9110 reads the header: a quality of 0 is a refusal."""
    assert takes_gzip([accepted]) is TAKEN[accepted]
    assert takes_gzip(accepted.split(",")) is TAKEN[accepted]


@pytest.mark.parametrize("accepted", ["gzip", "gzip;q=0", "identity;q=1, gzip;q=0", "bgzip"])
@pytest.mark.parametrize("path", ["/openapi.json", "/v1/catalogs"])
def test_the_door_compresses_for_who_takes_it(live, path, accepted):
    """Answers and files alike."""
    status, headers, _ = ask(live, path, Accept_Encoding=accepted)
    assert (status, headers["Content-Encoding"]) == (200, "gzip" if TAKEN[accepted] else None)


@pytest.mark.parametrize("accepted", ["gzip", "gzip;q=0", "identity;q=1, gzip;q=0", "bgzip"])
def test_metrics_are_compressed_for_who_takes_it(live, accepted):
    """So do they at the admin port."""
    asking = urllib.request.Request(f"http://{live.admin_address}/metrics", headers={"Accept-Encoding": accepted})
    with urllib.request.urlopen(asking, timeout=60) as answer:
        assert answer.headers["Content-Encoding"] == ("gzip" if TAKEN[accepted] else None)
