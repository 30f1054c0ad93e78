"""Options that commands share, and the objects that they describe: catalogs, policies, lanes and profiles."""

import dataclasses
import datetime as dt
import enum
import functools
import math
import re
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin, get_type_hints

import click

from boxwright.cli.failures import refusal, warn
from boxwright.cli.files import FileName, fetched, fetched_name
from boxwright.cli.option_rows import LANE_ROWS, POLICY_ROWS, Row, option_of
from boxwright.domain.footprint import Allocation
from boxwright.domain.lane import Lane, Leg
from boxwright.domain.place import Place
from boxwright.domain.policy import EmissionsBasis, Policy
from boxwright.domain.property_cap import PropertyCap
from boxwright.domain.protection import ASKED_RULES
from boxwright.domain.strength import StackingCondition
from boxwright.errors import DataFileError, FieldViolation, InvalidInputError

if TYPE_CHECKING:
    from boxwright.domain.box import Catalog
    from boxwright.evaluation import Yearly
    from boxwright.findings import Findings
    from boxwright.planning import Task

PATH = click.Path(path_type=Path)
Command = TypeVar("Command", bound=Callable[..., Any])
Option = Callable[[Command], Command]


class FiniteRange(click.FloatRange):
    """A range of finite floats; the range of click accepts NaN."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number."""
        made: float = super().convert(value, param, ctx)
        if not math.isfinite(made):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return made


_ONCE = ("price_tables", "sizes")
"""Fields with several values that one option sets."""
_TYPES: dict[str, Any] = {
    "ship_date": click.DateTime(["%Y-%m-%d"]),
    "price_tables": FileName(),
    "sizes": click.STRING,
    "main_mode": click.Choice(["road", "rail", "sea", "air"]),
    "protection": click.Choice([rule.value for rule in ASKED_RULES]),
}
"""Types of options, by field, that the type of the field does not determine."""
_MOST_CHOICES_IN_LINE = 8
"""Maximum number of choices in the usage line of an option; longer lists go into its help text, which wraps."""


def field_option(row: Row, of: type) -> Option[Any]:
    """Return the option that sets a field of a class; a default that the help text states is left to the class."""
    field = next((field for field in dataclasses.fields(of) if field.name == row.field), None)
    hint: Any = get_type_hints(of)[row.field] if field else tuple[str, ...]
    repeats = get_origin(hint) is tuple and row.field not in _ONCE
    kind = next((inner for inner in get_args(hint) if inner not in (types.NoneType, ...)), hint)
    stated = repeats or field is None or "[default:" in row.help or row.field in _ONCE
    default = None if stated or field is None else field.default
    how: dict[str, Any] = {"multiple": True} if repeats else {"default": default}
    if isinstance(kind, type) and issubclass(kind, enum.Enum) and default is not None:
        how |= {"default": default.value, "show_default": True}
    if row.field in _TYPES:
        how["type"] = _TYPES[row.field]
    elif kind is bool:
        how |= {} if "/" in row.flag else {"is_flag": True}
    elif isinstance(kind, type) and issubclass(kind, enum.Enum):
        how["type"] = click.Choice([member.value for member in kind])
    elif kind in (int, float):
        how |= {"type": kind, "show_default": default is not None}
    text, metavar = row.help, row.metavar or None
    if metavar is None and len(choices := getattr(how.get("type"), "choices", ())) > _MOST_CHOICES_IN_LINE:
        text, metavar = f"{text}  One of {', '.join(choices)}.", row.flag.strip("-").upper()
    return click.option(row.flag, row.field, help=text, metavar=metavar, **how)


def file_option(flag: str, name: str, metavar: str, text: str, *, written: bool = True, **how: Any) -> Option[Any]:
    """Return an option for a local or remote file: an output or, unless ``written``, an input."""
    return click.option(flag, name, metavar=metavar, type=FileName(written=written), help=text, **how)


def choice_option(flag: str, name: str, choices: Sequence[str], text: str) -> Option[Any]:
    """Return an option with a choice of values; the first is the default."""
    kind = click.Choice(choices)
    return click.option(flag, name, type=kind, default=choices[0], show_default=True, help=text)


class _CatalogName(click.types.StringParamType):
    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:
        return "Give a file, or a name that `boxwright catalog list` shows."


CATALOG_NAME = _CatalogName()
CATALOG = click.option(
    "--catalog",
    type=CATALOG_NAME,
    required=True,
    metavar="NAME|FILE",
    help="Boxes to choose from: name of a shipped catalog (see `boxwright catalog list`), or a .toml or .csv file.",
)
STARTED = click.option(
    "--started",
    "started_file",
    metavar="FILE.json",
    type=PATH,
    help="Parcels already started: JSON with started_parcels, each with started_parcel_id, box_type_id and placements,"
    " as in a plan or by line_id and unit_index alone.",
)
WITHOUT_BOX = click.option(
    "--without-box",
    "without_boxes",
    multiple=True,
    metavar="BOX",
    help="Box type of the catalog that is not available; repeatable. Check and verify the plan with the same option.",
)
POLICY = tuple(field_option(row, Policy) for row in POLICY_ROWS)
POLICY_FILES = file_option(
    *("--policy", "policy_files", "FILE.toml"),
    "Policy to evaluate each catalog under; repeatable. It is named after its file. The options below set the fields"
    " that the file does not state.",
    written=False,
    multiple=True,
)
_BY_PRICES = POLICY_ROWS[0].help.partition("  [")[0] + "  [default: by the prices that are known, see above]"
EVALUATED_POLICY = (POLICY_FILES, field_option(POLICY_ROWS[0]._replace(help=_BY_PRICES), Policy), *POLICY[1:])
LANE = tuple(field_option(row, Lane) for row in LANE_ROWS)
TASK = (STARTED, CATALOG, WITHOUT_BOX, *POLICY, *LANE)
MARKETS = (
    click.option(
        "--market",
        "markets",
        multiple=True,
        metavar="ID",
        help="Check plans against the rules of a market, such as eu, on the ship date; repeatable.",
    ),
    click.option(
        "--reuse-system",
        is_flag=True,
        help="With --market: reusable boxes belong to a system for re-use as in Regulation (EU) 2025/40.",
    ),
)
_SERVICES = click.option(
    "--carrier-service",
    "carrier_services",
    multiple=True,
    metavar="ID[:ZONE]",
    help="Carrier service for limits and chargeable weight, such as ups/us-daily; repeat it to compare carriers. ZONE"
    " is the zone of its tariff.  [default: as --zone]",
)
DESTINATIONS = file_option(
    *("--destinations", "destinations_file", "FILE.csv"),
    "Zones by destination, for orders with extra_country_code and extra_postal_code. Columns: destination, zone and,"
    " if legs differ, legs. A destination is a country (AT), a country and the start of a postal code (ES:07), or *"
    " for all others.",
    written=False,
)
EVALUATED_LANE = (
    *(_SERVICES if row.field == "carrier_service" else option for row, option in zip(LANE_ROWS, LANE, strict=True)),
    DESTINATIONS,
)
OF_A_YEAR = click.option(
    "--orders-per-year",
    type=FiniteRange(0, min_open=True),
    metavar="N",
    help="Number of orders a year, for yearly figures.  [default: by the ship dates of the orders, if 95 % have one and"
    " they span four weeks]",
)
MAP = click.option("--map", "map_file", type=PATH, metavar="FILE.toml", help="Column map, as --save-map writes it.")
SAVE_MAP = file_option("--save-map", "save_map", "FILE.toml", "Write the column map.")
ENCODING = click.option(
    "--encoding", default="", metavar="NAME", help="Encoding of CSV.  [default: UTF-8 or, if that fails, Windows-1252]"
)


def with_options(*options: Option[Command]) -> Option[Command]:
    """Return a decorator that adds options in the given order."""
    return lambda command: functools.reduce(lambda made, option: option(made), reversed(options), command)


def take_catalog(name: str) -> "Catalog":
    """Return the catalog of a name, file or address; warnings go to standard error.

    Raises InvalidInputError for an unknown catalog, DataFileError or UnsupportedError for an unreadable file.
    """
    from boxwright.catalog import load_catalog, plan_cautions

    catalog = load_catalog(fetched_name(name))
    warn(f"catalog {catalog.catalog_id}: {caution.message}" for caution in plan_cautions(catalog))
    return catalog


def take_policy(given: dict[str, Any], stated: Mapping[str, Any] | None = None) -> Policy:
    """Return the policy that options describe; fields ``stated`` in a policy file take precedence.

    Raises InvalidInputError with every broken rule.
    """
    from boxwright.findings import Findings  # imports numpy, which --help does not need

    found = Findings()
    chosen = taken(given, POLICY_ROWS, found)
    found.raise_any()
    return Policy(**{**chosen, **(stated or {})})


def take_policies(given: dict[str, Any], files: Sequence[Path]) -> tuple[dict[str, Policy], list[str]]:
    """Return the policies that options and policy files describe, and the names of those without objectives.

    Policies are named after their file; without files, there is one with an empty name. Fields of a file take
    precedence over options. Raises InvalidInputError with every broken rule of the options, DataFileError with those
    of a file.
    """
    policies, open_ones = dict[str, Policy](), list[str]()
    stated: dict[str, dict[str, Any]] = {} if files else {"": {}}
    for file in files:
        if file.suffix.lower() != ".toml":
            raise refusal("--policy", f"must end in .toml, got {file.name!r}")
        if file.stem in stated:
            raise refusal("--policy", f"must have unique file names, {file.stem!r} is repeated")
        stated[file.stem] = _read_policy(file)
    for name, fields in stated.items():
        open_ones += [] if fields.get("objectives") or given["objectives"] else [name]
        try:
            policy = take_policy(given, fields)
        except InvalidInputError as error:
            own = [rule for rule in error.violations if re.split(r"[\[.]", rule.field)[0] in fields]
            raise (DataFileError(f"{name}.toml", own) if own else error) from None
        same = next((other for other in policies if policies[other] == policy), None)
        if same is not None:
            raise refusal("--policy", f"must be files with different policies, but {name!r} equals {same!r}")
        policies[name] = policy
    return policies, open_ones


def _read_policy(file: Path) -> dict[str, Any]:
    """Return the fields of a policy file; those of classes are strings in the format of their option."""
    from boxwright.catalog.columns import columns_of, note_unknown, read_fields
    from boxwright.catalog.files import read_document
    from boxwright.findings import Findings

    def read(value: Any, field: str, at: "Findings") -> Any:
        texts = value if isinstance(value, list) else [value]
        if not all(isinstance(text, str) for text in texts):
            at.add(field, f"must be a string in the format of its option, got {value!r}")
            return None
        parts = [at.field(field).attempt(_READERS[field], text) for text in texts]
        return tuple(parts) if isinstance(value, list) else parts[0]

    found = Findings(file=file.name)
    content = read_document(fetched(file), found) or {}
    columns = columns_of(Policy, read=dict.fromkeys(("emissions_basis", "property_caps", "stacking"), read))
    note_unknown(content, columns, found)
    fields = read_fields({name: column for name, column in columns.items() if name in content}, content, found)
    found.raise_any()
    return fields


def take_lane(given: dict[str, Any]) -> Lane:
    """Return the lane that options describe; raises InvalidInputError with every broken rule."""
    from boxwright.findings import Findings

    found = Findings()
    chosen = taken(given, [row for row in LANE_ROWS if row.field not in ("profiles", "price_tables")], found)
    found.raise_any()
    if (prices := given["price_tables"]) is not None:
        from boxwright.catalog.price_tables import load_price_tables

        chosen["price_tables"] = load_price_tables(fetched(prices))
    if (file := given.get("destinations_file")) is not None:
        return _read_destinations(file, chosen)
    return Lane(**chosen, derive_legs="origin" in chosen or "destination" in chosen)


def _read_destinations(file: Path, lane: dict[str, Any]) -> Lane:
    from boxwright.evaluation.destinations import Destinations
    from boxwright.findings import Findings
    from boxwright.tabular.table import Torn, open_table, plain_text

    for field in ("zone", "origin", "destination"):
        if lane.get(field):
            raise refusal(option_of(field), f"must not be given with --destinations, whose rows state the {field}")
    table, found, rows = open_table(fetched(file)), Findings(file=file.name), list[Any]()
    columns = ["destination", "zone", "legs"]
    if table.header not in (columns, columns[:2]):
        found.add("columns", f"must be {', '.join(columns[:2])} or {', '.join(columns)}")
    for number, cells in table.rows if not found else ():
        if isinstance(cells, Torn):
            found.row(number).add("", cells.rule)
            continue
        where, zone, legs = (*(plain_text(cell) if cell else "" for cell in cells), "")[:3]
        read = [found.row(number).attempt(parse_leg, leg) for leg in legs.split()]
        if not where or any(where == other for other, _, _ in rows):
            found.row(number).add("destination", f"must be given and unique, got {where!r}")
        rows.append((where, zone, tuple(read)))
    if not rows:
        found.add("rows", "must hold at least one destination")
    found.raise_any()
    return Destinations(**lane | {"zone": rows[0][1], "legs": rows[0][2] or lane.get("legs", ())}, rows=tuple(rows))


def take_lanes(given: dict[str, Any]) -> tuple[Lane, ...]:
    """Return a lane per carrier service from the options ``EVALUATED_LANE``; errors as for ``take_lane``."""
    services = [service.partition(":") for service in given["carrier_services"]] or [("", "", "")]
    for service, colon, zone in services:
        if colon and not (service and zone):
            raise refusal("--carrier-service", f"must be ID or ID:ZONE, got {service + colon + zone!r}")
    if given["zone"] and all(zone for _, _, zone in services):
        raise refusal("--zone", "must not be given if each --carrier-service names its zone")
    lane = take_lane(given)
    return tuple(replace(lane, carrier_service=service, zone=zone or lane.zone) for service, _, zone in services)


def take_markets(given: dict[str, Any]) -> tuple[str, ...]:
    """Return the ids of the markets whose rules apply.

    Raises InvalidInputError for an unknown market, click.UsageError for --reuse-system without a market.
    """
    from boxwright.catalog import load_materials
    from boxwright.findings import Findings

    if given["reuse_system"] and not given["markets"]:
        raise click.UsageError("--reuse-system needs --market")
    with (found := Findings()).at("", {"market_id": "--market"}):
        for market_id in given["markets"]:
            load_materials().market(market_id)
    found.raise_any()
    return tuple(dict.fromkeys(given["markets"]))


def take_task_options(given: dict[str, Any]) -> "tuple[Catalog, Policy, Lane, tuple[str, ...] | None]":
    """Return catalog, policy, lane and profiles, the arguments of ``Task`` after the order, from options ``TASK``."""
    policy, lane, profiles = take_policy(given), take_lane(given), given["profiles"] or None
    catalog, missing = take_catalog(given["catalog"]), given["without_boxes"]
    for name in missing:
        if name not in (box.box_type_id for box in catalog.box_types):
            raise refusal("--without-box", f"must be a box type of catalog {catalog.catalog_id!r}, got {name!r}")
    return catalog.stocked(dict.fromkeys(missing, 0)) if missing else catalog, policy, lane, profiles


def refuse_bad_options(tasks: Sequence[tuple[str, "Task"]]) -> None:
    """Raise InvalidInputError with the rules that policies, lanes and profiles break whatever the order.

    ``tasks`` are pairs of a name for the options and a task with these and any order. If only some tasks break a rule,
    the error states their names.
    """
    from boxwright.planning.request import Request

    breaking: dict[FieldViolation, dict[str, None]] = {}
    for name, task in tasks:
        try:
            Request.resolve(task)
        except InvalidInputError as error:
            for broken in error.violations:
                if not broken.field.startswith("lines"):
                    breaking.setdefault(broken, {})[name] = None
    every = {name for name, _ in tasks}
    if breaking:
        raise InvalidInputError(
            broken if names.keys() == every else FieldViolation(broken.field, f"with {'; '.join(names)}: {broken.rule}")
            for broken, names in breaking.items()
        )


def yearly_of(orders_file: Path, orders_per_year: float | None, column: str | None = None) -> "Yearly | None":
    """Return the number of orders a year, as stated or by the dates in ``column``; None without both.

    The default column is the ship date.
    """
    from boxwright.evaluation import Yearly, yearly_of_dates
    from boxwright.orders import DATE_COLUMN, date_span

    if orders_per_year is not None:
        return Yearly(orders_per_year, "as stated")
    span = date_span(orders_file, column or DATE_COLUMN)
    return None if span is None else yearly_of_dates(span)


def headers_named(texts: Sequence[str], rule: str) -> dict[str, str]:
    """Return, by field, the headers in strings ``FIELD=HEADER``.

    Raises InvalidInputError with ``rule`` if a field or header is missing, or a field is repeated.
    """
    given: dict[str, str] = {}
    for text in texts:
        name, equals, header = (part.strip() for part in text.partition("="))
        if not (name and equals and header) or name in given:
            raise refusal("--column", f"must be {rule}, got {text!r}")
        given[name] = header
    return given


def taken(given: dict[str, Any], rows: Iterable[Row], found: "Findings") -> dict[str, Any]:
    """Return the values of the fields that options set; unreadable values are noted in ``found``."""
    chosen: dict[str, Any] = {}
    for row in rows:
        value = given.get(row.field)
        if value in (None, ()):
            continue
        if row.field not in _READERS:
            chosen[row.field] = value
        elif not isinstance(value, tuple):
            chosen[row.field] = _read(row, value, found)
        else:
            chosen[row.field] = tuple(_read(row, text, found) for text in value)
    return chosen


def _read(row: Row, text: Any, found: "Findings") -> Any:
    try:
        return _READERS[row.field](text)
    except InvalidInputError as error:
        for broken in error.violations:
            leg = row.field == "legs"  # the text of a leg does not name its fields
            rule = broken.rule if leg else f"{broken.field} {broken.rule}".strip()
            found.add(f"{row.flag} {text}" if leg or broken.field else row.flag, rule)
        return None


def _number(text: str, rule: str, kind: type = float) -> Any:
    try:
        return kind(text)
    except ValueError:
        raise refusal("", f"{rule}, got {text!r}") from None


def _parse_basis(text: str) -> EmissionsBasis | None:
    profile_id, _, allocation = text.partition(":")
    if allocation not in ("", *Allocation):
        raise refusal("", f"must name {' or '.join(Allocation)} after the colon, got {allocation!r}")
    return EmissionsBasis(profile_id, Allocation(allocation or Allocation.MASS)) if text else None


def _parse_cap(text: str) -> PropertyCap:
    name, _, most = text.rpartition("=")
    return PropertyCap(name, _number(most, "must be NAME=MOST, such as lithium_wh=100"))


def _parse_stacking(text: str) -> StackingCondition:
    """Return the condition that ``NAME=VALUE,...`` describes; a name alone sets a flag."""
    known = {field.name: field for field in dataclasses.fields(StackingCondition)}
    given: dict[str, Any] = {}
    for part in text.split(","):
        name, _, value = (side.strip() for side in part.partition("="))
        if name not in known or name in given:
            rule = "must be given once" if name in given else f"must be one of {', '.join(known)}"
            raise refusal("", f"{rule}, got {part.strip()!r}")
        if known[name].default is False:
            given[name] = {"": True, "true": True, "false": False}.get(value, value)
        elif name == "pattern":
            given[name] = value
        else:
            given[name] = _number(value, f"{name} must be a number", int if name == "layers" else float)
    return StackingCondition(**given)


def _parse_place(text: str) -> Place:
    """Return the place that ``COUNTRY[:POSTAL_CODE][@GATEWAY]`` names; a gateway of 5 characters is a port."""
    where, _, gateway = text.partition("@")
    country, _, postal_code = where.partition(":")
    port = gateway if len(gateway) == 5 else ""
    return Place(country, postal_code, port, "" if port else gateway)


def parse_leg(text: str) -> Leg:
    """Return the leg that ``MODE:KM[:VEHICLE[:DENSITY]]`` describes, with the density in kg/m3.

    Raises InvalidInputError for another format or an invalid leg.
    """
    mode, *rest = text.split(":")
    if len(rest) not in (1, 2, 3):
        raise refusal("", "must be MODE:KM or MODE:KM:VEHICLE, such as road:500")
    distance_km = _number(rest[0], "must hold a number of km")
    density = _number(rest[2], "must hold a number of kg per m3") if len(rest) == 3 else None
    vehicle = rest[1] if len(rest) > 1 else ""
    return Leg(mode, distance_km, vehicle=vehicle, mean_density_kg_per_m3=density)  # type: ignore[arg-type]  # Leg coerces


def _parse_sizes(text: str) -> tuple[int, ...]:
    first, dash, last = text.partition("-")
    rule = "must be a number, a range FROM-TO, or numbers with commas, such as 12, 4-28 or 6,8,12"
    if dash:
        numbers = tuple(range(_number(first, rule, int), _number(last, rule, int) + 1))
    else:
        numbers = tuple(_number(part, rule, int) for part in text.split(","))
    if not numbers:
        raise refusal("", f"{rule}, got {text!r}")
    return numbers


def _parse_edges(text: str, count: int = 3) -> tuple[float, ...]:
    rule = f"must be {count} lengths in mm, such as {'x'.join(('400', '300', '200')[:count])}"
    edges = tuple(_number(edge, rule) for edge in text.lower().split("x"))
    if len(edges) != count:
        raise refusal("", f"{rule}, got {text!r}")
    return edges


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "emissions_basis": _parse_basis,
    "property_caps": _parse_cap,
    "stacking": _parse_stacking,
    "legs": parse_leg,
    "origin": _parse_place,
    "destination": _parse_place,
    "ship_date": dt.datetime.date,
    "sizes": _parse_sizes,
    "smallest_mm": _parse_edges,
    "largest_mm": _parse_edges,
    "max_sheet_mm": functools.partial(_parse_edges, count=2),
    "pallets_mm": functools.partial(_parse_edges, count=2),
}
"""Parsers of the options whose values describe objects or several numbers, by field."""
