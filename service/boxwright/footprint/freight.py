"""What of a parcel a vehicle's emissions are laid on, by allocation."""

from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.domain.carrier import ChargeableWeight
from boxwright.domain.footprint import Allocation
from boxwright.domain.lane import Leg
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.units import UM3_KG_PER_M3_PER_MG


def load_of(allocation: Allocation, gross_mg: int, chargeable: ChargeableWeight | None, outer_um3: int | None) -> int:
    """Return what of a parcel counts as its load: gross mass or chargeable weight in mg, or outer volume in cubic um.

    Raises
    ------
    InvalidInputError
        If the allocation needs a figure that is not there.
    """
    if allocation is Allocation.MASS:
        return gross_mg
    if allocation is Allocation.DIMENSIONAL_WEIGHT:
        if chargeable is not None:
            return chargeable.chargeable_mg
        raise InvalidInputError(
            [FieldViolation("lane.carrier_service", f"must be given for the allocation {allocation.value}")]
        )
    if outer_um3 is None:
        raise InvalidInputError([FieldViolation("outer", f"must be given for the allocation {allocation.value}")])
    return outer_um3


def mg_per_load(allocation: Allocation, leg: Leg, vehicle: str, profile_id: str, materials: Materials) -> Fraction:
    """Return the mass in mg that each mg or cubic um of a load stands for, exactly: what an intensity is multiplied by.

    1 for a mass. ``VOLUME_SHARE``: the mean density of the vehicle's load, so that parcels which fill the load's volume
    share out the load's mass.

    Raises
    ------
    InvalidInputError
        For ``VOLUME_SHARE``, if neither the leg nor the data has a mean density; names mode and transport class.
    """
    if allocation is not Allocation.VOLUME_SHARE:
        return Fraction(1)
    if leg.mean_density_kg_per_m3 is not None:
        density = Fraction(str(leg.mean_density_kg_per_m3))
    elif (sourced := materials.mean_density(profile_id, vehicle)) is not None:
        density = Fraction(sourced.kg_per_m3)
    else:
        raise InvalidInputError(
            [
                FieldViolation(
                    "mean_density_kg_per_m3",
                    f"must be given for the allocation {allocation.value}: profile {profile_id!r} has no"
                    f" sourced mean density for {leg.mode.value} by {vehicle or 'an unnamed vehicle'}",
                )
            ]
        )
    return density / UM3_KG_PER_M3_PER_MG
