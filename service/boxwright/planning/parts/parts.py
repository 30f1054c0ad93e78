"""The parts that the rules and prices of an order are made of, each for one wrap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxwright.planning.parts.accounts import Accounts
from boxwright.planning.parts.bare import Bare
from boxwright.planning.parts.cushioned import Wrappings
from boxwright.planning.parts.dunnage import DunnageMasses
from boxwright.planning.parts.packaging import Packaging
from boxwright.planning.parts.pricing import Pricing
from boxwright.planning.parts.spaces import Spaces

if TYPE_CHECKING:
    from boxwright.domain.dunnage import Dunnage
    from boxwright.planning.parts.expansion import Expansion
    from boxwright.planning.request import Request
    from boxwright.selection.admission import Admission


@dataclass(frozen=True)
class Parts:
    """What knows one thing each of the parcels of an order.

    Attributes
    ----------
    expansion, admission : Expansion, Admission
        The units; which may share a parcel, and which must.
    bare, wrappings : Bare, Wrappings
        They as they are; they with what protects them.
    masses : DunnageMasses
        What closes and fills boxes.
    spaces : Spaces
        What boxes offer and bear.
    packaging : Packaging
        What parcels are packed with.
    accounts : Accounts
        What they emit, and what the carrier bills.
    pricing : Pricing
        What they cost under the objectives.
    """

    expansion: Expansion
    admission: Admission
    bare: Bare
    wrappings: Wrappings
    masses: DunnageMasses
    spaces: Spaces
    packaging: Packaging
    accounts: Accounts
    pricing: Pricing

    @classmethod
    def of(cls, request: Request, expansion: Expansion, admission: Admission, wrap: Dunnage | None) -> Parts:
        """Return the parts of an order with one wrap."""
        wrappings = Wrappings(request, expansion, wrap)
        masses = DunnageMasses(request, expansion)
        spaces = Spaces(request, expansion, wrappings, masses)
        packaging = Packaging(request, expansion, wrappings, masses, spaces, admission)
        accounts = Accounts(request, expansion)
        pricing = Pricing(request, accounts)
        bare = Bare(request, expansion, wrappings)
        return cls(expansion, admission, bare, wrappings, masses, spaces, packaging, accounts, pricing)
