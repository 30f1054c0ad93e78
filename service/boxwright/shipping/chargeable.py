"""Chargeable weight of one parcel by the rule in force on its ship date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.shipping.biller import Biller

if TYPE_CHECKING:
    import datetime as dt

    from boxwright.catalog.materials import Materials
    from boxwright.domain.carrier import CarrierRule, ChargeableWeight


def biller_of(service_id: str, day: dt.date, materials: Materials, zone: str = "") -> Biller:
    """Return what bills parcels of a carrier service on a day.

    Raises
    ------
    InvalidInputError
        If the service is unknown, has no rule in force on that day, or bills by zone and has no band for this one.
    """
    return Biller(materials.carrier_rule(service_id, day), zone)


def chargeable_weight(
    outer_um: tuple[int, int, int], gross_mg: int, service_id: str, day: dt.date, materials: Materials, zone: str = ""
) -> ChargeableWeight:
    """Return what a carrier service bills for a parcel shipped on a day.

    Parameters
    ----------
    outer_um : tuple of int
        Outer length, width and height in um.
    gross_mg : int
        Goods, dunnage and box in mg.
    service_id : str
        Such as ``usps/ground-advantage``.
    day : datetime.date
        Ship date; it picks the rule.
    materials : Materials
        Holds the carrier rules.
    zone : str, optional
        Zone of the lane, for services that bill by zone. Default none.

    Raises
    ------
    InvalidInputError
        As ``biller_of`` does.
    """
    return biller_of(service_id, day, materials, zone).bill(outer_um, gross_mg)


def bill(outer_um: tuple[int, int, int], gross_mg: int, rule: CarrierRule, zone: str = "") -> ChargeableWeight:
    """Return what one rule bills for a parcel.

    Parameters
    ----------
    outer_um : tuple of int
        Outer length, width and height in um.
    gross_mg : int
        Goods, dunnage and box in mg.
    rule : CarrierRule
        The rule in force.
    zone : str, optional
        Zone of the lane. Default none.
    """
    return Biller(rule, zone).bill(outer_um, gross_mg)
