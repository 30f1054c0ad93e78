"""iLEAP shipments, validated with the published schema of the specification.

``ileap/shipment-footprint.json`` is from repository sine-fdn/impact-protocols, commit c8bce89, MIT (ileap/LICENSE).
"""

import json
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from boxwright.cli import main
from boxwright.errors import InvalidInputError
from boxwright.exchange.ileap import shipment

SCHEMA = json.loads((Path(__file__).parent / "ileap" / "shipment-footprint.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("profile", ["uk-desnz", "fr-ademe"])
def test_a_shipment_is_what_the_schema_asks(made, profile):
    """The output is valid for every plan under every profile that has all factors."""
    for plan in made:
        jsonschema.validate(shipment({"plan": plan}, profile), SCHEMA)


def test_elements_follow_each_other_and_sum_to_the_plan(made):
    """Masses, unadjusted distances, activity, and well-to-wheel emissions are those of the plan."""
    found = shipment({"plan": made[0]}, "uk-desnz")
    footprint = next(each for each in made[0]["footprints"] if "uk-desnz" in each["accounting_profile"])
    transport = [line for line in footprint["lines"] if line["component"] == "FOOTPRINT_COMPONENT_TRANSPORT"]
    assert sum(Decimal(tce["co2eWTW"]) for tce in found["tces"]) * 1_000_000 == sum(
        line["co2e_mg"] for line in transport
    )
    ttw = sum(line["co2e_mg"] for line in transport if line["stage"].endswith("TTW"))
    assert sum(Decimal(tce["co2eTTW"]) for tce in found["tces"]) * 1_000_000 == ttw
    assert Decimal(found["mass"]) * 1_000 == Decimal(str(sum(parcel["gross_g"] for parcel in made[0]["parcels"])))
    assert [tce["distance"] for tce in found["tces"]] == [{"sfd": "25"}, {"gcd": "9000"}, {"actual": "300.5"}]
    assert [len(tce["prevTceIds"]) for tce in found["tces"]] == [0, 1, 1]
    assert found["tces"][2]["prevTceIds"] == [found["tces"][1]["tceId"]]
    for tce, km in zip(found["tces"], ("25", "9000", "300.5"), strict=True):
        assert Decimal(tce["transportActivity"]) == Decimal(tce["mass"]) * Decimal(km) / 1_000


@pytest.mark.parametrize(
    ("profile", "field"),
    [("uk-desnz", "legs"), ("eu-industry", "footprints"), ("us-epa", "footprints")],
    ids=["no lane", "no such footprint", "no factor of well to tank"],
)
def test_what_is_missing_is_refused(made, profile, field):
    """A plan without legs, without the profile, or without a factor is refused, not reported with less."""
    plan = {name: value for name, value in made[0].items() if name != "legs" or profile != "uk-desnz"}
    with pytest.raises(InvalidInputError) as error:
        shipment({"plan": plan}, profile)
    assert error.value.violations[0].field.endswith(field)


def test_plans_shipped_otherwise_are_left_out(made, tmp_path):
    """Plans that were not shipped as planned are left out, since their masses differ."""
    out, plans = tmp_path / "shipments.jsonl", tmp_path / "plans.jsonl"
    records = [{"plan": plan} for plan in (made[0], {**made[0], "outcome": {"parcels": []}})]
    plans.write_text("".join(json.dumps(record) + "\n" for record in records))
    done = CliRunner().invoke(main, ["ileap", "--plans", str(plans), "--profile", "uk-desnz", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert len(out.read_text().splitlines()) == 1


def test_stored_plans_are_written_a_line_each(url, tmp_path):
    """Hubs are separate elements if the lane counts them."""
    out = tmp_path / "shipments.jsonl"
    done = CliRunner().invoke(main, ["ileap", "--store", url, "--out", str(out)])
    assert done.exit_code == 0, done.output
    shipments = [json.loads(line) for line in out.read_text().splitlines()]
    assert [len(found["tces"]) for found in shipments] == [3, 2]
    for found in shipments:
        jsonschema.validate(found, SCHEMA)
    hub = shipments[0]["tces"][1]
    assert (hub["distance"], hub["transportActivity"]) == ({"actual": "0"}, "0")
    assert "hocId" in hub
