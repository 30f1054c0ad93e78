"""Warnings about drops: pads that do not match the drops of the profile, and gaps too small for a G-level."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.order import Item
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.protection.drop_height import drop_height_band
from boxwright.protection.pads import pad_um
from boxwright.units import MG_PER_G, exact

HANDLING_PROFILE = "policy.handling_profile"
"""The field that selects the drops."""


def pad_warnings(
    items: Iterable[Item], cushioning: Dunnage, materials: Materials, profile: str | None = None
) -> Iterator[PlanWarning]:
    """Yield warnings about pads: goods heavier than a handling profile covers, and repeated drops.

    ``items`` are the lines whose units lie on pads. The default ``profile`` is that of the materials. Unverified
    figures give no warning; ``boxwright materials unverified`` lists them.
    """
    for item in items:
        band = drop_height_band(item.mass_mg, materials, profile)
        if band.up_to_kg is not None and item.mass_mg > band.up_to_kg * 1_000 * MG_PER_G:
            text = (
                f"handling profile {band.profile!r} ends at {band.up_to_kg} kg; "
                f"its last height {band.height_mm} mm was used for heavier goods"
            )
            yield PlanWarning(WarningCode.DROP_HEIGHT_OUT_OF_RANGE, HANDLING_PROFILE, text)
        described = materials.handling_profiles.get(band.profile)
        if described is None:
            continue
        drops = described.drops_per_face
        if drops is None:
            text = f"handling profile {band.profile!r}: the drops that a face takes are unknown, so pads are for one"
            yield PlanWarning(WarningCode.ONE_DROP_ONLY, HANDLING_PROFILE, text)
        elif drops > 1 and cushioning.multi_drop_factor is None:
            text = (
                f"cushioning {cushioning.dunnage_id!r} has no factor for the {drops} drops that a face takes under "
                f"handling profile {band.profile!r}; its thickness is for the first drop"
            )
            yield PlanWarning(WarningCode.ONE_DROP_ONLY, HANDLING_PROFILE, text)


def more_than_practice(item: Item, to_walls_um: int, foam: Dunnage, materials: Materials, profile: str) -> str:
    """Return a sentence if the G-level of a line needs more foam than its gaps hold; otherwise an empty text.

    Gaps follow the practice of carriers and ignore the G-level. Foam of a known curve must be ``C h / G`` thick, and
    paper is not better.
    """
    level = None if item.fragility is None else item.fragility.g_level
    if level is None:
        return ""
    needed_um = pad_um(item, Fraction(str(level)), foam, materials, profile)
    if needed_um <= to_walls_um:
        return ""
    fall = f"a fall of {drop_height_band(item.mass_mg, materials, profile).height_mm} mm"
    asks = (
        f"line {item.line_id!r}: a G-level of {level:g} asks for {exact(needed_um)} mm of {foam.dunnage_id!r} in {fall}"
    )
    return f"{asks}, and practice leaves {exact(to_walls_um)} mm to each wall; protection physics plans pads"
