"""Lines of a parcel's packaging: making and end of life, or the whole life in one."""

from collections.abc import Iterator
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.domain.factor import AccountingProfile, Component, Coverage, EmissionFactor, Stage
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.lack import Lack
from boxwright.footprint.biogenic import biogenic_share
from boxwright.footprint.line import Rate
from boxwright.footprint.mass_data import EXACT_DATA, PartData
from boxwright.footprint.recycled import shares_of_content
from boxwright.footprint.reuse import life_rule, lives, reuse_rates
from boxwright.units import MG_PER_KG

BIOGENIC_INSIDE = "biogenic CO2 is in the figure"
"""Rule of a line whose factor counts it, so that none stands apart."""

STAGES = (Stage.PRODUCTION, Stage.END_OF_LIFE)


def packaging_rates(
    part: PackagingComponent, profile: AccountingProfile, materials: Materials, basis: PartData = EXACT_DATA
) -> Iterator[Rate | Lack]:
    """Yield a line per mg, or the name of what is missing, per stage of a component inside the profile's boundary.

    The amount is the component's mass, with its idle stock, over its trips, in kg; what is lost in making it is made
    as well. A box without mass is a box of unknown mass, so it is missing; other components of zero mass are not there.
    A material with one factor cradle to grave has one line and no others. Where the recycled content is known and the
    profile tells virgin and recycled material apart, production is a line of each.

    Parameters
    ----------
    part : PackagingComponent
        Box, cushioning, void fill, tape. Of its mass only counts whether it has any.
    profile : AccountingProfile
        Coverage and factors.
    materials : Materials
        Holds the carbon contents.
    basis : PartData, optional
        What its mass stands on. Default: it is exact.
    """
    for stage in _stages(part, profile):
        coverage = profile.cell(part.component, stage).coverage
        if coverage is Coverage.INCLUDED or coverage is Coverage.OUTSIDE:
            continue
        if part.mass_mg == 0:
            if part.component in (Component.BOX, Component.INNER_BOX):
                yield Lack(part.component, stage, f"{part.material_id or 'unknown material'} of unknown mass")
            continue
        shares = shares_of_content(part, stage, profile) if coverage is Coverage.FACTOR else ()
        if not shares:
            yield Lack(part.component, stage, part.material_id or "unknown material")
        for factor, share, rule in shares:
            yield _rate(part, factor, share, rule, materials, basis)
    yield from reuse_rates(part, profile, basis)


def _stages(part: PackagingComponent, profile: AccountingProfile) -> tuple[Stage, ...]:
    """Return the stages that a part has lines of: its whole life where the profile has that, else its parts."""
    if profile.factor(part.material_id, Stage.CRADLE_TO_GRAVE) is not None:
        return (Stage.CRADLE_TO_GRAVE,)
    return STAGES


def _rate(
    part: PackagingComponent,
    factor: EmissionFactor,
    share: Fraction,
    rule: str,
    materials: Materials,
    basis: PartData,
) -> Rate:
    trim = part.trim_mg if factor.stage is Stage.PRODUCTION else 0
    per_mg = share * lives(part) / MG_PER_KG
    biogenic = None if factor.biogenic_included else biogenic_share(part.material_id, factor.stage, materials)
    lost = f"with {trim / 1_000:g} g of trim" if trim else ""
    inside = BIOGENIC_INSIDE if factor.biogenic_included else ""
    return Rate(
        part.component,
        factor,
        per_mg,
        fixed=per_mg * trim,
        rule="; ".join(each for each in (lost, life_rule(part), rule, inside) if each),
        biogenic_per_mg=None if biogenic is None else biogenic * share * lives(part),
        data=tuple(each.datum_id for each in (*basis.mass, *basis.life)),
    )
