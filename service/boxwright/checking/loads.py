"""What each unit of a parcel carries, for those who report on a plan."""

from boxwright.checking.accounting import UnitAccount
from boxwright.checking.contacts import Contacts
from boxwright.checking.envelope import read_envelopes
from boxwright.domain.order import Order
from boxwright.domain.plan import Parcel


def loads_mg(parcel: Parcel, order: Order) -> list[int]:
    """Return the mass in mg that each unit of a valid parcel carries in the end, in pack sequence."""
    envelopes, _ = read_envelopes(0, UnitAccount(order).enter_parcel(0, parcel))
    return [round(mass) for mass in Contacts(envelopes).carried_mg()]
