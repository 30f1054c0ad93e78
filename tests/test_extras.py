"""Without an extra, calls that need it are refused with its name, and all others give the same answers."""

import sys
import tomllib
from pathlib import Path

import pytest

from boxwright import Item, Lane, Order, Place, Policy, load_catalog, plan, verify_certificate
from boxwright.catalog import load_materials
from boxwright.errors import UnsupportedError
from boxwright.planning import mode_alternatives
from boxwright.routing import airports, ports

ROOT = Path(__file__).parents[1]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
ORDER = Order("o", [Item("mug", 2, 120, 100, 90, 350)])
CATALOG = load_catalog("eu-stock")
BERLIN, PARIS = Place("DE", postal_code="10115"), Place("FR", postal_code="75001")
FAR = Place("AU")


def without(monkeypatch, *packages):
    """Make packages look as if they were not installed, and clear what was cached from them."""
    for each in packages:
        for loaded in [name for name in sys.modules if name.startswith(f"{each}.")]:
            monkeypatch.delitem(sys.modules, loaded)
        monkeypatch.setitem(sys.modules, each, None)
    for read in (airports.airports, airports.airports_of, airports.middle_of, ports.ports, ports._nodes):
        read.cache_clear()
    ports.served_countries.cache_clear()


def test_dev_installs_every_extra_that_users_may():
    """The extra `dev` contains every extra for users."""
    (all_of_them,) = [each for each in EXTRAS["dev"] if each.startswith("boxwright[")]
    assert set(all_of_them.removeprefix("boxwright[").removesuffix("]").split(",")) == EXTRAS.keys() - {
        "dev",
        "docs",
        "peers",
    }


def test_thorough_without_the_solver_is_refused(monkeypatch):
    """Plans and replays of mode thorough name the missing extra; balanced does not need it."""
    made = plan(ORDER, CATALOG, Policy(mode="thorough"))
    without(monkeypatch, "ortools")
    with pytest.raises(UnsupportedError, match=r"^policy\.mode: .*\[solver\]"):
        plan(ORDER, CATALOG, Policy(mode="thorough"))
    with pytest.raises(UnsupportedError, match=r"\.\[solver\]"):
        verify_certificate(made, ORDER, CATALOG, Policy(mode="thorough"))
    assert plan(ORDER, CATALOG, Policy(mode="balanced")).unpacked == ()


@pytest.mark.parametrize(
    ("start", "end", "mode"),
    [
        (BERLIN, FAR, None),
        (FAR, BERLIN, None),
        (BERLIN, PARIS, "air"),
        (BERLIN, PARIS, "sea"),
        (BERLIN, Place("FR", airport_code="CDG"), None),
        (BERLIN, Place("FR", un_locode="FRLEH"), None),
        (BERLIN, Place("FR", postal_code="75001", un_locode="FRLEH"), None),
    ],
)
def test_airports_and_ports_without_their_data_are_refused(monkeypatch, start, end, mode):
    """A lane that needs an airport or a port names the missing extra."""
    without(monkeypatch, "airportsdata", "searoute")
    lane = Lane(origin=start, destination=end, derive_legs=True, main_mode=mode)
    with pytest.raises(UnsupportedError, match=r"^lane\.(origin|destination): .*\[routing\]"):
        plan(ORDER, CATALOG, lane=lane)


def test_a_road_between_postal_codes_needs_no_extra(monkeypatch):
    """Legs by road are the same without the extra; a comparison of modes is refused."""
    lane = Lane(origin=BERLIN, destination=PARIS, derive_legs=True)
    legs = plan(ORDER, CATALOG, lane=lane).legs
    without(monkeypatch, "airportsdata", "searoute")
    assert plan(ORDER, CATALOG, lane=lane).legs == legs != ()
    with pytest.raises(UnsupportedError, match=r"\.\[routing\]"):
        mode_alternatives((), Lane(origin=BERLIN, destination=PARIS), (), (), load_materials())
