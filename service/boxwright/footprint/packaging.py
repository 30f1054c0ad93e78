"""Lines of a parcel's packaging."""

from collections.abc import Iterator, Sequence

from boxwright.domain.factor import AccountingProfile, Component, Coverage, Stage
from boxwright.domain.footprint import FootprintLine, PackagingComponent
from boxwright.footprint.line import MG_PER_KG, product

STAGES = (Stage.PRODUCTION, Stage.END_OF_LIFE)


def packaging_lines(
    packaging: Sequence[PackagingComponent], profile: AccountingProfile
) -> Iterator[FootprintLine | str]:
    """Yield a line, or the name of what is missing, per component and stage inside the profile's boundary.

    The amount is the component's mass over its trips, in kg. A box without mass is a box of unknown mass, so
    it is missing; other components of zero mass are not there. A material with one factor cradle to grave has one
    line and no others.

    Parameters
    ----------
    packaging : sequence of PackagingComponent
        Box, cushioning, void fill, tape.
    profile : AccountingProfile
        Coverage and factors.
    """
    for part in packaging:
        for stage in _stages(part, profile):
            coverage = profile.cell(part.component, stage).coverage
            if coverage is Coverage.INCLUDED or coverage is Coverage.OUTSIDE:
                continue
            if part.mass_mg == 0:
                if part.component is Component.BOX:
                    yield f"box/{stage.value}: {part.material_id or 'unknown material'} of unknown mass"
                continue
            factor = profile.factor(part.material_id, stage) if coverage is Coverage.FACTOR else None
            if factor is None:
                yield f"{part.component.value}/{stage.value}: {part.material_id or 'unknown material'}"
            else:
                yield product(part.component, factor, part.mass_mg, MG_PER_KG * part.trips)


def _stages(part: PackagingComponent, profile: AccountingProfile) -> tuple[Stage, ...]:
    """Return the stages that a part has lines of: its whole life where the profile has that, else its parts."""
    if profile.factor(part.material_id, Stage.CRADLE_TO_GRAVE) is not None:
        return (Stage.CRADLE_TO_GRAVE,)
    return STAGES
