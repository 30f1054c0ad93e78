"""What a reader of a plan must know about the figures that protect its goods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.protection.cushion import cushion_um
from boxwright.protection.drop_height import drop_height_band
from boxwright.units import MG_PER_G, UM_PER_MM, to_mm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from boxwright.catalog.materials import Materials
    from boxwright.domain.dunnage import Dunnage
    from boxwright.domain.order import Item


def cushion_warnings(
    items: Sequence[Item],
    goods_mg: int,
    cushioning: Dunnage,
    materials: Materials,
    profile: str | None = None,
) -> tuple[str, ...]:
    """Return warnings about the cushioning of a parcel: unverified constants, and use past their range.

    Parameters
    ----------
    items : sequence of Item
        Order lines in the parcel. Without a fragile one there is no warning.
    goods_mg : int
        Mass of the goods in the parcel, in mg.
    cushioning : Dunnage
        What cushions them.
    materials : Materials
        Holds fragility classes and drop heights.
    profile : str, optional
        Drop-height profile. Default: the materials' own.
    """
    fragile = [item for item in items if item.fragility is not None]
    if not fragile:
        return ()
    found = [
        *_constants(fragile, goods_mg, cushioning, materials, profile),
        *_thickness(fragile, goods_mg, cushioning, materials, profile),
    ]
    return tuple(dict.fromkeys(found))


def dunnage_warnings(dunnage: Sequence[Dunnage]) -> tuple[str, ...]:
    """Return one warning per piece of dunnage whose figures are unverified."""
    return tuple(
        dict.fromkeys(
            f"{each.kind.value} {each.dunnage_id!r}: its figures are unverified"
            for each in dunnage
            if not each.verified
        )
    )


def _constants(
    fragile: Sequence[Item], goods_mg: int, cushioning: Dunnage, materials: Materials, profile: str | None
) -> Iterator[str]:
    if not cushioning.verified:
        yield (
            f"cushioning {cushioning.dunnage_id!r}: thickness rests on its cushion factor "
            f"{cushioning.cushion_factor}, which is unverified"
        )
    for item in fragile:
        name = item.fragility.fragility_class if item.fragility else None
        if name is not None and not materials.fragility_classes[name].verified:
            g_low = materials.fragility_classes[name].g_low
            yield f"fragility class {name.value!r}: its lowest G-level {g_low} is unverified"
    band = drop_height_band(goods_mg, materials, profile)
    if not band.verified:
        yield f"drop-height profile {band.profile!r}: {band.height_mm} mm is unverified"
    if band.up_to_kg is not None and goods_mg > band.up_to_kg * 1_000 * MG_PER_G:
        yield (
            f"drop-height profile {band.profile!r} ends at {band.up_to_kg} kg; "
            f"its last height {band.height_mm} mm was used for heavier goods"
        )


def _thickness(
    fragile: Sequence[Item], goods_mg: int, cushioning: Dunnage, materials: Materials, profile: str | None
) -> Iterator[str]:
    if cushioning.max_thickness_mm is None:
        return
    for item in fragile:
        needed_um = cushion_um(item, goods_mg, cushioning, materials, profile)
        if needed_um > cushioning.max_thickness_mm * UM_PER_MM:
            yield (
                f"line {item.line_id!r} needs {to_mm(needed_um):g} mm of {cushioning.dunnage_id!r} on each side, "
                f"past the {cushioning.max_thickness_mm} mm up to which its figures hold"
            )
