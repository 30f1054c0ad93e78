"""Evidence bundles: written from a store, verified offline."""

import hashlib
import json
import zipfile

import pytest
from click.testing import CliRunner
from tests.exchange.conftest import request_of, stored_at

from boxwright.cli import main
from boxwright.exchange.bundle import write_bundle


def run(*arguments, code=0):
    """Run a command and return its output."""
    result = CliRunner(env={"COLUMNS": "200", "BOXWRIGHT_STORE": ""}).invoke(main, list(map(str, arguments)))
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """A store with the plans of two orders, with verdicts by the rules of a market."""
    asked = [{**request_of(order), "markets": ["markets/eu"]} for order in ("six-mugs", "office")]
    for each in asked:
        del each["lane"]["include_hubs"]
    return stored_at(tmp_path_factory.mktemp("judged") / "plans.db", asked)


@pytest.fixture
def bundle(url, tmp_path):
    """A bundle of two plans."""
    run("plans", "evidence", "--store", url, "--out", tmp_path / "bundle.zip")
    return tmp_path / "bundle.zip"


def changed(bundle, path, change):
    """Return a copy of a bundle in which a file is changed, and its hash in the manifest as well."""
    out = bundle.with_name("changed.zip")
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(out, "w") as new:
        content = {name: old.read(name) for name in old.namelist()}
        name = next(name for name in content if name.endswith(path))
        data = json.loads(content[name])
        change(data)
        content[name] = json.dumps(data).encode()
        manifest = json.loads(content["manifest.json"])
        manifest["sha256"][name] = hashlib.sha256(content[name]).hexdigest()
        content["manifest.json"] = json.dumps(manifest).encode()
        for name, text in content.items():
            new.writestr(name, text)
    return out


def test_a_bundle_is_whole_and_always_the_same(bundle, url, tmp_path):
    """It holds plan, request, evidence and catalog; the same store makes the same bytes; every plan verifies."""
    with zipfile.ZipFile(bundle) as held:
        names = held.namelist()
        assert [name.rpartition("/")[2] for name in names if name.startswith("plans/")] == [
            *("plan.json", "request.json", "evidence.json") * 2
        ]
        assert len([name for name in names if name.startswith("catalogs/")]) == 1
        plan = json.loads(held.read(next(name for name in names if name.endswith("plan.json"))))
        rows = json.loads(held.read(next(name for name in names if name.endswith("evidence.json"))))
    assert {line["factor_id"] for line in plan["footprints"][0]["lines"]} <= {row["figure"] for row in rows}
    assert plan["certificate"]["status"]
    run("plans", "evidence", "--store", url, "--out", tmp_path / "again.zip")
    assert bundle.read_bytes() == (tmp_path / "again.zip").read_bytes()
    assert run("verify", bundle).startswith("2 plans as stated, 0 not")


def test_a_changed_byte_is_found(bundle):
    """A file that is not as the manifest says, is missing, or was added, refuses the bundle."""
    with zipfile.ZipFile(bundle, "a") as held:
        held.writestr("plans/other/plan.json", "{}")
    assert "plans/other/plan.json is not in the manifest" in run("verify", bundle, code=2)


def heavier(plan):
    """State more grams on a line and in the totals."""
    footprint = plan["footprints"][0]
    footprint["lines"][0]["co2e_mg"] += 5_000
    footprint["total_co2e_mg"] += 5_000


def other_source(plan):
    """Name another document."""
    plan["footprints"][0]["lines"][0]["source"]["citation"] = "hearsay"


def all_stated(plan):
    """Leave out the scope that is not stated."""
    for footprint in (plan["footprints"][0], plan["parcels"][0]["footprints"][0]):
        assert footprint.pop("missing_scope", footprint.pop("biogenic_missing", None))


def covered(plan):
    """Change the coverage."""
    for footprint in (plan["footprints"][0], plan["parcels"][0]["footprints"][0]):
        footprint["coverage"][0]["note"] = "all of it"


def later(plan):
    """Ship on another day."""
    plan["ship_date"]["day"] -= 1


def lawful(plan):
    """Comply with each rule."""
    for verdict in plan["verdicts"]:
        verdict["status"] = "VERDICT_STATUS_PASS"


def unjudged(plan):
    """Leave the verdicts out."""
    del plan["verdicts"]


def shipped(plan):
    """Record an outcome: all parcels as planned."""
    parcels = [
        {"parcel_index": index, "box_type_id": parcel["box_type_id"]} for index, parcel in enumerate(plan["parcels"])
    ]
    plan["outcome"] = {"plan": plan["name"], "parcels": parcels}


def not_shipped(plan):
    """Leave a parcel out of the outcome."""
    shipped(plan)
    plan["outcome"]["parcels"][0]["parcel_index"] = 7


DAMAGES = {
    heavier: "footprints[0]",
    other_source: "evidence",
    all_stated: "missing",
    covered: "coverage[0].note",
    later: "plan.ship_date.day",
    lawful: "status",
    unjudged: "plan.verdicts",
    not_shipped: "plan.outcome.parcels[0].parcel_index",
}


@pytest.mark.parametrize(("damage", "named"), DAMAGES.items())
def test_a_damaged_plan_does_not_hold(bundle, damage, named):
    """False figures, positions, claims or sources with matching hashes fail the check."""
    said = run("verify", changed(bundle, "plan.json", damage), code=1)
    assert named in said
    assert said.splitlines()[-1].startswith("1 plan as stated, 1 not")


def test_a_plan_with_its_outcome_holds(bundle):
    """The outcome was recorded later: it is not a figure of the plan."""
    assert run("verify", changed(bundle, "plan.json", shipped)).startswith("2 plans as stated, 0 not")


def test_a_file_that_a_plan_needs_is_named(bundle):
    """The manifest need not list the file."""
    out = bundle.with_name("less.zip")
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(out, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        gone = next(name for name in manifest["sha256"] if name.endswith("evidence.json"))
        del manifest["sha256"][gone]
        for name in old.namelist():
            if name != gone:
                new.writestr(name, json.dumps(manifest) if name == "manifest.json" else old.read(name))
    assert f"{gone} is missing" in run("verify", out, code=2)


def test_a_file_that_is_not_a_bundle_is_refused(tmp_path):
    """Examples are a file that is not a zip, and a zip without a manifest."""
    (tmp_path / "a.zip").write_bytes(b"no zip")
    assert "file:" in run("verify", tmp_path / "a.zip", code=2)
    zipfile.ZipFile(tmp_path / "b.zip", "w").close()
    assert "file:" in run("verify", tmp_path / "b.zip", code=2)
    with (tmp_path / "c.zip").open("wb") as file:
        write_bundle(file, [])
    assert "file:" in run("verify", tmp_path / "c.zip", code=2)


WAYS = {
    "short flight": ({"mode": "TRANSPORT_MODE_AIR", "distance_km": 900}, {}),
    "forcing": ({"mode": "TRANSPORT_MODE_AIR", "distance_km": 900}, {"include_radiative_forcing": True}),
    "van": ({"mode": "TRANSPORT_MODE_ROAD", "distance_km": 25, "vehicle": "van"}, {}),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_plan_by_any_way_is_explained_and_verified(tmp_path, way):
    """The unverified share follows from the lines, even if the class of a flight is a guess."""
    leg, terms = WAYS[way]
    asked = request_of("six-mugs")
    asked["lane"] = {**asked["lane"], "legs": [leg], "origin": {"country_code": "DE"}, **terms}
    asked["lane"]["destination"] = {"country_code": "FR"}
    url = stored_at(tmp_path / "plans.db", [asked])
    run("plans", "evidence", "--store", url, "--out", tmp_path / "bundle.zip")
    with zipfile.ZipFile(tmp_path / "bundle.zip") as held:
        plan = json.loads(held.read(next(name for name in held.namelist() if name.endswith("plan.json"))))
    for line in plan["footprints"][0]["lines"]:
        guessed = "own rule" in line.get("rule", "")
        assert not (guessed and line["source"].get("read_in_source"))
    (tmp_path / "plan.json").write_text(json.dumps({"plan": plan}))
    run("footprint", "explain", tmp_path / "plan.json")
    assert run("verify", tmp_path / "bundle.zip").startswith("1 plan as stated, 0 not")
