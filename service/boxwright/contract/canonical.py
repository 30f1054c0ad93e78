"""The canonical form of a plan, whose bytes are the same on any machine."""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any

from boxwright.domain.carrier import ChargeableWeight
from boxwright.domain.footprint import Footprint, FootprintLine, PackagingComponent, Reuse
from boxwright.domain.plan import Certificate, OpenCandidate, Parcel, Placement, Plan, RefusedCandidate, UnpackedUnit
from boxwright.domain.protection import LineProtection
from boxwright.domain.same import Same
from boxwright.domain.strength import StackLoad

VERSION = b"boxwright plan 1\n"
"""Prefix of the hashed bytes, which changes with the canonical form."""

_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False)
"""Encoder that does not sort keys, since the forms below are sorted."""

Make = Callable[[Any], Any]


def canonical_json(plan: Plan) -> bytes:
    """Return the canonical form of a plan: JSON with sorted keys, without spaces, of integers and strings (RFC 8785).

    Lengths are in um, masses in mg, emissions in mg CO2e. The form has the decisions and results: parcels in order,
    placements in pack sequence, unpacked units, certificate, footprint lines, and the hashes of catalog and data. It
    lacks what may differ between equal plans or only explains them: the order id, the ship date (whose effect is in the
    chargeable weight), messages, and figures that follow from others.
    """
    return _ENCODER.encode(_PLAN(plan)).encode()


def canonical_hash(plan: Plan) -> str:
    """Return the SHA-256 of ``VERSION`` and the canonical form, as ``sha256:`` and 64 hex digits."""
    return f"sha256:{hashlib.sha256(VERSION + canonical_json(plan)).hexdigest()}"


def _form(noun: Any, attributes: str, **made: Make) -> Make:
    """Return a function from an object to its canonical form, compiled because each Pack call hashes a plan.

    An attribute with ``?`` is left out at its default. ``made`` are functions that convert attributes other than
    integers, strings and lists of these; None is not converted.
    """
    defaults = getattr(noun, "_field_defaults", None) or {
        field.name: field.default for field in dataclasses.fields(noun)
    }
    known: dict[str, Any] = {}
    lines = ["def content(noun):", " content = {}"]
    keyed = {_KEYS.get(stated.rstrip("?"), stated.rstrip("?")): stated for stated in attributes.split()}
    for key, attribute in sorted(keyed.items()):
        name = attribute.rstrip("?")
        value = f"None if it is None else make_{name}(it)" if name in made else "it"
        known |= {f"make_{name}": made.get(name), f"default_{name}": defaults.get(name)}
        unless = f"if it != default_{name}: " if attribute != name else ""
        lines += [f" it = noun.{name}", f" {unless}content[{key!r}] = {value}"]
    exec("\n".join([*lines, " return content"]), known)  # built only from attribute names in this file
    form: Make = known["content"]
    return form


_KEYS = {"chargeable": "chargeable_weight", "carbon_cost_minor": "carbon_minor"}
"""Keys that differ from their attribute: with other keys, hashes would change."""


def _decimal(value: Decimal | float) -> str:
    """Return a number as a string without exponent and trailing zeros: equal numbers have equal strings."""
    text = f"{value if isinstance(value, Decimal) else Decimal(str(value)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _each(form: Make) -> Make:
    return lambda values: [form(value) for value in values]


_LINE = _form(FootprintLine, "component stage subject amount unit factor_id co2e_mg leg_index?", amount=_decimal)
_FOOTPRINT = _form(Footprint, "profile_id allocation missing lines", lines=_each(_LINE))


@lru_cache(maxsize=16)
def _footprint(same: Same[Footprint]) -> dict[str, Any]:
    """Return the canonical form of a footprint; cached, since a plan of one parcel shares its footprints with it."""
    content: dict[str, Any] = _FOOTPRINT(same.thing)
    return content


def _footprints(footprints: Sequence[Footprint]) -> list[dict[str, Any]]:
    return [_footprint(Same(footprint)) for footprint in sorted(footprints, key=attrgetter("profile_id", "allocation"))]


_REUSE = _form(
    Reuse, "idle_share washing_factor_id return_distance_km", idle_share=_decimal, return_distance_km=_decimal
)
_PACKAGING = _form(
    PackagingComponent,
    "component material_id mass_mg trips dunnage_id recycled_content? reuse? trim_mg?",
    recycled_content=_decimal,
    reuse=_REUSE,
)
_PLACEMENT = _form(
    Placement,
    "line_id unit_index corner_um extent_um orientation half_gap_um folds wall_margin_um? compartment?"
    " inner_box_type_id?",
)
_PARCEL = _form(
    Parcel,
    "box_type_id ships_in_own_container? started_parcel_id? cushioning_id? handling_marks? outer_um net_mg placements"
    " packaging chargeable? carriage_price? carbon_cost_minor? footprints stack_load? box_grade? protection?",
    ships_in_own_container=int,
    placements=_each(_PLACEMENT),
    packaging=_each(_PACKAGING),
    chargeable=_form(ChargeableWeight, "service_id chargeable_mg divisor"),
    carriage_price=lambda price: [[line.name, line.amount_minor] for line in price.lines],
    footprints=_footprints,
    stack_load=_form(StackLoad, "compression_mn allowed_mn required_mn layers"),
    box_grade=attrgetter("grade_id"),
    protection=_each(_form(LineProtection, "line_id rule wrap_layers pad_edge_um inner_box_type_id? inner_gap_um?")),
)
_UNPACKED = _form(UnpackedUnit, "line_id unit_index reason")
_CERTIFICATE = _form(
    Certificate,
    "status scope objectives profile_id allocation refused_candidates open_candidates bounded_objective lower_bound"
    " value rank? price_table_hash?",
    refused_candidates=_each(_form(RefusedCandidate, "box_type_id proof cushioning_id?")),
    open_candidates=_each(_form(OpenCandidate, "box_type_id cushioning_id?")),
    # Bounds in cubic um may exceed 2**53, the largest integer of RFC 8785.
    lower_bound=str,
    value=str,
)
_PLAN = _form(
    Plan,
    "status parcels unpacked certificate footprints catalog_hash data_hash engine_version",
    parcels=_each(_PARCEL),
    unpacked=lambda units: [_UNPACKED(unit) for unit in sorted(units, key=attrgetter("line_id", "unit_index"))],
    certificate=_CERTIFICATE,
    footprints=_footprints,
)
