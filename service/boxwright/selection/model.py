"""The interface between search and planning, and the packed box.

Rules on boxes, cushioning and prices exist once, in planning's ``ParcelModel``. ``admission.py`` decides which units
may share a parcel.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from boxwright.domain.box import BoxType
from boxwright.packing.packer import Packer
from boxwright.packing.problem import Ints, Layout, Rules, Space, Units
from boxwright.packing.question import Refused
from boxwright.selection.admission import Admission
from boxwright.stop import Stop

Cuboid = tuple[int, int, int]
Price = tuple[int, ...]
"""The objectives of a parcel or plan as integers, in order of priority."""


@dataclass(frozen=True, slots=True)
class Fillings:
    """The cuboids that a mailer can become, by ascending height; ``every`` if no others need to be tried."""

    spaces: tuple[Space, ...]
    every: bool


@dataclass(frozen=True, slots=True)
class Shapes:
    """Units in the shapes that they can have, the first unfolded; ``every`` if there are no other shapes."""

    units: tuple[Units, ...]
    every: bool


class ParcelModel(Protocol):
    """Rules and prices of candidates: sets of units (indices) in a box type."""

    @property
    def cushioning_id(self) -> str:
        """Id of the cushioning of every parcel; empty if there is no choice, or if any of several may be used."""

    def variants(self, members: Ints | None = None) -> Sequence["ParcelModel"]:
        """Return a model for each cushioning that may be used, or this one if there is no choice.

        With a choice this model is a relaxation of all variants: it refuses only what all refuse, and its prices are
        lower bounds. There is no choice for ``members`` that need no cushioning.
        """

    def variant(self, cushioning_id: str) -> "ParcelModel":
        """Return the variant with that cushioning; the first for an empty id."""

    @property
    def packer(self) -> Packer:
        """The engine."""

    @property
    def stop(self) -> Stop:
        """The stop that ends the search."""

    @property
    def rules(self) -> Rules:
        """Physical rules for placements."""

    @property
    def monotone(self) -> bool:
        """Whether a box that takes some units takes every part of them; dunnage can make exceptions."""

    @property
    def admission(self) -> Admission:
        """The rules on units that may or must share a parcel."""

    def as_it_is(self, members: Ints) -> "PackedBox | None":
        """Return the parcel of a unit in its own container; None unless ``members`` is one unit that may ship so."""

    def box_types(self) -> tuple[BoxType, ...]:
        """Return the box types that may be used, each available at least once."""

    def refused(self, units: Units, boxes: Sequence[BoxType]) -> dict[int, Refused]:
        """Return ``BoxTable.refused`` of protected units."""

    def settled(self, boxes: Sequence[BoxType]) -> tuple[Sequence[tuple[Price, int]], Sequence[int]]:
        """Split box types by whether their price is independent of the content.

        Return those as ascending (price, index into ``boxes``), and the indices of the others.
        """

    def protect(self, members: Ints, box: BoxType | None = None) -> Units:
        """Return units with their protection in a box type, in canonical order, each regardless of the others.

        In compartments units have no gaps. Without a box type, units are at most as large and as heavy as in any box.
        """

    def for_several(self, box: BoxType) -> BoxType:
        """Return a box type with the weight limits for a parcel of several units, or ``box`` if they add nothing.

        The limits of ``box`` itself hold for a single unit and for a single keep-together group.
        """

    def space(self, box: BoxType, units: Units, *, whole: bool, several: bool) -> Space:
        """Return the usable inside of a box for protected units; ``whole`` if all of them must go in.

        ``several`` is ``admission.several`` of them and decides which weight limits hold. The space of a mailer
        ``encloses`` all its forms: it is used for refusals, and ``fillings`` are used for packing.
        """

    def too_loose(self, box: BoxType, members: Ints) -> bool:
        """Whether nothing would hold several heavy units: the box is mostly empty, or too weak for blocking."""

    def shapes(self, members: Ints, units: Units) -> Shapes:
        """Return protected units with their soft goods folded in every way."""

    def fillings(self, box: BoxType, units: Units, *, whole: bool, several: bool) -> Fillings:
        """Return the cuboids that a mailer can become round some or (``whole``) all of the units.

        A rigid box has only its ``space``.
        """

    def lower_bound(self, box: BoxType, members: Ints | None = None) -> Price:
        """Return a lower bound on the price of a parcel in this box type, with all ``members`` or with any content."""

    def price(
        self,
        box: BoxType,
        members: Ints,
        extents_um: Cuboid | None = None,
        corners_um: Ints | None = None,
        *,
        least: bool = False,
    ) -> Price:
        """Return the price of these units in this box.

        The price of a rigid box does not depend on the layout if its void fill follows from volume. A mailer needs the
        ``extents_um`` of its content from its corner, and a box that may need blocking the ``corners_um`` of its
        envelopes, int64 (n, 6), in the order of ``members``. Without them, or with the extents of a filling and
        ``least``, the price is a lower bound over all such layouts.
        """


@dataclass(frozen=True)
class PackedBox:
    """A packed box.

    Attributes
    ----------
    members : int64, (k,)
        Units in pack sequence.
    orientations : int64, (k,)
        Rows of ``domain.order.Orientation``.
    corners_um : int64, (k, 6)
        Lowest and highest corner of each envelope.
    price : Price
        Contribution of the box to the price of a plan.
    cushioning_id : str
        Empty unless it was chosen among several.
    """

    box: BoxType
    members: Ints
    orientations: Ints
    corners_um: Ints
    price: Price
    cushioning_id: str = ""

    @classmethod
    def of(cls, model: ParcelModel, box: BoxType, members: Ints, layout: Layout) -> "PackedBox":
        """Return the packed box of a layout whose units index ``members``; it is centred in a box with void fill."""
        inside = members[layout.units]
        if box.has_fill:
            layout = layout.centred
        price = model.price(box, inside, layout.extents_um, layout.corners_um)
        return cls(box, inside, layout.orientations, layout.corners_um, price, cushioning_in(model, box))


def cushioning_in(model: ParcelModel, box: BoxType) -> str:
    """Return the id of the cushioning in a box for certificates and plans; compartments need none."""
    return "" if box.compartments else model.cushioning_id


def without(members: Ints, taken: Ints) -> Ints:
    """Return the members, ascending, without ``taken``, a subset of them."""
    left = np.ones(len(members), dtype=np.bool_)
    left[np.searchsorted(members, taken)] = False
    return members[left]


def add(prices: list[Price]) -> Price:
    """Return the sum of one or more prices, by objective."""
    return tuple(map(sum, zip(*prices, strict=True)))
