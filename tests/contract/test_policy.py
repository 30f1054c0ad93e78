"""Policies from messages: caps arrive, and errors in them are named."""

import pytest
from google.protobuf import json_format

from boxwright import EmissionsBasis, Objective, PropertyCap, StackingCondition
from boxwright.contract.enums import numbers_of
from boxwright.contract.policy import read_policy
from boxwright.domain.policy import MATERIAL_CLAIMS
from boxwright.errors import InvalidInputError
from boxwright.findings import Findings
from boxwright.v1 import policy_pb2


def read(**fields):
    """Return the policy of fields given as plain data."""
    found = Findings("policy")
    policy = read_policy(json_format.ParseDict(fields, policy_pb2.Policy()), None, found)
    found.raise_any()
    return policy


def test_basis_and_rule_of_emissions_arrive():
    """Profile, allocation and the treatment of unverified factors are read; the defaults are mass and the upper end."""
    named = {"accounting_profile": "accountingProfiles/us-epa@2025"}
    policy = read(objectives=["OBJECTIVE_EMISSIONS"], emissions_basis=named)
    assert policy.emissions_basis == EmissionsBasis("us-epa@2025")
    assert policy.unverified_factor_rule == "upper_end"
    named["allocation"] = "ALLOCATION_DIMENSIONAL_WEIGHT"
    rule = "UNVERIFIED_FACTOR_RULE_CENTRAL"
    policy = read(objectives=["OBJECTIVE_EMISSIONS"], emissions_basis=named, unverified_factor_rule=rule)
    assert policy.emissions_basis == EmissionsBasis("us-epa@2025", "dimensional_weight")
    assert policy.unverified_factor_rule == "central"


PILE = {"layers": 5, "days": 0, "humidity_percent": 80, "pattern": "PALLET_PATTERN_COLUMN", "overhang": True}


def test_a_stacking_condition_and_caps_arrive():
    """Each field arrives; 0 days and a cap of 0 are values and not absent."""
    cap = {"property": "liquid_ml", "max_amount": 0}
    arrived = read(stacking=PILE, box_certificate=True, plausibility="PLAUSIBILITY_RULE_OFF", property_caps=[cap])
    assert (arrived.plausibility, arrived.property_caps) == ("off", (PropertyCap("liquid_ml", 0),))
    assert arrived.stacking == StackingCondition(layers=5, days=0, humidity_percent=80, pattern="column", overhang=True)
    assert arrived.box_certificate
    assert read(stacking={"stack_height_mm": 900, "safety_factor": 3}).stacking == StackingCondition(
        stack_height_mm=900, safety_factor=3
    )
    assert read().stacking is None


def test_material_requirements_arrive():
    """Claims, minimum recycled content, excluded materials and the tie-break arrive."""
    policy = read(
        material_requirements={
            "requirements": [
                "MATERIAL_REQUIREMENT_HOME_COMPOSTABLE",
                "MATERIAL_REQUIREMENT_RECYCLABLE_AT_DESTINATION",
            ],
            "min_recycled_content": 0.5,
            "excluded_materials": ["materials/eps", "materials/pla"],
            "prefer_reusable": True,
        }
    )
    assert policy.material_requirements == ("home_compostable", "recyclable_at_destination")
    assert policy.min_recycled_content == 0.5
    assert policy.excluded_materials == ("eps", "pla")
    assert policy.ranking == (Objective.PARCEL_COUNT, Objective.INNER_VOLUME, Objective.SINGLE_USE_PARCELS)


def test_every_requirement_of_the_contract_has_a_claim():
    """Every requirement of the contract has a claim of the domain, and every claim a requirement."""
    known = set(policy_pb2.MaterialRequirement.values()) - {0}
    assert {numbers_of(policy_pb2.MaterialRequirement.DESCRIPTOR)[claim] for claim in MATERIAL_CLAIMS} == known


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"property_caps": [{"property": "wh"}]}, "property_caps[0].max_amount"),  # absent is not 0
        ({"property_caps": [{"max_amount": 1}]}, "property_caps[0].property"),
        ({"stacking": {**PILE, "stack_height_mm": 900}}, "stacking.layers"),
        ({"stacking": {**PILE, "pattern": 0}}, "stacking.pattern"),
        ({"stacking": {**PILE, "pattern": 77}}, "stacking.pattern"),
        ({"material_requirements": {"requirements": [99]}}, "material_requirements.requirements[0]"),
        ({"material_requirements": {"excluded_materials": ["eps"]}}, "material_requirements.excluded_materials[0]"),
        (
            {"material_requirements": {"excluded_materials": ["materials/eps"] * 2}},
            "material_requirements.excluded_materials[1]",
        ),
    ],
)
def test_a_broken_rule_is_named_by_its_path(fields, path):
    """The rule is the only violation, at the path that the caller wrote."""
    with pytest.raises(InvalidInputError) as caught:
        read(**fields)
    assert [violation.field for violation in caught.value.violations] == [f"policy.{path}"]
