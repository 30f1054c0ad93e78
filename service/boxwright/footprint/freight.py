"""What of a parcel a vehicle's emissions are laid on, by allocation."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from boxwright.domain.footprint import Allocation
from boxwright.errors import FieldViolation, InvalidInputError

if TYPE_CHECKING:
    from boxwright.catalog.materials import Materials
    from boxwright.domain.carrier import ChargeableWeight
    from boxwright.domain.lane import Leg

UM3_KG_PER_M3_PER_MG = 10**12
"""1 kg per m3 is 1e6 mg per 1e18 um3."""


@dataclass(frozen=True, slots=True)
class Freight:
    """A parcel as transport sees it, under one allocation.

    Attributes
    ----------
    allocation : Allocation
        Which of the figures below is multiplied.
    gross_mg : int
        Goods and packaging in mg.
    chargeable_mg : int or None
        What the carrier bills, in mg.
    outer_um3 : int or None
        Outer volume in cubic um.
    uncertain_mg : tuple of (tuple of str, int)
        Parts of the gross mass that stand on data, in mg, by the ids of the data. Default none.
    """

    allocation: Allocation
    gross_mg: int
    chargeable_mg: int | None = None
    outer_um3: int | None = None
    uncertain_mg: tuple[tuple[tuple[str, ...], int], ...] = ()

    @property
    def parts_mg(self) -> tuple[tuple[tuple[str, ...], int], ...]:
        """Parts of the mass multiplied that stand on data: of the gross mass; a bill and a volume have none."""
        return self.uncertain_mg if self.allocation is Allocation.MASS else ()

    @classmethod
    def of(
        cls,
        allocation: Allocation,
        gross_mg: int,
        chargeable: ChargeableWeight | None,
        outer_um3: int | None,
        uncertain_mg: tuple[tuple[tuple[str, ...], int], ...] = (),
    ) -> Freight:
        """Return the freight of a parcel.

        Raises
        ------
        InvalidInputError
            If the allocation needs a figure that is not there.
        """
        if allocation is Allocation.DIMENSIONAL_WEIGHT and chargeable is None:
            raise InvalidInputError(
                [FieldViolation("lane.carrier_service", f"must be given for the allocation {allocation.value}")]
            )
        if allocation is Allocation.VOLUME_SHARE and outer_um3 is None:
            raise InvalidInputError([FieldViolation("outer", f"must be given for the allocation {allocation.value}")])
        billed_mg = chargeable.chargeable_mg if chargeable else None
        return cls(allocation, gross_mg, billed_mg, outer_um3, uncertain_mg)

    def mass_mg(self, leg: Leg, vehicle: str, profile_id: str, materials: Materials) -> Fraction:
        """Return the mass in mg that a leg's intensity per tonne is multiplied by, exactly.

        ``MASS``: gross mass. ``DIMENSIONAL_WEIGHT``: chargeable weight. ``VOLUME_SHARE``: outer volume times the mean
        density of the vehicle's load, so that parcels which fill the load's volume share out the load's mass.

        Raises
        ------
        InvalidInputError
            For ``VOLUME_SHARE``, if neither the leg nor the data has a mean density; names mode and transport class.
        """
        if self.allocation is Allocation.DIMENSIONAL_WEIGHT and self.chargeable_mg is not None:
            return Fraction(self.chargeable_mg)
        if self.allocation is Allocation.VOLUME_SHARE and self.outer_um3 is not None:
            if leg.mean_density_kg_m3 is not None:
                density = Fraction(str(leg.mean_density_kg_m3))
            elif (sourced := materials.mean_density(profile_id, vehicle)) is not None:
                density = Fraction(sourced.kg_per_m3)
            else:
                raise InvalidInputError(
                    [
                        FieldViolation(
                            "mean_density_kg_m3",
                            f"must be given for the allocation {self.allocation.value}: profile {profile_id!r} has no"
                            f" sourced mean density for {leg.mode.value} by {vehicle or 'an unnamed vehicle'}",
                        )
                    ]
                )
            return density * self.outer_um3 / UM3_KG_PER_M3_PER_MG
        return Fraction(self.gross_mg)

    @property
    def hub_mg(self) -> Fraction | None:
        """Mass in mg that a hub's intensity per tonne is multiplied by; None by volume: hubs have no mean density."""
        if self.allocation is Allocation.VOLUME_SHARE:
            return None
        if self.allocation is Allocation.DIMENSIONAL_WEIGHT and self.chargeable_mg is not None:
            return Fraction(self.chargeable_mg)
        return Fraction(self.gross_mg)
