"""Statements of plans' emissions, with method, scope, exclusions and range, as Markdown.

Transport follows the Guide to ISO 14083 (CLECAT, UBA, ifeu and Fraunhofer IML): activity before the adjustment of
distances, tank to wheel and well to wheel, allocated by mass; packaging is separate. The maintainers have not read the
standard's own clause on reports, so statements claim no conformity.
"""

import datetime
import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from boxwright.catalog import load_materials
from boxwright.domain.rounded import count
from boxwright.domain.source_grade import SourceGrade, graded_words, weakest
from boxwright.errors import FieldViolation, InvalidInputError, missing_extra
from boxwright.exchange.evidence import Json, by_mass, evidence, in_words, unnamed_scope
from boxwright.exchange.shipped import is_as_planned
from boxwright.units import MG_PER_KG, to_mg

DIGITS, FEW_DIGITS, WIDE = 3, 2, Fraction(1, 5)
"""Significant digits of an emission; their number if its range exceeds a share of it; and that share."""
_STAGE, _COMPONENT = "LIFE_CYCLE_STAGE_", "FOOTPRINT_COMPONENT_"
_CARRIED = ("TRANSPORT", "HUB")
FORCING = "RADIATIVE_FORCING"


@dataclass
class Activity:
    """Activity of a transport class in tonne-kilometres, or of a hub in tonnes, with mg CO2e by stage."""

    counted: Decimal | None = Decimal(0)
    """Activity with adjusted distances, to which factors apply; None if unknown."""
    planned: Decimal | None = Decimal(0)
    """Activity with distances before adjustment; None if unknown."""
    stages: Counter[str] = field(default_factory=Counter)
    incomplete: bool = False
    """True if a factor is missing; the sum is then not well to wheel."""

    @property
    def wtw_mg(self) -> int:
        """Well-to-wheel sum of the known factors."""
        return sum(self.stages[f"TRANSPORT_{stage}"] for stage in ("TTW", "WTT", "WTW"))


@dataclass
class Statement:
    """Sums of plans under one accounting profile, allocated by mass."""

    title: str
    """Label of the statement, such as ``2026-12``."""
    profile: str = ""
    """Id such as ``uk-desnz@2025``, or its beginning. Default: the first profile of each plan, which must be the
    same."""
    plans: int = 0
    ship_dates: set[str] = field(default_factory=set)
    """Days of shipment, or of planning where none is stated."""
    parcels: int = 0
    gross_mg: int = 0
    total_mg: int = 0
    """Total in mg CO2e, without radiative forcing."""
    forcing_mg: int = 0
    """Effects of flights beyond the CO2e of their fuel, which ``low_mg``, ``high_mg`` and shares include."""
    low_mg: int = 0
    high_mg: int = 0
    without_range: int = 0
    absolute_mg: int = 0
    unverified_mg: Fraction = Fraction(0)
    graded_mg: dict[SourceGrade, float] = field(default_factory=lambda: dict.fromkeys(SourceGrade, 0.0))
    """Absolute mg CO2e by the grade of the source, as in ``Footprint.graded_mg``."""
    activities: dict[tuple[str, str], Activity] = field(default_factory=dict)
    packaging: dict[str, Counter[str]] = field(default_factory=dict)
    lacks: Counter[str] = field(default_factory=Counter)
    """Missing parts of the sums, and the number of plans that lack each."""
    incomplete: bool = False
    """True if the total lacks anything but unstated hubs."""
    rows: dict[str, Json] = field(default_factory=dict)
    """Evidence by figure."""
    data: Counter[str] = field(default_factory=Counter)

    def add(self, record: Json) -> None:
        """Add a plan: ``plan`` with its legs, the lines of its footprints, and its outcome.

        The emissions of a plan that was not shipped as planned are unknown, and are listed as missing.

        Raises
        ------
        InvalidInputError
            If the plan has no footprint allocated by mass for the profile, if the plans before it have another
            profile, or if its footprint has no mass data, or omits transport or reuse without listing it as missing.
        """
        plan = record["plan"]
        if not is_as_planned(plan):
            self.lacks["plans that were not shipped as planned, whose emissions are unknown"] += 1
            self.incomplete = True
            return
        self.profile, footprint = by_mass(plan, self.profile)
        if unnamed := list(unnamed_scope({**plan, "footprints": [footprint]}, load_materials())):
            raise InvalidInputError([FieldViolation(f"{plan['order_id']}: {gap.field}", gap.rule) for gap in unnamed])
        if _lacks_mass_data(footprint):
            rule = "must hold mass_data and the mass_parts of its lines"
            raise InvalidInputError([FieldViolation(f"{plan['order_id']}: footprints", rule)])
        gross_mg = sum(to_mg(parcel["gross_g"]) for parcel in plan["parcels"])
        self.plans, self.parcels = self.plans + 1, self.parcels + len(plan["parcels"])
        forcing_mg = sum(line["co2e_mg"] for line in footprint["lines"] if line["stage"] == f"{_STAGE}{FORCING}")
        self.gross_mg, self.forcing_mg = self.gross_mg + gross_mg, self.forcing_mg + forcing_mg
        self.total_mg += footprint["total_co2e_mg"] - forcing_mg
        self.ship_dates.add(day_of(plan))
        ends = footprint.get("interval")
        self.low_mg += ends["low_co2e_mg"] if ends else 0
        self.high_mg += ends["high_co2e_mg"] if ends else 0
        self.without_range += not ends
        absolute_mg = sum(abs(line["co2e_mg"]) for line in footprint["lines"])
        self.absolute_mg += absolute_mg
        self.unverified_mg += Fraction(footprint.get("unverified_share", 0)) * absolute_mg
        for grade, co2e_mg in _by_grade(footprint):
            self.graded_mg[grade] += co2e_mg
        legs = plan.get("legs", ())
        tonnes = Decimal(gross_mg) / MG_PER_KG / 1_000
        self._add_lines(footprint["lines"], tonnes, legs)
        missing, unstated = footprint.get("missing", ()), footprint.get("missing_scope", ())
        self._add_missing(missing, footprint["lines"], tonnes, legs)
        self.incomplete |= bool(missing) or any(lack["component"] != f"{_COMPONENT}HUB" for lack in unstated)
        for lack in (*missing, *unstated):
            what = f"{lack['component'].removeprefix(_COMPONENT)} {lack['stage'].removeprefix(_STAGE)}"
            self.lacks[f"{what.lower().replace('_', ' ')}: {lack['subject']}"] += 1
        self.rows |= {row["figure"]: row for row in evidence({"footprints": [footprint]})}
        self.data[f"{plan['versions']['data_version']} ({plan['versions']['data_hash']})"] += 1

    def _add_lines(self, lines: Iterable[Json], tonnes: Decimal, legs: Any) -> None:
        seen = set()
        for line in lines:
            component, stage = line["component"].removeprefix(_COMPONENT), line["stage"].removeprefix(_STAGE)
            if component not in _CARRIED:
                self.packaging.setdefault(component, Counter())[stage] += line["co2e_mg"]
                continue
            activity = self.activities.setdefault((component, line["subject"]), Activity())
            activity.stages[stage] += line["co2e_mg"]
            index = line["leg_index"]
            if (component, index) in seen:  # another stage of the same leg has counted its activity
                continue
            seen.add((component, index))
            if activity.counted is not None:
                activity.counted += Decimal(str(line["amount"]))
            if component == "HUB" or activity.planned is None or index >= len(legs):
                activity.planned = None
            else:
                activity.planned += tonnes * Decimal(str(legs[index]["distance_km"]))

    def _add_missing(self, missing: Any, lines: Iterable[Json], tonnes: Decimal, legs: Any) -> None:
        """Add the activity of legs and hubs that have no factor at all."""
        known = {(line["component"], line.get("leg_index")) for line in lines}
        with_lines = {(line["component"], line["subject"]) for line in lines}
        for component in _CARRIED:
            kind = f"{_COMPONENT}{component}"
            subjects = dict.fromkeys(lack["subject"] for lack in missing if lack["component"] == kind)
            bare = [subject for subject in subjects if (kind, subject) not in with_lines]
            ways = legs if component == "TRANSPORT" else legs[:-1]
            left = [leg for index, leg in enumerate(ways) if (kind, index) not in known]
            for subject in subjects:
                activity = self.activities.setdefault((component, subject), Activity())
                activity.incomplete = True
                if subject not in bare:
                    continue
                km = sum((Decimal(str(leg["distance_km"])) for leg in left), start=Decimal(0))
                alone = len(bare) == 1  # otherwise it is unknown which leg belongs to which class
                if component == "HUB":
                    activity.planned = None
                    activity.counted = _sum(activity.counted, tonnes * len(left) if alone else None)
                else:
                    activity.planned = _sum(activity.planned, tonnes * km if alone else None)
                    activity.counted = None

    @property
    def graded_words(self) -> str:
        """Shares of the figures by grade, as text."""
        return graded_words(self.graded_mg)

    @property
    def shipped_words(self) -> str:
        """First and last day of shipment in words."""
        days = sorted(filter(None, self.ship_dates))
        return " to ".join(dict.fromkeys((days[0], days[-1]))) if days else "day not stated"

    @property
    def digits(self) -> int:
        """Significant digits that the range of the emissions allows."""
        return (
            FEW_DIGITS
            if self.without_range or self.high_mg - self.low_mg > WIDE * (self.total_mg + self.forcing_mg)
            else DIGITS
        )

    def kg(self, co2e_mg: int) -> str:
        """Return an emission in mg as kg."""
        return figure(Fraction(co2e_mg, MG_PER_KG), self.digits)

    def markdown(self, prepared_by: str = "", prepared_on: datetime.date | None = None) -> str:
        """Return the statement; UnsupportedError without Jinja."""
        try:
            from jinja2 import Environment, PackageLoader, StrictUndefined
        except ImportError:
            raise missing_extra("statement", "needs Jinja", "pages") from None
        loader = PackageLoader("boxwright", "exchange")
        environment = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        environment.filters |= {"kg": self.kg, "figure": figure, "cell": cell, "counted": count}
        return environment.get_template("statement.md.j2").render(
            of=self,
            prepared_by=prepared_by,
            prepared_on=prepared_on,
            transport={subject: sums for (kind, subject), sums in self.activities.items() if kind == "TRANSPORT"},
            hubs={subject: sums for (kind, subject), sums in self.activities.items() if kind == "HUB"},
            packaging_mg=sum(stages.total() for stages in self.packaging.values()),
            unverified=float(self.unverified_mg / self.absolute_mg) if self.absolute_mg else 0.0,
            gwp=sorted({row["source"]["gwp_basis"] for row in self.rows.values() if row["source"].get("gwp_basis")}),
            sources=[in_words(row) for _, row in sorted(self.rows.items())],
        )


def day_of(plan: Json) -> str:
    """Return the ship date of a plan, or the day on which it was made; empty if neither is stated."""
    day = plan.get("ship_date")
    return f"{day['year']}-{day['month']:02}-{day['day']:02}" if day else plan.get("create_time", "")[:10]


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def _lacks_mass_data(footprint: Json) -> bool:
    """Return whether an unverified part of an amount names no datum."""
    data = {datum["datum_id"] for datum in footprint.get("mass_data", ())}
    for line in footprint["lines"]:
        named = {name for part in line.get("mass_parts", ()) for name in part["data"]}
        read = line.get("source", {}).get("read_in_source")
        if not named <= data or (read and line.get("unverified_amount") and not named):
            return True
    return False


def _by_grade(footprint: Json) -> Iterator[tuple[SourceGrade, float]]:
    """Yield the absolute mg CO2e of each part of a line with its grade, as ``Footprint.graded_mg`` counts them."""
    data = footprint.get("mass_data", ())
    doubtful = {datum["datum_id"]: _grade(datum) for datum in data if not datum.get("read_in_source")}
    for line in footprint["lines"]:
        co2e_mg = rest = float(abs(line["co2e_mg"]))
        read = line.get("source", {}).get("read_in_source") and line["amount"]
        for part in line.get("mass_parts", ()) if read else ():
            if grades := [doubtful[name] for name in part["data"] if name in doubtful]:
                portion = co2e_mg * part.get("amount", 0) / line["amount"]
                rest -= portion
                yield weakest(grades), portion
        yield _grade(line), rest


def _grade(thing: Json) -> SourceGrade:
    stated: str = thing.get("source", {}).get("source_grade", "SOURCE_GRADE_OWN")
    return SourceGrade(stated.removeprefix("SOURCE_GRADE_").lower())


def figure(number: Decimal | Fraction | float, digits: int = DIGITS) -> str:
    """Return a number to some significant digits, without scientific notation."""
    value = float(number)
    if not value:
        return "0"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    return f"{round(value, decimals):,.{max(decimals, 0)}f}"


def cell(text: str) -> str:
    """Return a string as a cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")
