"""What the lane's carrier service accepts, as limits of box types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright import units
from boxwright.shipping import most_accepted_mg, refusing_limit
from boxwright.units import exact

if TYPE_CHECKING:
    from boxwright.domain.box import BoxType
    from boxwright.domain.carrier import CarrierRule


def carried(box: BoxType, rule: CarrierRule, lowest_um: int) -> tuple[BoxType, str, str]:
    """Return a box type with the gross limit that the carrier sets, the rule behind that, and why it is not accepted.

    Both texts are empty where the carrier sets no limit below that of the box type.

    Parameters
    ----------
    box : BoxType
        Of the catalog. A mailer or bag changes its size as it is filled: it is accepted where the carrier accepts both
        its largest and its smallest.
    rule : CarrierRule
        The rule in force. All its limits bind; the text marks one that nobody read in a source.
    lowest_um : int
        Height of the lowest unit of the order: no mailer is filled less, in um.
    """
    largest = box.outer_um
    smallest = box.shell.least_um(box.inner_um, box.outer_um, lowest_um)[1]
    most = most_accepted_mg(smallest, rule, largest)
    if most is None:
        return box, "", ""
    if most <= box.tare_mg:
        refused = refusing_limit(largest, box.tare_mg, rule) or refusing_limit(smallest, box.tare_mg, rule)
        return box, "", f"{rule.service_id}: {refused or 'not accepted as it may be filled'}"
    most = min(most, units.to_mg(units.MAX_MASS_G))
    limited = box.with_max_gross_mg(most)
    if limited is box:
        return box, "", ""
    above = refusing_limit(smallest, most + 1, rule) or refusing_limit(largest, most + 1, rule) or ""
    read = " (unverified)" if above.endswith("(unverified)") else ""
    return limited, f"at most {exact(most)} g gross: {rule.service_id} does not accept more{read}", ""
