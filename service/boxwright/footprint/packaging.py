"""Lines of a parcel's packaging: making and end of life, or the whole life in one."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import TYPE_CHECKING

from boxwright.domain.factor import AccountingProfile, Component, Coverage, EmissionFactor, Stage
from boxwright.footprint.biogenic import biogenic_mg
from boxwright.footprint.line import MG_PER_KG, product
from boxwright.footprint.mass_data import PartData
from boxwright.footprint.recycled import shares_of_content
from boxwright.footprint.reuse import life_rule, lives, reuse_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from boxwright.catalog.materials import Materials
    from boxwright.domain.footprint import FootprintLine, PackagingComponent

BIOGENIC_INSIDE = "biogenic CO2 is in the figure"
"""Rule of a line whose factor counts it, so that none stands apart."""

STAGES = (Stage.PRODUCTION, Stage.END_OF_LIFE)


def packaging_lines(
    packaging: Sequence[PackagingComponent],
    profile: AccountingProfile,
    materials: Materials,
    data: Sequence[PartData] = (),
) -> Iterator[FootprintLine | str]:
    """Yield a line, or the name of what is missing, per component and stage inside the profile's boundary.

    The amount is the component's mass, with its idle stock, over its trips, in kg; what is lost in making it is made
    as well. A box without mass is a box of
    unknown mass, so it is missing; other components of zero mass are not there. A material with one factor cradle to
    grave has one line and no others. Where the recycled content is known and the profile tells virgin and recycled
    material apart, production is a line of each.

    Parameters
    ----------
    packaging : sequence of PackagingComponent
        Box, cushioning, void fill, tape.
    profile : AccountingProfile
        Coverage and factors.
    materials : Materials
        Holds the carbon contents.
    data : sequence of PartData
        What each component stands on. Default: all masses are exact.
    """
    for part, basis in zip(packaging, data or itertools.repeat(PartData()), strict=False):
        for stage in _stages(part, profile):
            coverage = profile.cell(part.component, stage).coverage
            if coverage is Coverage.INCLUDED or coverage is Coverage.OUTSIDE:
                continue
            if part.mass_mg == 0:
                if part.component is Component.BOX:
                    yield f"box/{stage.value}: {part.material_id or 'unknown material'} of unknown mass"
                continue
            shares = shares_of_content(part, stage, profile) if coverage is Coverage.FACTOR else ()
            if not shares:
                yield f"{part.component.value}/{stage.value}: {part.material_id or 'unknown material'}"
            for factor, share, rule in shares:
                yield _line(part, factor, share, rule, materials, basis)
        yield from reuse_lines(part, profile, basis)


def _stages(part: PackagingComponent, profile: AccountingProfile) -> tuple[Stage, ...]:
    """Return the stages that a part has lines of: its whole life where the profile has that, else its parts."""
    if profile.factor(part.material_id, Stage.CRADLE_TO_GRAVE) is not None:
        return (Stage.CRADLE_TO_GRAVE,)
    return STAGES


def _line(
    part: PackagingComponent,
    factor: EmissionFactor,
    share: Fraction,
    rule: str,
    materials: Materials,
    basis: PartData,
) -> FootprintLine:
    trim = part.trim_mg if factor.stage is Stage.PRODUCTION else 0
    amount = share * (part.mass_mg + trim) * lives(part)
    apart = not factor.biogenic_included
    stands_on = tuple(each.datum_id for each in (*basis.mass, *basis.life))
    lost = f"with {trim / 1_000:g} g of trim" if trim else ""
    return product(
        part.component,
        factor,
        amount.numerator,
        MG_PER_KG * amount.denominator,
        rule="; ".join(each for each in (lost, life_rule(part), rule, "" if apart else BIOGENIC_INSIDE) if each),
        biogenic_co2_mg=biogenic_mg(part.material_id, factor.stage, share * part.mass_mg * lives(part), materials)
        if apart
        else None,
        mass_parts=[(stands_on, amount / MG_PER_KG)] if stands_on else (),
    )
