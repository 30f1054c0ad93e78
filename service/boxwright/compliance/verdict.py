"""What is said of a plan, or one parcel of it, under one rule."""

import datetime
import enum
from dataclasses import dataclass

from boxwright.catalog.rows import MarketRule


class VerdictStatus(enum.StrEnum):
    """How a plan stands to a rule."""

    PASS = "pass"
    FAIL = "fail"
    EXEMPT = "exempt"
    """The rule does not apply."""
    PROVISIONAL = "provisional"
    """The method or the first day of the rule is still to be settled: figures are reported, nothing is decided."""
    NOT_IN_FORCE = "not_in_force"
    """The plan ships before the first day of a rule that it is not known to keep."""
    CONFLICT = "conflict"
    """No box keeps the rule with the protection that the goods have in this plan."""
    UNDETERMINED = "undetermined"
    """What would decide it is not known."""


BESIDE = ("smaller_inner", "smaller_outer", "least")
"""Figures of other boxes than those of the plan."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a verdict, in the unit of its rule."""

    name: str
    """What it is, such as ``inner``; ``docs/compliance.md`` has the names of each rule."""
    value: float
    margin: float
    """How far it is on the right side of the rule's threshold; below 0: on the wrong one."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a plan, or one parcel of it, stands to one rule."""

    rule: MarketRule
    """With market, instrument and its version, article, first day, source and grade."""
    status: VerdictStatus
    message: str
    """For a person: figures, what they lack or what exempts, and what would cure it."""
    parcel_index: int | None = None
    """Which parcel, from 0; None: the plan as a whole."""
    figures: tuple[Figure, ...] = ()

    @property
    def lacking(self) -> tuple[str, ...]:
        """Names of the plan's own figures that are on the wrong side of the threshold."""
        return tuple(figure.name for figure in self.figures if figure.margin < 0 and figure.name not in BESIDE)

    @property
    def keeps(self) -> bool:
        """Whether it passes or is exempt, or, of a rule to come, has figures that are all on the right side."""
        if self.status in (VerdictStatus.PROVISIONAL, VerdictStatus.NOT_IN_FORCE):
            return bool(self.figures) and not self.lacking
        return self.status in (VerdictStatus.PASS, VerdictStatus.EXEMPT)

    @property
    def outcome(self) -> str:
        """The status and what lacks, in words, such as ``provisional: outer``."""
        return ": ".join(filter(None, (self.status.value.replace("_", " "), " and ".join(self.lacking))))

    def __str__(self) -> str:
        where = "" if self.parcel_index is None else f", parcel {self.parcel_index + 1}"
        status = self.status.value.replace("_", " ")
        return f"{self.rule.instrument}, {self.rule.provision}{where}: {status}: {self.message} ({self.basis})"

    @property
    def basis(self) -> str:
        """What the verdict rests on, in words: first day, what may move it, and the grade of the rule."""
        later = f" or {self.rule.pending}" if self.rule.pending else ""
        return f"from {self.rule.in_force_from}{later}; grade of the rule: {self.rule.source_grade.value}"


def status_of(rule: MarketRule, day: datetime.date | None, *, kept: bool | None) -> VerdictStatus:
    """Return the status of a rule on a ship date (None: not known) where it is kept, broken, or that is not known."""
    if rule.pending:
        return VerdictStatus.PROVISIONAL
    if kept:  # on any day
        return VerdictStatus.PASS
    if day is not None and day < rule.in_force_from:
        return VerdictStatus.NOT_IN_FORCE
    return VerdictStatus.UNDETERMINED if day is None or kept is None else VerdictStatus.FAIL
