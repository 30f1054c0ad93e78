"""What a candidate costs: at least, before it is packed, and exactly, once its layout is known."""

from boxwright.domain.box import BoxType
from boxwright.domain.factor import Component
from boxwright.domain.mailer import Cuboid
from boxwright.packing.problem import Ints, Units
from boxwright.planning.parts.closed import closed_size, least_size
from boxwright.planning.parts.parts import Parts
from boxwright.planning.parts.shapes import lowest_shape_um, shapes_of
from boxwright.selection.model import Price


class CandidatePrices:
    """Prices of sets of units in box types, with one wrap.

    Parameters
    ----------
    parts : Parts
        What knows units, boxes, packaging and the prices of closed parcels.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lower_bounds: dict[str, tuple[BoxType, Price]] = {}
        self._weighed: tuple[Ints | None, int] = None, 0
        self._lowest: tuple[Ints | None, int] = None, 0

    def lower_bound(self, box: BoxType, members: Ints | None) -> Price:
        """See ``ParcelModel.lower_bound``: the box with the goods alone, or nothing, in it and nothing beside it."""
        pricing = self._parts.pricing
        if (settled := pricing.settled(box)) is not None:
            return settled
        if members is not None:
            return self._least_price(box, members)
        known = self._lower_bounds.get(box.box_type_id)
        if known is None or known[0] is not box:
            known = self._lower_bounds[box.box_type_id] = box, self._least_price(box, None)
        return known[1]

    def _least_price(self, box: BoxType, members: Ints | None) -> Price:
        pricing, packaging = self._parts.pricing, self._parts.packaging
        size = least_size(box, self._lowest_um(members)) if box.flexible else closed_size(box, None)
        if not pricing.by_mass:
            return pricing.price(box, size, packaging.bare(box), least=True)
        gross = packaging.bare_mg(box) + (0 if members is None else self._goods_mg(members))
        return pricing.price(box, size, packaging.bare(box), gross, least=True)

    def _lowest_um(self, members: Ints | None) -> int:
        """Return a height that no parcel of some units, or of any, is below; asked about the same ones in turn."""
        known, lowest = self._lowest
        if known is not members or not lowest:
            expansion = self._parts.expansion
            if members is None:
                lowest = lowest_shape_um(expansion, expansion.everything, expansion.arrays, whole=False)
            else:
                lowest = lowest_shape_um(expansion, members, self._parts.wrappings.protect(members), whole=True)
            self._lowest = members, lowest
        return lowest

    def price(
        self, box: BoxType, members: Ints, extents_um: Cuboid | None, corners_um: Ints | None, *, least: bool
    ) -> Price:
        """See ``ParcelModel.price``."""
        pricing, masses = self._parts.pricing, self._parts.masses
        if (settled := pricing.settled(box)) is not None:
            return settled
        least = least and box.flexible
        if box.flexible and extents_um is None:
            units = self._parts.wrappings.protect(members)
            spaces = self._every_inside(box, members, units)
            if spaces:
                return min(self.price(box, members, inside, corners_um, least=True) for inside in spaces)
            size, least = least_size(box, self._lowest_um(members)), True
        else:
            size = closed_size(box, extents_um)
        if not pricing.by_mass:
            return pricing.price(box, size)
        if self._parts.packaging.always_bare:
            packaging, gross = self._parts.packaging.bare(box), self._parts.packaging.bare_mg(box)
        else:
            packaging = self._parts.packaging.of(box, members, corners_um)
            gross = sum(part.mass_mg for part in packaging)
        gross += self._goods_mg(members)
        if corners_um is None and masses.blocking.possible(box, members):
            # Blocking takes the place of fill, may cost and emit less than it, and weighs no less.
            packaging = tuple(part for part in packaging if part.component is not Component.VOID_FILL)
            least = True
        return pricing.price(box, size, packaging, gross, least=least)

    def _goods_mg(self, members: Ints) -> int:
        """Return the mass of the goods of some units, in mg; every box type is asked about the same ones in turn."""
        known, mass_mg = self._weighed
        if known is not members:
            mass_mg = self._parts.expansion.goods_mg(members)
            self._weighed = members, mass_mg
        return mass_mg

    def _every_inside(self, box: BoxType, members: Ints, units: Units) -> list[Cuboid]:
        """Return every cuboid that a mailer can become round all of some units; none where they cannot be listed."""
        shapes = shapes_of(self._parts.expansion, members, units)
        several = self._parts.admission.several(members)
        fillings = [self._parts.spaces.fillings(box, shape, whole=True, several=several) for shape in shapes.units]
        every = shapes.every and all(each.every for each in fillings)
        return [space.edges_um for each in fillings for space in each.spaces] if every else []
