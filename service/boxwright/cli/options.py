"""Options that several commands share, and what they make: policy, lane, profiles."""

import dataclasses
import datetime as dt
import enum
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from boxwright.cli.failures import refusal
from boxwright.cli.idle_options import OF_THE_WAY, idle_of_lane, idle_of_policy, refuse
from boxwright.domain.emissions_basis import EmissionsBasis, UnverifiedFactorRule
from boxwright.domain.footprint import Allocation
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.place import Place
from boxwright.domain.policy import Engine, Objective, Plausibility, Policy, SolvingMode
from boxwright.domain.price_table import PriceTable
from boxwright.domain.property_cap import PropertyCap
from boxwright.domain.stacking import StackingCondition
from boxwright.errors import FieldViolation, InvalidInputError

Command = TypeVar("Command", bound=Callable[..., Any])


def _values(kind: type[enum.StrEnum]) -> click.Choice[str]:
    return click.Choice([member.value for member in kind])


CATALOG = click.option(
    "--catalog",
    required=True,
    metavar="NAME|FILE",
    help="Boxes to choose from: name of a shipped catalog (see `boxwright catalog list`), or a .toml or .csv file.",
)

POLICY = (
    click.option(
        "--objective",
        "objectives",
        multiple=True,
        type=_values(Objective),
        help="What to minimise; repeat for the next one where plans tie.  [default: parcel_count, inner_volume]",
    ),
    click.option(
        "--support-ratio",
        type=float,
        default=0.75,
        show_default=True,
        help="Least share of each base that rests on something, 0 to 1; 0 also switches stability off.",
    ),
    click.option(
        "--fit-clearance",
        "fit_clearance_mm",
        type=float,
        default=0.0,
        show_default=True,
        metavar="MM",
        help="Slack kept along each inner edge of the box, in mm.",
    ),
    click.option(
        "--fill-limit",
        type=float,
        default=1.0,
        show_default=True,
        help="Largest share of the box that goods and cushioning may take, above 0 to 1.",
    ),
    click.option("--max-parcels", type=int, metavar="N", help="Most parcels of an order.  [default: unlimited]"),
    click.option("--allow-partial", is_flag=True, help="Accept plans that leave units out."),
    click.option(
        "--mode",
        type=_values(SolvingMode),
        default=SolvingMode.BALANCED.value,
        show_default=True,
        help="Effort of the search.",
    ),
    click.option(
        "--engine",
        type=_values(Engine),
        default=Engine.BOXWRIGHT.value,
        show_default=True,
        help="What places the units; py3dbp is a baseline to compare with.",
    ),
    click.option(
        "--void-fill", "void_fill_id", default="", metavar="ID|none", help="Void fill.  [default: the catalog's]"
    ),
    click.option(
        "--void-fill-share",
        type=float,
        metavar="SHARE",
        help="Share of the empty space that void fill takes, 0 to 1.  [default: 1]",
    ),
    click.option(
        "--cushioning",
        "cushioning_ids",
        multiple=True,
        metavar="ID",
        help="Cushioning; repeat for others that may be used as well, one in a parcel.  [default: the catalog's]",
    ),
    click.option(
        "--handling-profile",
        default="",
        metavar="NAME[@VERSION]",
        help="Drops to cushion for, such as ista-2a (see `boxwright materials list`).  [default: ista-1a]",
    ),
    click.option(
        "--lifting-profile",
        default="",
        metavar="NAME[@VERSION]",
        help="What several units of a parcel may weigh and which parcels are marked, such as freight (see `boxwright"
        " materials list`).  [default: manual]",
    ),
    click.option("--tape", "tape_id", default="", metavar="ID|none", help="Tape.  [default: the catalog's]"),
    click.option("--label", "label_id", default="", metavar="ID|none", help="Label.  [default: the catalog's, if any]"),
    click.option(
        "--blocking",
        "blocking_id",
        default="",
        metavar="ID|none",
        help="Blocks spaces that fill alone does not hold.  [default: the catalog's, if any]",
    ),
    click.option(
        "--tape-rule",
        default="",
        metavar="ID",
        help="Which seams are taped: centre-seams or h-seal.  [default: the data's, centre-seams]",
    ),
    click.option(
        "--require",
        "material_requirements",
        multiple=True,
        metavar="CLAIM",
        help="Claim that all packaging meets, dunnage and tape too: plastic_free, recyclable,"
        " recyclable_at_destination, compostable, home_compostable, reusable; may be repeated.",
    ),
    click.option(
        "--min-recycled-content",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="Least recycled content of each packaging material, 0 to 1.  [default: 0]",
    ),
    click.option(
        "--exclude-material",
        "excluded_materials",
        multiple=True,
        metavar="ID",
        help="Material that no packaging may be of; may be repeated.",
    ),
    click.option(
        "--prefer-reusable",
        is_flag=True,
        help="Of plans equal in the objectives take the one with fewer parcels in single-use boxes.",
    ),
    click.option(
        "--emissions-basis",
        default="",
        metavar="PROFILE[:ALLOCATION]",
        help="Whose grams the objective emissions compares, such as us-epa or uk-desnz:dimensional_weight.  [default:"
        " the first profile, by mass]",
    ),
    click.option(
        "--unverified-factors",
        "unverified_factor_rule",
        type=_values(UnverifiedFactorRule),
        default=UnverifiedFactorRule.UPPER_END.value,
        show_default=True,
        help="How unverified factors count where plans are compared by emissions.",
    ),
    click.option(
        "--accept-incomplete-footprint",
        is_flag=True,
        help="Compare by emissions although the profile lacks a factor.",
    ),
    click.option(
        "--carbon-price",
        "carbon_price_per_tonne_minor",
        type=int,
        metavar="MINOR",
        help="Price of a tonne of CO2e that objectives in money add, in minor units of the catalog's currency; needs"
        " --emissions-basis.",
    ),
    click.option(
        "--property-cap",
        "property_caps",
        multiple=True,
        metavar="NAME=MOST",
        help="The most of a property of the order's lines that one parcel may hold, such as lithium_wh=100; may be"
        " repeated.",
    ),
    click.option(
        "--plausibility",
        type=_values(Plausibility),
        default=Plausibility.WARN.value,
        show_default=True,
        help="What becomes of orders whose densities or edges look like a slip of unit or decimal point.",
    ),
    click.option(
        "--stack",
        "stacking",
        metavar="NAME=VALUE,...",
        help="Pile of equal parcels that the lowest box bears: layers or stack_height_mm; days, humidity_percent,"
        " pattern (column_aligned, column, interlocked), overhang, deckboard_gap, rough_handling; or safety_factor in"
        " place of these, such as layers=5,days=90,humidity_percent=80,pattern=column.",
    ),
    click.option(
        "--box-certificate",
        is_flag=True,
        help="Keep to the gross mass and sum of sides of the US box certificate, by the grade of each box's board.",
    ),
)

STARTED = click.option(
    "--started",
    "started_file",
    metavar="FILE.json",
    type=click.Path(path_type=Path),
    help="Parcels already started: a JSON list of started_parcel_id, box_type_id and placements as in a plan.",
)

DESTINATION = click.option(
    "--destination-country",
    default="",
    metavar="CODE",
    help="Country where the order goes, as DE; recyclable_at_destination needs it.  [default: unknown]",
)

CARRIER = (
    click.option(
        "--carrier-service",
        default="",
        metavar="ID",
        help="Whose rules give limits and chargeable weight, such as ups/us-daily.",
    ),
    click.option(
        "--ship-date",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="DATE",
        help="Picks the carrier rule, as 2025-03-31.  [default: today]",
    ),
    click.option("--zone", default="", metavar="NAME", help="Zone of the carrier's tariff that the parcel goes to."),
    click.option(
        "--prices",
        "prices_file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Price tables, .toml or .csv: what carriage costs by zone and weight.",
    ),
)

LANE = (
    click.option(
        "--origin-country",
        default="",
        metavar="CODE",
        help="Country where the way of --leg begins, as CN: it settles the class of a flight.  [default: unknown]",
    ),
    DESTINATION,
    click.option(
        "--profile",
        "profiles",
        multiple=True,
        metavar="ID",
        help="Accounting profile, such as uk-desnz or us-epa@2025; may be repeated.  [default: uk-desnz, us-epa]",
    ),
    click.option(
        "--leg",
        "legs",
        multiple=True,
        metavar="MODE:KM[:VEHICLE[:DENSITY]]",
        help="One leg of the way, such as road:500, air:9000 or road:20:van_diesel_avg; in travel order. The density is"
        " the mean of the vehicle's load in kg per m3, for --volume-share.",
    ),
    click.option(
        "--from",
        "origin",
        metavar="PLACE",
        help="Where the way starts, as COUNTRY[:POSTAL_CODE][@GATEWAY], such as CN:518000 or CN:518000@HKG; with --to"
        " in place of --leg. The gateway is an airport (IATA) or a port (UN/LOCODE).",
    ),
    click.option("--to", "destination", metavar="PLACE", help="Where the way ends, such as DE:20457 or DE@DEHAM."),
    click.option(
        "--by",
        "main_mode",
        type=click.Choice(["road", "rail", "sea", "air"]),
        help="Main mode between --from and --to.  [default: by the routing rule]",
    ),
    click.option(
        "--hubs/--no-hubs",
        "include_hubs",
        default=None,
        help="Whether to count a hub between each two legs, at handovers from and to derived vans too.  [default: not"
        " counted, and the plan says so]",
    ),
    click.option(
        "--radiative-forcing",
        "include_radiative_forcing",
        is_flag=True,
        help="Count what flights warm beyond the CO2e of their fuel, as lines of their own.",
    ),
    click.option(
        "--volume-share",
        "include_volume_share",
        is_flag=True,
        help="Share transport out by volume too; needs a mean density of each leg's load.",
    ),
    *CARRIER,
)


def with_options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Return a decorator that adds options in the order given."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def take_policy(given: dict[str, Any]) -> Policy:
    """Take the policy options out of a command's parameters and return the policy.

    Raises
    ------
    InvalidInputError
        With every broken rule.
    """
    refuse(idle_of_policy(given))
    names = (
        *("support_ratio", "fit_clearance_mm", "fill_limit", "max_parcels", "allow_partial", "mode", "engine"),
        *("void_fill_id", "cushioning_ids", "tape_id", "material_requirements", "box_certificate", "handling_profile"),
        *("label_id", "blocking_id", "tape_rule", "lifting_profile", "plausibility"),
        *("unverified_factor_rule", "accept_incomplete_footprint"),
        *("min_recycled_content", "excluded_materials", "prefer_reusable"),
    )
    chosen = {name: given.pop(name) for name in names}
    objectives, share = given.pop("objectives"), given.pop("void_fill_share")
    chosen["void_fill_share"] = 1.0 if share is None else share
    caps = tuple(parse_cap(text) for text in given.pop("property_caps"))
    chosen["carbon_price_per_tonne_minor"] = given.pop("carbon_price_per_tonne_minor")
    basis = parse_basis(given.pop("emissions_basis"))
    stacking = given.pop("stacking")
    chosen["stacking"] = None if stacking is None else parse_stacking(stacking)
    return Policy(
        **chosen, property_caps=caps, emissions_basis=basis, **({"objectives": objectives} if objectives else {})
    )


def parse_basis(text: str) -> EmissionsBasis | None:
    """Return the basis that ``PROFILE[:ALLOCATION]`` describes; None for an empty text.

    Raises
    ------
    InvalidInputError
        If it breaks a rule.
    """
    if not text:
        return None
    profile_id, _, allocation = text.partition(":")
    try:
        return EmissionsBasis(profile_id, Allocation(allocation or Allocation.MASS))
    except ValueError:
        allowed = " or ".join(each.value for each in Allocation)
        raise refusal("--emissions-basis", f"must name {allowed} after the colon, got {allocation!r}") from None


def parse_cap(text: str) -> PropertyCap:
    """Return the property cap that ``NAME=MOST`` describes.

    Raises
    ------
    InvalidInputError
        If it has another form, or breaks a rule of caps.
    """
    name, _, number = text.rpartition("=")
    try:
        return PropertyCap(name, float(number))
    except ValueError:
        rule = f"must be NAME=MOST, such as lithium_wh=100, got {text!r}"
        raise InvalidInputError([FieldViolation("--property-cap", rule)]) from None
    except InvalidInputError as error:
        rules = [FieldViolation(f"--property-cap {text}", f"{each.field} {each.rule}") for each in error.violations]
        raise InvalidInputError(rules) from None


def parse_stacking(text: str) -> StackingCondition:
    """Return the stacking condition that ``NAME=VALUE,...`` describes; a flag stands alone or is ``true``.

    Raises
    ------
    InvalidInputError
        If it has another form, or breaks a rule of stacking conditions.
    """
    given: dict[str, Any] = {}
    for part in text.split(","):
        name, _, value = (each.strip() for each in part.partition("="))
        field = next((each for each in dataclasses.fields(StackingCondition) if each.name == name), None)
        if field is None or name in given:
            known = ", ".join(each.name for each in dataclasses.fields(StackingCondition))
            rule = f"must name each of {known} at most once, got {part.strip()!r}"
            raise InvalidInputError([FieldViolation("--stack", rule)])
        given[name] = _stacking_value(name, value, flag=field.default is False)
    try:
        return StackingCondition(**given)
    except InvalidInputError as error:
        rules = [FieldViolation(f"--stack {text}", f"{each.field} {each.rule}") for each in error.violations]
        raise InvalidInputError(rules) from None


def _stacking_value(name: str, value: str, *, flag: bool) -> object:
    if flag:
        return {"": True, "true": True, "false": False}.get(value, value)
    if name == "pattern":
        return value
    try:
        return int(value) if name == "layers" else float(value)
    except ValueError:
        kind = "a whole number" if name == "layers" else "a number"
        raise InvalidInputError([FieldViolation("--stack", f"{name} must be {kind}, got {value!r}")]) from None


def take_lane(given: dict[str, Any]) -> Lane | None:
    """Take the lane options out of a command's parameters and return the lane; None if none was given.

    Raises
    ------
    InvalidInputError
        With every broken rule of every leg.
    """
    refuse(idle_of_lane(given))
    texts, service, moment = given.pop("legs", ()), given.pop("carrier_service"), given.pop("ship_date")
    zone, prices = given.pop("zone"), given.pop("prices_file")
    start, country = given.pop("origin_country", ""), given.pop("destination_country")
    ship_date: dt.date | None = moment.date() if moment else None
    flags = {name: given.pop(name) for name in OF_THE_WAY if name in given}
    mode, ends = given.pop("main_mode", None), {name: given.pop(name, None) for name in ("origin", "destination")}
    legs, violations = [], []
    places: dict[str, Place] = {}
    for name, text in ends.items():
        try:
            places.update({name: parse_place(text)} if text else {})
        except InvalidInputError as error:
            option = "--from" if name == "origin" else "--to"
            violations += [FieldViolation(f"{option} {text}", f"{each.field} {each.rule}") for each in error.violations]
    for text in texts:
        try:
            legs.append(parse_leg(text))
        except InvalidInputError as error:
            violations += [FieldViolation(f"--leg {text}", each.rule) for each in error.violations]
    refuse(violations)
    if not legs and not service and not country and not places and prices is None:
        return None
    tables: tuple[PriceTable, ...] = ()
    if prices is not None:
        from boxwright.catalog.price_tables import load_price_tables

        tables = load_price_tables(prices)
    return Lane(
        tuple(legs),
        origin_country=start,
        destination_country=country,
        carrier_service=service,
        ship_date=ship_date,
        zone=zone,
        price_tables=tables,
        origin=places.get("origin"),
        destination=places.get("destination"),
        derive_legs=bool(places),
        main_mode=mode,
        **flags,
    )


def parse_place(text: str) -> Place:
    """Return the place that ``COUNTRY[:POSTAL_CODE][@GATEWAY]`` describes; a gateway of 5 characters is a port.

    Raises
    ------
    InvalidInputError
        If it breaks a rule of places.
    """
    where, _, gateway = text.partition("@")
    country, _, postal_code = where.partition(":")
    port = gateway if len(gateway) == 5 else ""
    return Place(country, postal_code, port, "" if port else gateway)


def parse_leg(text: str) -> Leg:
    """Return the leg that ``MODE:KM[:VEHICLE[:DENSITY]]`` describes.

    Raises
    ------
    InvalidInputError
        If it has another form, or breaks a rule of legs.
    """
    mode, *rest = text.split(":")
    if len(rest) not in (1, 2, 3):
        raise refusal("leg", "must be MODE:KM or MODE:KM:VEHICLE, such as road:500")
    try:
        distance_km = float(rest[0])
    except ValueError:
        raise refusal("leg", f"must hold a number of km, got {rest[0]!r}") from None
    density = None
    if len(rest) == 3:
        try:
            density = float(rest[2])
        except ValueError:
            raise refusal("leg", f"must hold a number of kg per m3, got {rest[2]!r}") from None
    vehicle = rest[1] if len(rest) > 1 else ""
    return Leg(mode, distance_km, vehicle=vehicle, mean_density_kg_per_m3=density)  # type: ignore[arg-type]  # Leg coerces


def take_profiles(given: dict[str, Any]) -> tuple[str, ...] | None:
    """Take the profiles out of a command's parameters; None means the defaults."""
    profiles: tuple[str, ...] = given.pop("profiles")
    return profiles or None
