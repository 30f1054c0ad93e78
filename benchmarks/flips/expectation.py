"""What was expected of each change before the study was run, and why."""

from dataclasses import dataclass

from benchmarks.flips.scenario import AIR, Scenario


@dataclass(frozen=True)
class Expectation:
    """A change from one scenario to another.

    Attributes
    ----------
    name : str
        What changes.
    first, second : Scenario
        Before and after.
    signs : dict of str to int
        Per figure the sign that its change must have in every order: -1 for no rise, 1 for no fall. Figures of
        different lanes or profiles are not compared.
    why : str
        Reason of the signs, and what share of plans was expected to change.
    """

    name: str
    first: Scenario
    second: Scenario
    signs: dict[str, int]
    why: str


BILLED = ("parcel_count", "chargeable_weight")
EMISSIONS = ("parcel_count", "emissions")
EVERY_CUSHIONING = ("honeycomb-paper-wrap", "kraft-paper-wrap", "corrugated-wrap", "bubble-wrap")

EXPECTATIONS = (
    Expectation(
        "volume to billed weight",
        Scenario(),
        Scenario(objectives=BILLED),
        {"billed": -1, "litres": 1},
        "each objective is best by its own figure; half-kilogram steps tie many boxes, so some plans change",
    ),
    Expectation(
        "volume to emissions",
        Scenario(),
        Scenario(objectives=EMISSIONS),
        {"emissions": -1, "litres": 1},
        "as above; void fill by volume makes small boxes light as well, so few plans change",
    ),
    Expectation(
        "billed weight to emissions",
        Scenario(objectives=BILLED),
        Scenario(objectives=EMISSIONS),
        {"emissions": -1, "billed": 1},
        "as above; ties in billed weight are broken by grams, so more plans change than from volume",
    ),
    Expectation(
        "emissions: road to air",
        Scenario(objectives=EMISSIONS),
        Scenario(objectives=EMISSIONS, legs=AIR),
        {"tare": -1},
        "by air a gram of packaging costs many times what making it does, so the lightest packaging wins; by road "
        "it is nearly as good a choice, so few plans change",
    ),
    Expectation(
        "volume: honeycomb to kraft paper",
        Scenario(),
        Scenario(cushioning_ids=("kraft-paper-wrap",)),
        {},
        "gaps are the same round any wrap, so no box changes; wrap alone is heavier",
    ),
    Expectation(
        "volume: honeycomb to any cushioning",
        Scenario(),
        Scenario(cushioning_ids=EVERY_CUSHIONING),
        {"litres": -1},
        "more to choose from; gaps are the same round any wrap, so nothing changes",
    ),
    Expectation(
        "emissions: honeycomb to any cushioning",
        Scenario(objectives=EMISSIONS),
        Scenario(objectives=EMISSIONS, cushioning_ids=EVERY_CUSHIONING),
        {"emissions": -1},
        "more to choose from: the wrap of fewest grams of CO2e is taken; boxes stay the same",
    ),
    Expectation(
        "emissions, any cushioning: factors as they are to unverified ones at their upper end",
        Scenario(objectives=EMISSIONS, cushioning_ids=EVERY_CUSHIONING),
        Scenario(objectives=EMISSIONS, cushioning_ids=EVERY_CUSHIONING, unverified="upper_end"),
        {"emissions": 1},
        "doubt is not rewarded: a material with a wide range loses to one that is known; stated grams can only rise",
    ),
    *(
        Expectation(
            f"emissions: uk-desnz to {profile.partition('@')[0]}",
            Scenario(objectives=EMISSIONS),
            Scenario(objectives=EMISSIONS, profile=profile),
            {},
            "boxes and fill are all paper, whose factors keep their order in most profiles, so few plans change",
        )
        for profile in ("us-epa@2025", "fr-ademe@2024", "cn-cpcd@2024", "eu-industry@2022")
    ),
)
"""The study. Written before its first run; a sign that does not hold is reported, never mended here."""
