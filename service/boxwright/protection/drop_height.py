"""Drop heights of parcels by mass, and drops on one face, for each handling profile."""

from decimal import Decimal

from boxwright.catalog.materials import Materials
from boxwright.catalog.rows import DropHeight
from boxwright.errors import FieldViolation, InvalidInputError


def drop_height_band(goods_mg: int, materials: Materials, profile: str | None = None) -> DropHeight:
    """Return the band of a handling profile for a parcel.

    The mass of the goods without packaging selects it, so that cushioning does not depend on itself. Drop heights fall
    with mass, so this never gives too little cushioning. A mass on the border of two bands belongs to the lighter band,
    and the last height holds for all heavier goods; both rules give rather too much cushioning than too little.

    The materials name the default ``profile``: ``ista-1a`` as shipped.

    Raises
    ------
    InvalidInputError
        If there is no such profile. The error names the known ones.
    """
    name = materials.default_drop_profile if profile is None else profile
    bands = materials.drop_heights.get(name)
    if not bands:
        known = ", ".join(sorted(materials.drop_heights))
        raise InvalidInputError([FieldViolation("handling_profile", f"must be one of {known}, got {name!r}")])
    goods_kg = Decimal(goods_mg).scaleb(-6)
    return next((band for band in bands if band.up_to_kg is None or goods_kg <= band.up_to_kg), bands[-1])


def drop_height_mm(goods_mg: int, materials: Materials, profile: str | None = None) -> Decimal:
    """Return the drop height in mm for goods of a mass; see ``drop_height_band``."""
    return drop_height_band(goods_mg, materials, profile).height_mm


def drops_per_face(materials: Materials, profile: str | None = None) -> int | None:
    """Return the number of flat drops on one face under a handling profile; None if unknown."""
    described = materials.handling_profiles.get(materials.default_drop_profile if profile is None else profile)
    return None if described is None else described.drops_per_face
