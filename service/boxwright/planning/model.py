"""The ``ParcelModel`` of one order, whose methods call the part that has the answer."""

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.mailer import Cuboid
from boxwright.domain.order import ALL_ORIENTATIONS
from boxwright.domain.own_container import OwnContainer, shipped_orientation
from boxwright.lazy import cached_property
from boxwright.packing.problem import Ints, Rules, Units
from boxwright.planning.engine import PACKERS
from boxwright.planning.parts.admission import admission_of
from boxwright.planning.parts.cushioned import Wrappings
from boxwright.planning.parts.expansion import Expansion, shapes_of
from boxwright.planning.parts.pricing import Pricing
from boxwright.planning.parts.spaces import Spaces, closed_size
from boxwright.planning.request import Request
from boxwright.selection.admission import Admission
from boxwright.selection.model import PackedBox, Price, Shapes


class OrderModel:
    """Rules and prices of the candidates of one order; see ``selection.model.ParcelModel``.

    Members are indices into the units of ``expansion``. ``cushioning`` is the wrap round fragile units in every parcel.
    By default it is any wrap that the request allows; with several wraps the model is a relaxation, and packing uses
    its ``variants``. ``known`` is an admission that was computed before. ``wrappings`` protect units, ``spaces`` are
    the insides of boxes, and ``pricing`` has packaging, grams and costs of parcels.
    """

    def __init__(
        self, request: Request, expansion: Expansion, cushioning: Dunnage | None = None, known: Admission | None = None
    ) -> None:
        self.request, self.expansion, self.stop = request, expansion, request.stop
        self.cushioning_id = "" if cushioning is None else cushioning.dunnage_id
        self.packer = PACKERS[request.policy.engine]
        self.admission = known or admission_of(expansion, request)
        self.wrappings = Wrappings(request, expansion, cushioning or next(iter(request.cushionings), None))
        self.spaces = Spaces(request, expansion, self.wrappings)
        self.pricing = Pricing(request, expansion, self.wrappings, self.spaces, self.admission)
        # Methods of ``ParcelModel`` that one part answers alone.
        self.space, self.for_several = self.spaces.space, self.spaces.for_several
        self.fillings, self.refused = self.spaces.fillings, self.spaces.refused
        self.settled, self.lower_bound = self.pricing.ranked, self.pricing.lower_bound
        self.rules = Rules(request.policy.support_millionths, request.policy.load_bearing)

    @cached_property
    def _variants(self) -> tuple["OrderModel", ...]:
        wraps = self.request.cushionings
        if self.cushioning_id or len(wraps) < 2 or not self.wrappings.wrapped(self.expansion.everything):
            return (self,)
        return tuple(OrderModel(self.request, self.expansion, wrap, self.admission) for wrap in wraps)

    def variants(self, members: Ints | None = None) -> tuple["OrderModel", ...]:
        """See ``ParcelModel.variants``. Default: those for all units."""
        none_wrapped = members is not None and not self.wrappings.wrapped(members)
        return self._variants[:1] if none_wrapped else self._variants

    def variant(self, cushioning_id: str) -> "OrderModel":
        """Return the model with the named cushioning, or with the first one if the name is unknown or empty."""
        return next((model for model in self._variants if model.cushioning_id == cushioning_id), self._variants[0])

    @cached_property
    def with_all_boxes(self) -> "OrderModel | None":
        """The model with box types out of stock or excluded by carrier or policy as well; None if there are none."""
        every = self.request.with_all_boxes
        return None if every is None else OrderModel(every, self.expansion)

    @property
    def monotone(self) -> bool:
        """See ``ParcelModel.monotone``."""
        return self.spaces.monotone

    def box_types(self) -> tuple[BoxType, ...]:
        """See ``ParcelModel.box_types``."""
        return self.request.box_types

    def as_it_is(self, members: Ints) -> PackedBox | None:
        """See ``ParcelModel.as_it_is``: no clearance, no cushioning and no dunnage."""
        if len(members) != 1 or not self.admission.own[members[0]]:
            return None
        line, _ = self.expansion.units[int(members[0])]
        orientation = shipped_orientation(line)
        extents = orientation.rotate(*line.edges_um)
        box = OwnContainer.of_size(extents)
        turn = np.array([ALL_ORIENTATIONS.index(orientation)], dtype=np.int64)
        corners = np.array([(0, 0, 0, *extents)], dtype=np.int64)
        price = self.pricing.of_size(box, closed_size(box, None), gross_mg=line.mass_mg)
        return PackedBox(box, members, turn, corners, price)

    def protect(self, members: Ints, box: BoxType | None = None) -> Units:
        """See ``ParcelModel.protect``."""
        protected = (model.wrappings.protect(members) for model in self._variants)
        return self.wrappings.least(members, protected, in_cells=None if box is None else bool(box.compartments))

    def too_loose(self, box: BoxType, members: Ints) -> bool:
        """See ``ParcelModel.too_loose``."""
        return self.admission.several(members) and self.spaces.too_loose(box, self.wrappings.protect(members))

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
        """See ``ParcelModel.price``. With several wraps it is a lower bound on the price with each of them."""
        self.stop.look()
        if len(self._variants) > 1 and self.pricing.settled(box) is None:
            return min(model.price(box, members, extents_um, corners_um, least=least) for model in self._variants)
        return self.pricing.price(box, members, extents_um, corners_um, least=least)
