"""Options that change nothing without another one: refused, since whoever gives one means something by it."""

from collections.abc import Container, Iterator, Mapping
from typing import Any

from boxwright.domain.policy import Objective, UnverifiedFactorRule
from boxwright.errors import FieldViolation

OF_THE_WAY = {
    "include_hubs": "--hubs",
    "include_radiative_forcing": "--radiative-forcing",
    "include_volume_share": "--volume-share",
}
"""Options that say what of the way counts."""


def idle_of_policy(given: Mapping[str, Any]) -> Iterator[FieldViolation]:
    """Yield the policy options that change nothing, given the others, by the parameters of a command."""
    objectives = given["objectives"]  # of a file perhaps no sequence, which the policy refuses
    by_grams = isinstance(objectives, Container) and Objective.EMISSIONS in objectives
    by_grams = by_grams or given["carbon_price_per_tonne_minor"] is not None
    if not by_grams:
        rule = "goes with --objective emissions or --carbon-price only"
        if given["unverified_factor_rule"] == UnverifiedFactorRule.CENTRAL:
            yield FieldViolation("--unverified-factors", rule)
        if given["accept_incomplete_footprint"]:
            yield FieldViolation("--accept-incomplete-footprint", rule)
    for option, value, dunnage, name in (
        ("--tape-rule", given["tape_rule"], "--tape", given["tape_id"]),
        ("--void-fill-share", given["void_fill_share"] is not None, "--void-fill", given["void_fill_id"]),
    ):
        if value and name == "none":
            yield FieldViolation(option, f"must not be given with {dunnage} none")


def idle_of_lane(given: Mapping[str, Any]) -> Iterator[FieldViolation]:
    """Yield the lane options that change nothing, given the others, by the parameters of a command, which has some."""
    legs, places = given.get("legs"), given.get("origin") or given.get("destination")
    if legs and places:
        yield FieldViolation("--leg", "must not be given with --from or --to, from which legs are derived")
    if given.get("main_mode") and not places:
        yield FieldViolation("--by", "goes with --from and --to only")
    if given.get("origin_country") and not legs:
        yield FieldViolation("--origin-country", "goes with --leg only; --from says it where legs are derived")
    if not legs and not places:
        idle = [option for name, option in OF_THE_WAY.items() if given.get(name)]
        idle += ["--no-hubs"] if given.get("include_hubs") is False else []
        yield from (FieldViolation(each, "goes with --leg, or with --from and --to, only") for each in idle)
    if not given["carrier_service"]:
        for option, value in (("--zone", given["zone"]), ("--ship-date", given["ship_date"])):
            if value:
                yield FieldViolation(option, "goes with --carrier-service only")
