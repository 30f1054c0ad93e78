"""A verdict on a plan, or on one of its parcels, under one rule."""

import datetime
import enum
from dataclasses import dataclass

from boxwright.catalog import Materials
from boxwright.catalog.rows import MarketRule
from boxwright.domain.box import Catalog
from boxwright.domain.plan import Plan


class VerdictStatus(enum.StrEnum):
    """Outcome of checking a plan against a rule."""

    PASS = "pass"
    FAIL = "fail"
    EXEMPT = "exempt"
    """The rule does not apply."""
    PROVISIONAL = "provisional"
    """The method or first day of the rule is not final: figures are reported without a decision."""
    NOT_IN_FORCE = "not_in_force"
    """The plan ships before the rule applies, and is not known to comply with it."""
    CONFLICT = "conflict"
    """No box complies with the rule under this plan's protection of the goods."""
    UNDETERMINED = "undetermined"
    """A fact that the decision needs is unknown."""


BESIDE = ("smaller_inner", "smaller_outer", "least")
"""Names of figures about boxes that the plan does not use."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a verdict, in the unit of its rule."""

    name: str
    """Name of the figure, such as ``inner``; ``docs/compliance.md`` lists the names by rule."""
    value: float
    margin: float
    """Distance from the threshold; negative on the wrong side."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict on a plan, or on one of its parcels, under one rule."""

    rule: MarketRule
    status: VerdictStatus
    message: str
    """Text for people: the figures, the reason for a failure or exemption, and possible remedies."""
    parcel_index: int | None = None
    """Index of the parcel, from 0. Default: the verdict is about the whole plan."""
    figures: tuple[Figure, ...] = ()

    @property
    def lacking(self) -> tuple[str, ...]:
        """Names of the plan's own figures on the wrong side of the threshold."""
        return tuple(figure.name for figure in self.figures if figure.margin < 0 and figure.name not in BESIDE)

    @property
    def keeps(self) -> bool:
        """True if the plan passes or is exempt or, before the rule applies, has all figures on the right side."""
        if self.status in (VerdictStatus.PROVISIONAL, VerdictStatus.NOT_IN_FORCE):
            return bool(self.figures) and not self.lacking
        return self.status in (VerdictStatus.PASS, VerdictStatus.EXEMPT)

    @property
    def outcome(self) -> str:
        """The status with the figures that miss the threshold, such as ``provisional: outer``."""
        return ": ".join(filter(None, (self.status.value.replace("_", " "), " and ".join(self.lacking))))

    def __str__(self) -> str:
        where = "" if self.parcel_index is None else f", parcel {self.parcel_index + 1}"
        status = self.status.value.replace("_", " ")
        return f"{self.rule.instrument}, {self.rule.provision}{where}: {status}: {self.message} ({self.basis})"

    @property
    def basis(self) -> str:
        """First day of the rule, what may postpone it, and the grade of its source, as text."""
        later = f" or {self.rule.pending}" if self.rule.pending else ""
        return f"applies from {self.rule.in_force_from}{later}; source grade: {self.rule.source_grade.value}"


@dataclass(frozen=True, slots=True)
class Case:
    """A plan to check against market rules, with the facts that the checks need."""

    plan: Plan
    catalog: Catalog
    materials: Materials
    day: datetime.date | None
    """Ship date; None if unknown."""
    reuse_system: bool


def status_of(rule: MarketRule, day: datetime.date | None, *, kept: bool | None) -> VerdictStatus:
    """Return the status of a rule on a ship date. ``kept`` is None if undecided, the date None if unknown."""
    if kept and not rule.pending:  # whatever the day
        return VerdictStatus.PASS
    if day is not None and day < rule.in_force_from:
        return VerdictStatus.NOT_IN_FORCE
    if rule.pending:
        return VerdictStatus.PROVISIONAL
    return VerdictStatus.UNDETERMINED if day is None or kept is None else VerdictStatus.FAIL
