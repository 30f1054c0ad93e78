"""Biogenic carbon, apart from the grams of CO2e: what a material took up, and what leaves with it."""

from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.domain.factor import Stage

CO2_PER_CARBON = Fraction(44, 12)
"""Mass of CO2 per mass of carbon, from the molar masses 44 and 12 g/mol."""

SIGN = {Stage.PRODUCTION: -1, Stage.END_OF_LIFE: 1, Stage.CRADLE_TO_GRAVE: 0}
"""Stored while it is made, released at its end, or both inside one figure: the -1/+1 convention."""


def biogenic_share(material_id: str, stage: Stage, materials: Materials) -> Fraction | None:
    """Return the biogenic CO2 of a material at a stage per its mass; below 0 stored, above 0 released.

    ``carbon content x biogenic share of the carbon x 44/12``. All that was stored counts as released at the
    end of life, whatever the route: carbon that goes on in recycled fibre leaves the system too (ISO 14067, EN 15804).

    Parameters
    ----------
    material_id : str
        Material of ``materials/``.
    stage : Stage
        Production, end of life, or both in one.
    materials : Materials
        Holds the carbon contents.

    Returns
    -------
    Fraction or None
        None where the material's carbon content is unknown.
    """
    content = materials.carbon_contents.get(material_id)
    if content is None:
        return None
    return SIGN[stage] * Fraction(content.carbon_content) * Fraction(content.biogenic_share) * CO2_PER_CARBON
