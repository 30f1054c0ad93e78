"""Recycled content: which of a profile's factors make up the production of a material."""

from decimal import Decimal
from fractions import Fraction

from boxwright.domain.factor import AccountingProfile, EmissionFactor, RecyclingRule, Stage
from boxwright.domain.footprint import PackagingComponent

Share = tuple[EmissionFactor, Fraction, str]
"""A factor, the share of the mass that it is of, and the rule in words."""

VIRGIN, RECYCLED = Decimal(0), Decimal(1)


def shares_of_content(part: PackagingComponent, stage: Stage, profile: AccountingProfile) -> tuple[Share, ...]:
    """Return the factors of a part at a stage, each with its share of the mass; none where the profile lacks one.

    Under cut-off, who uses recycled material bears its recycling: with a known content ``r``, production is
    ``(1 - r)`` of the profile's virgin row and ``r`` of its recycled row. Under avoided burden the credit lies at
    the end of life, so that recycled content earns nothing: production is the virgin row. Where the content is not
    known, or the profile does not tell them apart, the row without a content counts, and the rule says which
    input it is of.

    Parameters
    ----------
    part : PackagingComponent
        Its material and recycled content.
    stage : Stage
        Any but production has one row.
    profile : AccountingProfile
        Factors and rule.
    """
    average = profile.factor(part.material_id, stage)
    content = part.recycled_content
    if stage is Stage.PRODUCTION:
        virgin, recycled = (profile.factor_of_content(part.material_id, stage, pure) for pure in (VIRGIN, RECYCLED))
        if profile.recycling_rule is RecyclingRule.AVOIDED_BURDEN and virgin is not None:
            return ((virgin, Fraction(1), "avoided burden: recycled content is credited at the end of life"),)
        if content is not None and virgin is not None and recycled is not None:
            shares = (
                (virgin, 1 - Fraction(content), f"cut-off: {_percent(1 - content)} virgin input"),
                (recycled, Fraction(content), f"cut-off: {_percent(content)} recycled input"),
            )
            return tuple(share for share in shares if share[1])
        if content is not None and average is not None:
            return ((average, Fraction(1), "the profile's one row: it has none by recycled content"),)
        if average is not None:
            return ((average, Fraction(1), _unknown_content(average, virgin, recycled)),)
    return () if average is None else ((average, Fraction(1), CLAUSES[stage]),)


def _unknown_content(row: EmissionFactor, virgin: EmissionFactor | None, recycled: EmissionFactor | None) -> str:
    """Return which row stands in where the content is not known: the virgin or the recycled one, or another."""
    for other, name in ((virgin, "virgin row"), (recycled, "recycled row")):
        if other is not None and (other.value, other.table) == (row.value, row.table):
            return f"the profile's {name}: the content is not known"
    return "the profile's row for it, whatever its content"


CLAUSES = {
    Stage.END_OF_LIFE: "the profile's end-of-life route",
    Stage.CRADLE_TO_GRAVE: "one figure for the whole life; nothing else counts",
}
"""What a row stands for."""


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"
