"""Where a carrier service is offered, beside where a lane goes."""

from boxwright.domain.carrier import CarrierRule
from boxwright.domain.lane import Lane

EVERYWHERE = "GLO"


def offered_elsewhere(rule: CarrierRule, lane: Lane) -> str:
    """Return in words that a lane is not where a service is offered; empty where it is, or where that is not known.

    A region is a country in which, or from which, the service carries, or two joined by ``-``: origin and destination;
    ``GLO`` is any. A region of another form is not judged.
    """
    origin, _, destination = rule.region.partition("-")
    pairs = ((origin, lane.origin_country), (destination, lane.destination_country))
    if all(not stated or offered in ("", EVERYWHERE, stated) or len(offered) != 2 for offered, stated in pairs):
        return ""
    way = " ".join(
        f"{word} {country}"
        for word, country in (("from", lane.origin_country), ("to", lane.destination_country))
        if country
    )
    return f"{rule.service_id!r} ({rule.service}) is a service of {rule.region}, and the lane goes {way}"
