"""UK packaging returns (pEPR): masses of shipped packaging, as the CSV that large organisations submit.

Columns, codes and rules are those of DEFRA's service: repository DEFRA/epr-pom-func-producer-validation, commit
49af0f6d8f1a99f640bbece2140f2b1265977a54 (Open Government Licence v3.0). Rules carry DEFRA's error codes.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from boxwright.catalog import Materials
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.exchange.evidence import Json
from boxwright.exchange.shipped import shipped
from boxwright.units import MG_PER_KG, to_mg

COLUMNS = (
    *("organisation_id", "subsidiary_id", "organisation_size", "submission_period", "packaging_activity"),
    *("packaging_type", "packaging_class", "packaging_material", "packaging_material_subtype", "from_country"),
    *("to_country", "packaging_material_weight", "packaging_material_units", "transitional_packaging_units"),
    "ram_rag_rating",
)
PERIODS = tuple(f"{year}-H{half}" for year in (2025, 2026, 2027) for half in (1, 2))
"""Periods that the service accepts."""
ACTIVITIES = ("SO", "PF", "IM", "SE", "HL", "OM")
MATERIALS = ("PL", "WD", "AL", "ST", "GL", "PC", "FC", "OT")
RATINGS = ("R", "A", "G", "R-M", "A-M", "G-M")

_BOX = "FOOTPRINT_COMPONENT_BOX"

Row = Mapping[str, str]


_ALLOWED = (
    ("44", "submission_period", PERIODS),
    ("02", "packaging_activity", ACTIVITIES),
    ("03", "packaging_type", ("HH", "NH")),
    ("05", "packaging_material", MATERIALS),
)


def _is_rated(row: Row) -> bool:
    """Return whether a row needs a rating: household packaging does, but plastic only with a known subtype."""
    named = row["packaging_material"] != "PL" or row["packaging_material_subtype"] in ("Flexible", "Rigid")
    return row["packaging_type"] == "HH" and row["packaging_class"] == "P3" and named


def _violations(row: Row) -> Iterator[tuple[str, str, str]]:
    """Yield the error code, column and rule of each fault in a row of a large organisation's shipment packaging."""
    material, subtype, rating = (
        row[name] for name in ("packaging_material", "packaging_material_subtype", "ram_rag_rating")
    )
    household = row["packaging_type"] == "HH"
    for code, name, allowed in _ALLOWED:
        if row[name] not in allowed:
            yield code, name, f"must be one of {', '.join(allowed)}"
    if not re.fullmatch(r"\d{6}", row["organisation_id"]):
        yield "01", "organisation_id", "must be six digits"
    if not re.fullmatch("[a-zA-Z0-9]{0,32}", row["subsidiary_id"]):
        yield "46", "subsidiary_id", "must be empty, or up to 32 letters and digits"
    if material == "OT" and not re.fullmatch("[^0-9,]+", subtype):
        yield "45", "packaging_material_subtype", "must name the material of OT, without digits and commas"
    if material == "OT" and subtype.lower() in ("plastic", "hdpe", "pet"):
        yield "51", "packaging_material_subtype", "must not be plastic, HDPE or PET for OT"
    if household and (material, row["packaging_class"]) == ("PL", "P3") and subtype not in ("Flexible", "Rigid"):
        rule = "must be Flexible or Rigid for household plastic (codes 101 and 103)"
        yield "101", "packaging_material_subtype", rule
    if subtype and (material not in ("OT", "PL") or (material == "PL" and row["packaging_type"] == "NH")):
        yield "47", "packaging_material_subtype", "must be empty for this material or type"
    if _is_rated(row) and rating not in ("", *RATINGS):
        yield "100", "ram_rag_rating", f"must be one of {', '.join(RATINGS)}"


def broken_rules(rows: Iterable[Row]) -> Iterator[FieldViolation]:
    """Yield each rule of DEFRA's validator that the facts in rows break; the other rules hold by construction."""
    for number, row in enumerate(rows, start=1):
        for code, name, rule in _violations(row):
            yield FieldViolation(f"row {number}: {name}", f"{rule}, got {row[name]!r} (error {code})")


@dataclass(frozen=True)
class Terms:
    """The facts that an organisation states for its return; attributes are named after the columns."""

    organisation_id: str
    submission_period: str
    packaging_activity: str
    packaging_type: str = "HH"
    """``HH``: household packaging; ``NH``: non-household."""
    subsidiary_id: str = ""
    ratings: Mapping[str, str] = field(default_factory=dict)
    """Recyclability rating by code and subtype, such as ``PC`` or ``PL Flexible``, as the organisation assessed it."""
    codes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Code and subtype by material, instead of those of the data."""


@dataclass
class Return:
    """Rows of a return, and lists of what is missing, left out or doubtful."""

    rows: list[dict[str, str]] = field(default_factory=list)
    missing: Counter[str] = field(default_factory=Counter)
    """Packaging without mass, material, code or rating, and the number of times that each occurs; the return is
    incomplete without it."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Plans outside the return, and packaging that is reported otherwise."""
    remarks: Counter[str] = field(default_factory=Counter)
    """Doubtful plans that count: without a country or ship date, or repeated."""
    mass_mg: int = 0
    """Sum of the rows before rounding."""


def uk_return(records: Iterable[Json], terms: Terms, materials: Materials) -> Return:
    """Return the shipment packaging of plans as rows in whole kg by material, subtype and rating.

    A plan with an outcome counts with the parcels that were shipped. Reusable boxes are left out, since their first
    supplier reports them; so are plans shipped abroad or outside the period. Each record has ``plan`` and, if known,
    ``request`` and ``catalog``.

    InvalidInputError with every rule of DEFRA's validator that a row breaks, except missing ratings.
    """
    found, masses = Return(), Counter[tuple[str, str]]()
    household, market = terms.packaging_type == "HH", terms.packaging_activity == "OM"
    seen: set[tuple[str, str]] = set()
    for record in records:
        plan = record["plan"]
        if reason := _elsewhere(record, terms.submission_period):
            found.left_out[f"plans {reason}"] += 1
            continue
        if not _country(record):
            found.remarks["plans without a country of destination, counted as shipped in the UK"] += 1
        if not plan.get("ship_date"):
            by = " by their day of planning" if plan.get("create_time") else ""
            found.remarks[f"plans without a ship date, counted in {terms.submission_period}{by}"] += 1
        if plan_hash := plan.get("canonical_hash"):
            if (same := (plan["order_id"], plan_hash)) in seen:
                found.remarks["repeated plans, counted again"] += 1
            seen.add(same)
        for part in _parts(record, found):
            material_id = part.get("material", "").removeprefix("materials/")
            known = materials.epr_codes.get(("uk-pepr", material_id))
            as_reported = terms.codes.get(material_id) or ((known.code, known.subtype) if known else None)
            if part.get("trips", 1) > 1:
                found.left_out[f"reusable {material_id}"] += 1
            elif as_reported is None:
                found.missing[f"the code of {material_id or 'packaging of no known material'} (--code)"] += 1
            else:
                code, subtype = as_reported
                without = code == "PL" and (market or not household)  # such plastic is reported without a subtype
                masses[code, "" if without else subtype] += to_mg(part["mass_g"])
    found.mass_mg = masses.total()
    for (code, subtype), mass_mg in sorted(masses.items()):
        kg = (2 * mass_mg + MG_PER_KG) // (2 * MG_PER_KG)  # half up
        name = f"{code} {subtype}".strip()
        if not kg:
            found.left_out[f"{name}, {mass_mg / 1_000:,.0f} g, less than half a kg"] += 1
            continue
        stated = {column: getattr(terms, column, "") for column in COLUMNS}
        row = stated | {
            "organisation_size": "L",
            "packaging_class": "P6" if market else "P3",
            "packaging_material": code,
            "packaging_material_subtype": subtype,
            "packaging_material_weight": str(kg),
            "ram_rag_rating": terms.ratings.get(name, "") if household else "",
        }
        found.rows.append(row)
        if _is_rated(row) and not row["ram_rag_rating"] and row["submission_period"] != "2025-H1":
            found.missing[f"the rating of {name} (--rating)"] += 1
    if broken := list(broken_rules(found.rows)):
        raise InvalidInputError(broken)
    return found


def _country(record: Json) -> str:
    """Return the destination country by the request or else by the last derived leg; empty if unknown."""
    stated = record.get("request", {}).get("lane", {}).get("destination", {}).get("country_code", "")
    ends = [leg.get("derivation", {}).get("end", {}).get("country_code", "") for leg in record["plan"].get("legs", ())]
    return stated or (ends[-1] if ends else "")


def _elsewhere(record: Json, period: str) -> str:
    """Return why a plan is outside a return; empty if it is inside or that is unknown."""
    plan = record["plan"]
    if _country(record) not in ("", "GB", "XI"):
        return "shipped to other countries"
    day = plan.get("ship_date")
    month = f"{day['year']}-{day['month']:02}" if day else plan.get("create_time", "")[:7]
    half = f"{month[:4]}-H{1 if month[5:] < '07' else 2}" if month else period
    return "" if half == period else "shipped outside the period"


def _parts(record: Json, found: Return) -> Iterator[dict[str, Any]]:
    """Yield the packaging shipped, or planned if there is no outcome.

    A parcel in another box than the planned one counts with that box and the planned filling.
    """
    as_planned, others = shipped(record["plan"])
    sent_parts = [(parcel, parcel.get("packaging", ())) for parcel in as_planned]
    boxes = {box["box_type_id"]: box for box in record.get("catalog", {}).get("box_types", ())}
    for planned, sent in others:
        box = boxes.get(sent.get("box_type_id"))
        if planned is None or box is None:
            found.missing["the masses of unplanned parcels, or of boxes outside the catalog"] += 1
            continue
        beside = [part for part in planned.get("packaging", ()) if part["component"] != _BOX]
        own = {"component": _BOX, "material": box.get("material", ""), "trips": box.get("reuse", {}).get("trips", 1)}
        sent_parts.append(({}, [{**own, "mass_g": box.get("tare_g", 0)}, *beside]))
        found.left_out["changes of filling of parcels in other boxes, whose planned filling is counted"] += 1
    for parcel, parts in sent_parts:
        if parcel.get("ships_in_own_container"):
            continue
        if not any(part["component"] == _BOX and part.get("mass_g") for part in parts):
            found.missing["the masses of boxes without a tare"] += 1
        yield from (part for part in parts if part.get("mass_g"))
