"""The ``ParcelModel`` of one order: what selection may ask, each answered by the part that knows it."""

from boxwright.domain.box import BoxType
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.mailer import Cuboid
from boxwright.lazy import cached_property
from boxwright.packing.problem import Ints, Rules, Units
from boxwright.planning.engine import PACKERS
from boxwright.planning.parts.accounts import Accounts
from boxwright.planning.parts.admission import admission_of
from boxwright.planning.parts.cushioned import Wrappings
from boxwright.planning.parts.expansion import Expansion
from boxwright.planning.parts.own_containers import own_parcel, those_carried
from boxwright.planning.parts.packaging import Packaging
from boxwright.planning.parts.pricing import Pricing
from boxwright.planning.parts.shapes import shapes_of
from boxwright.planning.parts.spaces import Spaces
from boxwright.planning.request import Request
from boxwright.selection.admission import Admission
from boxwright.selection.model import PackedBox, Price, Shapes


class OrderModel:
    """Rules and prices of the candidates of one order; see ``selection.model.ParcelModel``.

    Parameters
    ----------
    request, expansion : Request, Expansion
        What was asked, resolved; its units, into which members are indices.
    cushioning : Dunnage, optional
        The wrap round fragile units in every parcel. Default: any that the request allows; of several this is then a
        relaxation, and ``variants`` are the models to pack by.
    known : Admission, optional
        Which units may share a parcel, if that is known already. Default: it is worked out.

    Attributes
    ----------
    cushioning, cushioning_id : Dunnage or None, str
        What is wrapped round fragile units, of several the first; its id if it was chosen among several, else empty.
    wrappings, spaces, packaging, accounts, pricing : Wrappings, Spaces, Packaging, Accounts, Pricing
        What knows one thing each: what protects units, what boxes offer, what parcels are packed with, emit and cost.
    """

    def __init__(
        self, request: Request, expansion: Expansion, cushioning: Dunnage | None = None, known: Admission | None = None
    ) -> None:
        self.request, self.stop = request, request.stop
        self.expansion = expansion
        self.cushioning_id = "" if cushioning is None else cushioning.dunnage_id
        self.cushioning = cushioning or next(iter(request.cushionings), None)
        self.packer = PACKERS[request.policy.engine]
        self.admission = known or those_carried(admission_of(expansion, request), expansion, request.biller)
        self.wrappings = Wrappings(request, expansion, self.cushioning)
        self.spaces = Spaces(request, expansion, self.wrappings)
        self.packaging = Packaging(request, expansion, self.wrappings, self.spaces, self.admission)
        self.accounts = Accounts(request, expansion)
        parts = self.wrappings, self.spaces, self.packaging, self.accounts
        self.pricing = Pricing(request, expansion, *parts, self.admission)
        # What one part answers alone: see ``ParcelModel``.
        self.space, self.for_several = self.spaces.space, self.spaces.for_several
        self.fillings, self.refused = self.spaces.fillings, self.spaces.refused
        self.settled, self.lower_bound = self.pricing.ranked, self.pricing.lower_bound
        self._protected: dict[bool, Units] = {}
        self.rules = Rules(request.policy.support_millionths, request.policy.load_bearing)

    @cached_property
    def _variants(self) -> tuple["OrderModel", ...]:
        wraps = self.request.cushionings
        if self.cushioning_id or len(wraps) < 2 or not self.wrappings.wrapped(self.expansion.everything):
            return (self,)
        return tuple(OrderModel(self.request, self.expansion, each, self.admission) for each in wraps)

    def variants(self, members: Ints | None = None) -> tuple["OrderModel", ...]:
        """See ``ParcelModel.variants``; of no members in particular, of all."""
        none_wrapped = members is not None and not self.wrappings.wrapped(members)
        return self._variants[:1] if none_wrapped else self._variants

    def variant(self, cushioning_id: str) -> "OrderModel":
        """Return the model with a cushioning; without a name the first."""
        return next((each for each in self._variants if each.cushioning_id == cushioning_id), self._variants[0])

    @cached_property
    def restocked(self) -> "OrderModel | None":
        """The model of the box types that are out of stock and else could be used; None where there are none."""
        return self._of(self.request.restocked)

    @cached_property
    def barred(self) -> "OrderModel | None":
        """The model of the box types at hand that carrier or policy exclude; None where there are none."""
        return self._of(self.request.barred)

    @cached_property
    def every(self) -> "OrderModel | None":
        """The model of the box types to choose from, those of ``restocked`` and those of ``barred``."""
        return self._of(self.request.every)

    def _of(self, request: Request | None) -> "OrderModel | None":
        return None if request is None else OrderModel(request, self.expansion)

    @property
    def monotone(self) -> bool:
        """See ``ParcelModel.monotone``."""
        return self.spaces.monotone

    def box_types(self) -> tuple[BoxType, ...]:
        """See ``ParcelModel.box_types``."""
        return self.request.box_types

    def as_it_is(self, members: Ints) -> PackedBox | None:
        """See ``ParcelModel.as_it_is``."""
        may = len(members) == 1 and self.admission.own[members[0]]
        return own_parcel(self.expansion, members, self.pricing) if may else None

    def protect(self, members: Ints, box: BoxType | None = None) -> Units:
        """See ``ParcelModel.protect``."""
        protected = (each.wrappings.protect(members) for each in self._variants)
        return self.wrappings.least(members, protected, in_cells=None if box is None else bool(box.compartments))

    def protected(self, *, in_cells: bool) -> Units:
        """Return all units, in open boxes or in compartments."""
        if in_cells not in self._protected:
            everything = self.expansion.everything
            protected = (each.wrappings.protect(everything) for each in self._variants)
            self._protected[in_cells] = self.wrappings.least(everything, protected, in_cells=in_cells)
        return self._protected[in_cells]

    def shapes(self, members: Ints, units: Units) -> Shapes:
        """See ``ParcelModel.shapes``."""
        return shapes_of(self.expansion, members, units)

    def price(
        self,
        box: BoxType,
        members: Ints,
        extents_um: Cuboid | None = None,
        corners_um: Ints | None = None,
        *,
        least: bool = False,
    ) -> Price:
        """See ``ParcelModel.price``; of several wraps, a price that none undercuts."""
        self.stop.look()
        if len(self._variants) > 1 and self.pricing.settled(box) is None:
            return min(each.price(box, members, extents_um, corners_um, least=least) for each in self._variants)
        return self.pricing.price(box, members, extents_um, corners_um, least=least)
