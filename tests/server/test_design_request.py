"""Requests for designs, read without a server."""

from google.protobuf import json_format

from boxwright.server.operations.questions import read_design
from boxwright.v1 import evaluation_service_pb2 as messages

from .live_operations import orders
from .wire import TODAY, broken


def test_rules_of_emissions_need_a_design_by_emissions(dataset) -> None:
    """The objective of the design is that of its policy, so a design by emissions takes the rules of emissions."""
    rules = {"unverified_factor_rule": "UNVERIFIED_FACTOR_RULE_CENTRAL"}
    rules |= {"emissions_basis": {"accounting_profile": "accountingProfiles/fr-ademe@2024"}}
    data = {"orders": orders(1), "size_counts": [2], "policy": rules, "objective": "DESIGN_OBJECTIVE_EMISSIONS"}
    asked = json_format.ParseDict(data, messages.DesignCatalogRequest())
    policy = read_design(asked, dataset, TODAY).policy
    assert (policy.objectives, policy.unverified_factor_rule) == (("emissions",), "central")
    asked.objective = messages.DESIGN_OBJECTIVE_LITRES
    assert set(broken(read_design, asked, dataset, TODAY)) == {f"policy.{name}" for name in rules}
