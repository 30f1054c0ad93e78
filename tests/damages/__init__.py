"""Damage to valid plans: the check must find each kind as the right violation."""

from damages import carriage, footprints, packaging, parcels, placements, units
from damages.changes import Damage

DAMAGES: list[Damage] = [
    damage for of in (units, parcels, carriage, placements, packaging, footprints) for damage in of.DAMAGES
]
