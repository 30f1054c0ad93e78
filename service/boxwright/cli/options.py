"""Options that several commands share, and what they make: policy, lane, profiles."""

import dataclasses
import datetime as dt
import enum
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin, get_type_hints

import click

from boxwright.cli.failures import refusal
from boxwright.cli.idle_options import idle_of_lane, idle_of_policy
from boxwright.cli.option_rows import CARRIER_ROWS, DESTINATION_ROW, LANE_ROWS, POLICY_ROWS, Row
from boxwright.cli.remote import FileName, fetched
from boxwright.domain.footprint import Allocation
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.place import Place
from boxwright.domain.policy import EmissionsBasis, Policy
from boxwright.domain.price_table import PriceTable
from boxwright.domain.property_cap import PropertyCap
from boxwright.domain.protection import ASKED_RULES
from boxwright.domain.stacking import StackingCondition
from boxwright.errors import InvalidInputError

if TYPE_CHECKING:
    from boxwright.findings import Findings

Command = TypeVar("Command", bound=Callable[..., Any])
Option = Callable[[Command], Command]


def _option(row: Row, of: type) -> Option[Any]:
    """Return the option of a field: its type, whether it repeats, and its default, unless the help says one."""
    field = next((each for each in dataclasses.fields(of) if each.name == row.field), None)
    hint: Any = get_type_hints(of)[row.field] if field else tuple[str, ...]
    repeats = get_origin(hint) is tuple and row.field not in _ONCE
    inner = [each for each in get_args(hint) if each not in (types.NoneType, ...)]
    kind = inner[0] if inner else hint
    default = None if repeats or field is None or "[default:" in row.help or row.field in _ONCE else field.default
    how: dict[str, Any] = {"multiple": True} if repeats else {"default": default}
    if kind is bool:
        how |= {} if "/" in row.flag else {"is_flag": True}
    elif row.field in _TYPES:
        how["type"] = _TYPES[row.field]
    elif issubclass(kind, enum.Enum):
        how["type"] = click.Choice([member.value for member in _CHOICES.get(row.field, kind)])
        how |= {} if repeats or default is None else {"default": default.value, "show_default": True}
    elif kind in (int, float):
        how |= {"type": kind, "show_default": default is not None}
    return click.option(row.flag, row.field, help=row.help, metavar=row.metavar or None, **how)


_ONCE = ("price_tables",)
"""Fields of several values that one option gives."""
_TYPES: dict[str, Any] = {
    "ship_date": click.DateTime(["%Y-%m-%d"]),
    "price_tables": FileName(),
    "main_mode": click.Choice(["road", "rail", "sea", "air"]),
}
"""What fields are taken as where that does not follow from their type."""
_CHOICES: Mapping[str, Iterable[enum.Enum]] = {"protection": ASKED_RULES}
"""Members that may be chosen, where not all of a type may."""


class CatalogName(click.types.StringParamType):
    """Name or file of a catalog; the error for a missing one says where names come from."""

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """Return what is said after the name of the option."""
        return "`boxwright catalog list` lists those that are shipped."


CATALOG = click.option(
    "--catalog",
    required=True,
    type=CatalogName(),
    metavar="NAME|FILE",
    help="Boxes to choose from: name of a shipped catalog (see `boxwright catalog list`), or a .toml or .csv file.",
)
STARTED = click.option(
    "--started",
    "started_file",
    metavar="FILE.json",
    type=click.Path(path_type=Path),
    help="Parcels already started: JSON with started_parcels, each of started_parcel_id, box_type_id and placements, as"
    " in a plan or by line_id and unit_index alone.",
)
POLICY = tuple(_option(row, Policy) for row in POLICY_ROWS)
_BY_PRICES = POLICY_ROWS[0].help.partition("  [")[0] + "  [default: by the prices that are known, see above]"
EVALUATED_POLICY = (_option(POLICY_ROWS[0]._replace(help=_BY_PRICES), Policy), *POLICY[1:])
LANE = tuple(_option(row, Lane) for row in LANE_ROWS)
_SERVICES = click.option(
    "--carrier-service",
    "carrier_services",
    multiple=True,
    metavar="ID[:ZONE]",
    help="Whose rules give limits and chargeable weight, such as ups/us-daily, and the zone of its tariff, if not"
    " that of --zone; repeat it to evaluate each catalog with each.",
)
EVALUATED_LANE = tuple(
    _SERVICES if row.field == "carrier_service" else option for row, option in zip(LANE_ROWS, LANE, strict=True)
)
CARRIER = tuple(_option(row, Lane) for row in (DESTINATION_ROW, *CARRIER_ROWS))


def with_options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Return a decorator that adds options in the order given."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def take_policy(given: dict[str, Any], stated: Mapping[str, Any] | None = None) -> Policy:
    """Take the policy options out of a command's parameters and return the policy.

    Parameters
    ----------
    given : dict
        Parameters of the command.
    stated : mapping, optional
        Fields that a file states: they go before the options. Default none.

    Raises
    ------
    InvalidInputError
        With every broken rule.
    """
    from boxwright.findings import Findings  # numpy comes with it, which help needs not

    found = Findings()
    stated = stated or {}
    found.extend(idle_of_policy({**given, **stated}))
    found.raise_any()
    chosen = _taken(given, POLICY_ROWS, found)
    found.raise_any()
    return Policy(**{**chosen, **stated})


def _taken(given: dict[str, Any], rows: Iterable[Row], found: "Findings") -> dict[str, Any]:
    """Take what was typed out of a command's parameters, and return it as fields; note what cannot be read."""
    chosen: dict[str, Any] = {}
    for flag, field, *_ in rows:
        value = given.pop(field, None)
        if value in (None, ()):
            continue
        if field not in _READERS:
            chosen[field] = value
        elif not isinstance(value, tuple):
            chosen[field] = _read(flag, value, _READERS[field], found)
        else:
            chosen[field] = tuple(_read(flag, text, _READERS[field], found) for text in value)
    return chosen


def _read(flag: str, text: Any, reader: Callable[[Any], Any], found: "Findings") -> Any:
    """Return what a text means; None after noting what it breaks, under the text where a part of it breaks a rule."""
    try:
        return reader(text)
    except InvalidInputError as error:
        for each in error.violations:
            # The text of a leg has no names in it.
            rule = f"{each.field} {each.rule}" if each.field and flag != "--leg" else each.rule
            found.add(f"{flag} {text}" if each.field else flag, rule)
        return None


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
        raise refusal("", f"must name {allowed} after the colon, got {allocation!r}") from None


def parse_cap(text: str) -> PropertyCap:
    """Return the property cap that ``NAME=MOST`` describes.

    Raises
    ------
    InvalidInputError
        If it has another form, or breaks a rule of caps.
    """
    name, _, number = text.rpartition("=")
    try:
        most = float(number)
    except ValueError:
        raise refusal("", f"must be NAME=MOST, such as lithium_wh=100, got {text!r}") from None
    return PropertyCap(name, most)


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
            raise refusal("", f"must name each of {known} at most once, got {part.strip()!r}")
        given[name] = _stacking_value(name, value, flag=field.default is False)
    return StackingCondition(**given)


def _stacking_value(name: str, value: str, *, flag: bool) -> object:
    if flag:
        return {"": True, "true": True, "false": False}.get(value, value)
    if name == "pattern":
        return value
    try:
        return int(value) if name == "layers" else float(value)
    except ValueError:
        kind = "a whole number" if name == "layers" else "a number"
        raise refusal("", f"{name} must be {kind}, got {value!r}") from None


def take_lane(given: dict[str, Any]) -> Lane | None:
    """Take the lane options out of a command's parameters and return the lane; None if none was given.

    Raises
    ------
    InvalidInputError
        With every broken rule of every leg.
    """
    from boxwright.findings import Findings

    found = Findings()
    found.extend(idle_of_lane(given))
    found.raise_any()
    chosen = _taken(given, [row for row in LANE_ROWS if row.field not in ("profiles", "price_tables")], found)
    prices = given.pop("price_tables")
    found.raise_any()
    derive = bool(chosen.keys() & {"origin", "destination"})
    if not derive and prices is None and not chosen.keys() & {"legs", "carrier_service", "destination_country"}:
        return None
    return Lane(**chosen, derive_legs=derive, price_tables=() if prices is None else _price_tables(prices))


def take_lanes(given: dict[str, Any]) -> tuple[Lane | None, ...]:
    """Take the options of ``EVALUATED_LANE`` out of a command's parameters; return a lane for each carrier service.

    Raises
    ------
    InvalidInputError
        With every broken rule of every leg.
    """
    services = [each.partition(":") for each in given.pop("carrier_services")] or [("", "", "")]
    for service, colon, zone in services:
        if colon and not (service and zone):
            raise refusal("--carrier-service", f"must be ID or ID:ZONE, got {service + colon + zone!r}")
    if given["zone"] and all(zone for _, _, zone in services):
        raise refusal("--zone", "changes nothing: each --carrier-service names a zone of its own")
    zones = [zone or given["zone"] for _, _, zone in services]
    first = take_lane(given | {"carrier_service": services[0][0], "zone": zones[0]})
    for row in LANE_ROWS:
        if row.field != "profiles":
            given.pop(row.field, None)
    if first is None:
        return (None,)
    ways = zip(services, zones, strict=True)
    return tuple(replace(first, carrier_service=service, zone=zone) for (service, _, _), zone in ways)


def _price_tables(path: Path) -> tuple[PriceTable, ...]:
    from boxwright.catalog.price_tables import load_price_tables

    return load_price_tables(fetched(path))


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


def read_field(field: str, value: object) -> object:
    """Return what a file states of a field: in the form of its option where that is a text that is read.

    Raises
    ------
    InvalidInputError
        If it breaks a rule of the form.
    """
    if field not in _READERS:
        return value
    if isinstance(value, list):
        return tuple(read_field(field, each) for each in value)
    if not isinstance(value, str):
        raise refusal("", f"must be a text, as its option takes it, got {value!r}")
    return _READERS[field](value)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "emissions_basis": parse_basis,
    "property_caps": parse_cap,
    "stacking": parse_stacking,
    "legs": parse_leg,
    "origin": parse_place,
    "destination": parse_place,
    "ship_date": dt.datetime.date,
}
"""What makes a field of the text typed, where it is not that text."""
