"""Damage done to good plans: each kind is done to a plan that is known to be good, and must be found as what it is."""

from damages import carriage, footprints, packaging, parcels, placements, units
from damages.changes import Damage

DAMAGES: list[Damage] = [
    damage for of in (units, parcels, carriage, placements, packaging, footprints) for damage in of.DAMAGES
]
