"""Errors of the rooms below as exit codes and messages, without a traceback."""

import contextlib
from collections.abc import Iterable, Iterator

import click

from boxwright.cli.figures import visible
from boxwright.errors import (
    BoxwrightError,
    DataFileError,
    FieldViolation,
    IncompletePlanError,
    InvalidInputError,
    MissingFactorError,
    by_cause,
)

FOUND_WANTING = 1
"""A plan breaks rules, or an engine's answer failed the independent check."""
BAD_INPUT = 2
"""A file, field or option breaks a rule; click uses the same code."""
NOT_WHOLE = 3
"""An order cannot be packed whole."""

PARTIAL_HINT = "(--allow-partial accepts a plan without them)"

OPTION_OF_FIELD = {
    "catalog": "--catalog",
    "objectives": "--objective",
    "policy.objectives": "--objective",
    "support_ratio": "--support-ratio",
    "fit_clearance_mm": "--fit-clearance",
    "fill_limit": "--fill-limit",
    "max_parcels": "--max-parcels",
    "policy.void_fill_id": "--void-fill",
    "void_fill_share": "--void-fill-share",
    "cushioning_ids": "--cushioning",
    "policy.cushioning_ids": "--cushioning",
    "handling_profile": "--handling-profile",
    "policy.handling_profile": "--handling-profile",
    "lifting_profile": "--lifting-profile",
    "policy.lifting_profile": "--lifting-profile",
    "policy.tape_id": "--tape",
    "policy.label_id": "--label",
    "policy.blocking_id": "--blocking",
    "policy.tape_rule": "--tape-rule",
    "material_requirements": "--require",
    "min_recycled_content": "--min-recycled-content",
    "excluded_materials": "--exclude-material",
    "policy.excluded_materials": "--exclude-material",
    "lane.origin_country": "--origin-country",
    "origin_country": "--origin-country",
    "lane.destination_country": "--destination-country",
    "destination_country": "--destination-country",
    "emissions_basis": "--emissions-basis",
    "policy.emissions_basis": "--emissions-basis",
    "policy.emissions_basis.profile_id": "--emissions-basis",
    "policy.emissions_basis.allocation": "--emissions-basis",
    "property_caps": "--property-cap",
    "policy.stacking.days": "--stack days",
    "policy.stacking.humidity_percent": "--stack humidity_percent",
    "profiles": "--profile",
    "alternatives": "--alternatives",
    "lane.carrier_service": "--carrier-service",
    "lane.legs": "--leg",
    "legs": "--leg",
    "origin": "--from",
    "destination": "--to",
    "main_mode": "--by",
    "lane.origin": "--from",
    "lane.origin.country_code": "--from",
    "lane.origin.postal_code": "--from",
    "lane.origin.un_locode": "--from",
    "lane.origin.airport_code": "--from",
    "lane.destination": "--to",
    "lane.destination.country_code": "--to",
    "lane.destination.postal_code": "--to",
    "lane.destination.un_locode": "--to",
    "lane.destination.airport_code": "--to",
    "lane.main_mode": "--by",
    "lane.zone": "--zone",
    "lane.price_tables": "--prices",
    "carbon_price_per_tonne_minor": "--carbon-price",
    "policy.carbon_price_per_tonne_minor": "--carbon-price",
}
"""Options by the field that they set, where a message would else name something that the user did not type."""


@contextlib.contextmanager
def told_to_users() -> Iterator[None]:
    """Turn errors into a message on standard error and an exit code."""
    try:
        yield
    except IncompletePlanError as error:
        headline = str(error).split(":", 1)[0]
        reasons = [f"  {words}" for words, _ in by_cause(error.unpacked)]
        _leave(NOT_WHOLE, [f"{headline}:", *reasons, f"  {PARTIAL_HINT}"])
    except DataFileError as error:
        _leave(BAD_INPUT, str(error).splitlines())
    except InvalidInputError as error:
        _leave(BAD_INPUT, [f"{option_of(each.field)}: {each.rule}" for each in error.violations])
    except MissingFactorError as error:
        _leave(BAD_INPUT, [f"--objective: emissions cannot be compared, {error}"])
    except BoxwrightError as error:
        _leave(FOUND_WANTING, [str(error)])
    except OSError as error:
        _leave(BAD_INPUT, [f"{error.filename}: {(error.strerror or str(error)).lower()}"])


def option_of(field: str) -> str:
    """Return the option that sets a field, or the field itself; an option's index says less than its value."""
    return OPTION_OF_FIELD.get(field.partition("[")[0], field)


def warn(texts: Iterable[object]) -> None:
    """Print warnings to standard error, each on a line."""
    for text in texts:
        click.echo(visible(f"warning: {text}"), err=True)


def refusal(field: str, rule: str) -> InvalidInputError:
    """Return the error of one broken rule."""
    return InvalidInputError([FieldViolation(field, rule)])


def _leave(code: int, lines: list[str]) -> None:
    """Print an error and leave with an exit code."""
    for number, line in enumerate(lines):
        click.echo(visible(line if number else f"Error: {line}"), err=True)
    raise SystemExit(code)
