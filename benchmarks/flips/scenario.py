"""One way to ask for plans, and what came of it for one order."""

from collections.abc import Iterator
from dataclasses import dataclass

from boxwright import Catalog, IncompletePlanError, Lane, Leg, Order, Plan, Policy, plan
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Allocation
from boxwright.domain.plan import ProofStatus
from boxwright.domain.policy import SolvingMode

UNITS = {"litres": "L", "tare": "kg tare", "billed": "kg billed", "emissions": "kg CO2e"}
"""Figures of an outcome and their units."""

CARRIER_SERVICE = "dhl-express/international"
ROAD = (("road", 500.0),)
AIR = (("road", 100.0), ("air", 9_000.0), ("road", 100.0))


@dataclass(frozen=True)
class Scenario:
    """How plans are asked for.

    Attributes
    ----------
    objectives : tuple of str
        In the order compared.
    legs : tuple of (mode, km)
        The way that a parcel takes.
    cushioning_ids : tuple of str
        Cushionings that may be used.
    profile : str
        Accounting profile.
    unverified : str
        How an unverified factor counts in choices. Figures of the study are at the factors' own values; so are choices,
        unless this is ``upper_end``, the policy's default.
    """

    objectives: tuple[str, ...] = ("parcel_count", "inner_volume")
    legs: tuple[tuple[str, float], ...] = ROAD
    cushioning_ids: tuple[str, ...] = ("honeycomb-paper-wrap",)
    profile: str = "uk-desnz@2025"
    unverified: str = "central"


@dataclass(frozen=True)
class Outcome:
    """What came of one order.

    Attributes
    ----------
    boxes : tuple of (box type id, cushioning id)
        One entry per parcel, sorted.
    proved : bool
        Whether no plan of the certificate's scope is better.
    figures : dict of str to float
        By name as in ``UNITS``.
    """

    boxes: tuple[tuple[str, str], ...]
    proved: bool
    figures: dict[str, float]


def ask(order: Order, catalog: Catalog, scenario: Scenario) -> Outcome | None:
    """Return what comes of an order; None where not every unit can be packed."""
    policy = Policy(
        objectives=scenario.objectives,
        mode=SolvingMode.FAST,
        lifting_profile="freight",
        cushioning_ids=scenario.cushioning_ids,
        unverified_factor_rule=scenario.unverified,
        accept_incomplete_footprint=True,  # profiles lack other lines, but each lacks them in every plan
    )
    lane = Lane(tuple(Leg(mode, km) for mode, km in scenario.legs), carrier_service=CARRIER_SERVICE)
    try:
        made = plan(order, catalog, policy, lane, [scenario.profile])
    except IncompletePlanError:
        return None
    return Outcome(tuple(sorted(_boxes(made))), made.certificate.status is ProofStatus.PROVED, _figures(made))


def _boxes(made: Plan) -> Iterator[tuple[str, str]]:
    for parcel in made.parcels:
        cushioning = [part.dunnage_id for part in parcel.packaging if part.component is Component.CUSHIONING]
        yield parcel.box_type_id, cushioning[0] if cushioning else ""


def _figures(made: Plan) -> dict[str, float]:
    by_mass = next(each for each in made.footprints if each.allocation is Allocation.MASS)
    return {
        "litres": made.inner_litres,
        "tare": sum(parcel.tare_mg for parcel in made.parcels) / 1e6,
        "billed": sum(parcel.chargeable.chargeable_mg for parcel in made.parcels if parcel.chargeable) / 1e6,
        "emissions": by_mass.total_co2e_mg / 1e6,
    }
