"""What a reader of a plan must know about the figures that protect its goods."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.order import Item, Orientation
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.protection.cushion import cushion_um
from boxwright.protection.drop_height import drop_height_band
from boxwright.protection.limits import has_stress_range, stress_range, thickness_words
from boxwright.protection.static_stress import bearing_area_mm2, bearing_um2, static_stress_kpa
from boxwright.units import MG_PER_G, UM_PER_MM

HANDLING_PROFILE = "policy.handling_profile"
"""The field that picks the drops."""


def cushion_warnings(
    items: Sequence[Item],
    goods_mg: int,
    cushioning: Dunnage,
    materials: Materials,
    profile: str | None = None,
    paths: Mapping[str, str] | None = None,
) -> tuple[PlanWarning, ...]:
    """Return warnings about the cushioning of a parcel: figures used past their range, and drops it is not for.

    That a figure is unverified is no warning: so are nearly all of them, as ``docs/unverified.md`` lists.

    Parameters
    ----------
    items : sequence of Item
        Order lines in the parcel. Without a fragile one there is no warning.
    goods_mg : int
        Mass of the goods in the parcel, in mg.
    cushioning : Dunnage
        What cushions them.
    materials : Materials
        Holds fragility classes, drop heights and handling profiles.
    profile : str, optional
        Name of a handling profile. Default: the materials' own.
    paths : mapping of str to str, optional
        Path of each order line by its id, for the warnings' fields. Default: ``lines``.
    """
    fragile = [item for item in items if item.fragility is not None]
    if not fragile:
        return ()
    found = [
        *_constants(goods_mg, cushioning, materials, profile),
        *_thickness(fragile, goods_mg, cushioning, materials, profile, paths or {}),
    ]
    return tuple(dict.fromkeys(found))


def stress_warnings(
    bearing: Sequence[tuple[Item, Orientation, int]],
    cushioning: Dunnage,
    paths: Mapping[str, str] | None = None,
    *,
    below: bool = True,
) -> tuple[PlanWarning, ...]:
    """Return warnings about static stress past the range in which an unverified cushioning's factor holds.

    One per line and end of the range, with the stress that is furthest out. Verified figures refuse instead.

    Parameters
    ----------
    bearing : sequence of (Item, Orientation, int)
        Each cushioned unit, how it lies, and the mass in mg that it carries.
    cushioning : Dunnage
        What cushions them.
    paths : mapping of str to str, optional
        Path of each order line by its id, for the warnings' fields. Default: ``lines``.
    below : bool, optional
        Whether a stress below the range counts as well as one above. Default True.
    """
    if cushioning.read_in_source or not has_stress_range(cushioning):
        return ()
    ends = cushioning.min_static_stress_kpa, cushioning.max_static_stress_kpa
    least, most = (None if end is None else Fraction(end) for end in ends)
    lightest = least if below else None
    low: dict[str, tuple[Fraction, Item]] = {}
    high: dict[str, Fraction] = {}
    for item, orientation, carried_mg in bearing:
        area = bearing_um2(item, orientation)
        alone = static_stress_kpa(item.mass_mg, area)
        loaded = static_stress_kpa(item.mass_mg + carried_mg, area)
        if lightest is not None and alone < lightest and alone < low.get(item.line_id, (alone + 1, item))[0]:
            low[item.line_id] = alone, item
        if most is not None and loaded > most:
            high[item.line_id] = max(loaded, high.get(item.line_id, loaded))
    holds = f"{cushioning.dunnage_id!r}, whose cushion factor holds {stress_range(cushioning)} (unverified)"
    found: list[tuple[str, str]] = []
    for line_id, (stress, item) in low.items():
        words = f"line {line_id!r} has a static stress of {float(stress):.3g} kPa on {holds}"
        if item.mass_mg and least:
            words += f"; pads of {float(bearing_area_mm2(item.mass_mg, least)) / 100:.3g} cm2 on a face would reach it"
        found.append((line_id, words))
    found += [
        (line_id, f"line {line_id!r} with its load has a static stress of {float(stress):.3g} kPa on {holds}")
        for line_id, stress in high.items()
    ]
    code, of = WarningCode.STATIC_STRESS_OUT_OF_RANGE, paths or {}
    return tuple(PlanWarning(code, of.get(line_id, "lines"), text) for line_id, text in found)


def _constants(goods_mg: int, cushioning: Dunnage, materials: Materials, profile: str | None) -> Iterator[PlanWarning]:
    band = drop_height_band(goods_mg, materials, profile)
    if band.up_to_kg is not None and goods_mg > band.up_to_kg * 1_000 * MG_PER_G:
        text = (
            f"handling profile {band.profile!r} ends at {band.up_to_kg} kg; "
            f"its last height {band.height_mm} mm was used for heavier goods"
        )
        yield PlanWarning(WarningCode.DROP_HEIGHT_OUT_OF_RANGE, HANDLING_PROFILE, text)
    yield from _drops(cushioning, materials, band.profile)


def _drops(cushioning: Dunnage, materials: Materials, profile: str) -> Iterator[PlanWarning]:
    described = materials.handling_profiles.get(profile)
    if described is None:
        return
    drops = described.drops_per_face
    if drops is None:
        text = f"handling profile {profile!r}: how many drops a face takes is not known, so cushioning is for one"
        yield PlanWarning(WarningCode.ONE_DROP_ONLY, HANDLING_PROFILE, text)
    elif drops > 1 and cushioning.multi_drop_factor is None:
        text = (
            f"cushioning {cushioning.dunnage_id!r} has no factor for the {drops} drops that a face takes under "
            f"handling profile {profile!r}; its thickness is for the first"
        )
        yield PlanWarning(WarningCode.ONE_DROP_ONLY, HANDLING_PROFILE, text)


def _thickness(
    fragile: Sequence[Item],
    goods_mg: int,
    cushioning: Dunnage,
    materials: Materials,
    profile: str | None,
    paths: Mapping[str, str],
) -> Iterator[PlanWarning]:
    if cushioning.max_thickness_mm is None:
        return
    for item in fragile:
        needed_um = cushion_um(item, goods_mg, cushioning, materials, profile)
        if needed_um > cushioning.max_thickness_mm * UM_PER_MM:
            text = thickness_words(item, needed_um, cushioning)
            yield PlanWarning(WarningCode.CUSHION_OUT_OF_RANGE, paths.get(item.line_id, "lines"), text)
