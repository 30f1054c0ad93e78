"""The interface between search and planning, and the packed box.

Planning implements ``ParcelModel``, with all rules on boxes, cushioning and prices. ``admission.py`` decides which
units may share a parcel.
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
    """The cuboids that a mailer can become, by ascending height; ``every`` is True if no others need trying."""

    spaces: tuple[Space, ...]
    every: bool


@dataclass(frozen=True, slots=True)
class Shapes:
    """Units in the shapes that they can have, the first unfolded; ``every`` is True if these are all shapes."""

    units: tuple[Units, ...]
    every: bool


class ParcelModel(Protocol):
    """Rules and prices of candidates: sets of units (indices) in a box type."""

    @property
    def cushioning_id(self) -> str:
        """Id of the cushioning of every parcel; empty if no cushioning is chosen, or if any of several may be used."""

    def variants(self, members: Ints | None = None) -> Sequence["ParcelModel"]:
        """Return a model for each cushioning that may be used, or this one if there is no choice.

        If there is a choice, this model is a relaxation of all variants: it refuses only what all variants refuse, and
        its prices are lower bounds. ``members`` that need no cushioning leave no choice.
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
        """Whether a box that takes some units takes every part of them, which dunnage can prevent."""

    @property
    def admission(self) -> Admission:
        """The rules on units that may or must share a parcel."""

    def as_it_is(self, members: Ints) -> "PackedBox | None":
        """Return the parcel of a unit in its own container; None unless ``members`` is one unit that may ship so."""

    def box_types(self) -> tuple[BoxType, ...]:
        """Return the box types that may be used, each available at least once."""

    def refused(self, units: Units, boxes: Sequence[BoxType]) -> dict[int, Refused]:
        """Return, by index into ``boxes``, the box types that cannot take all units; see ``BoxTable.refused``."""

    def settled(self, boxes: Sequence[BoxType]) -> tuple[Sequence[tuple[Price, int]], Sequence[int]]:
        """Separate box types whose price does not depend on the content from all others.

        Return the former as (price, index into ``boxes``), ascending, and the indices of the others.
        """

    def protect(self, members: Ints, box: BoxType | None = None) -> Units:
        """Return units with the protection that each needs in a box type, in canonical order.

        In compartments units have no gaps. Without a box type, units are at most as large and as heavy as in any box.
        """

    def for_several(self, box: BoxType) -> BoxType:
        """Return a box type with the weight limits for a parcel of several bundles, or ``box`` if they add nothing.

        The limits of ``box`` itself hold for a single unit and for a single keep-together group.
        """

    def space(self, box: BoxType, units: Units, *, whole: bool, several: bool) -> Space:
        """Return the usable inside of a box for protected units; ``whole`` is True if all must go in.

        ``several`` is ``admission.several`` of the units and decides which weight limits hold. The space of a mailer
        ``encloses`` all its forms. It serves to refuse units; they are packed into ``fillings``.
        """

    def too_loose(self, box: BoxType, members: Ints) -> bool:
        """Whether several heavy units would be loose: the box is mostly empty, or too weak for blocking."""

    def shapes(self, members: Ints, units: Units) -> Shapes:
        """Return protected units in every shape that the soft goods among them can be folded to."""

    def fillings(self, box: BoxType, units: Units, *, whole: bool, several: bool) -> Fillings:
        """Return the cuboids that a mailer can become round some of the units, or round all of them if ``whole``.

        A rigid box has only its ``space``.
        """

    def lower_bound(self, box: BoxType, members: Ints | None = None) -> Price:
        """Return a lower bound on the price of a parcel in this box type: with all ``members``, or with any content."""

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
        ``extents_um`` of its content from its corner. A box that may need blocking needs the ``corners_um`` of its
        envelopes, int64 (n, 6), in the order of ``members``. Without these, the price is a lower bound over all
        layouts. With the extents of a filling and ``least``, it is a lower bound over all layouts in the filling.
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
        Price of the parcel; the price of a plan is the sum over its parcels.
    cushioning_id : str
        Empty unless the cushioning was chosen among several.
    """

    box: BoxType
    members: Ints
    orientations: Ints
    corners_um: Ints
    price: Price
    cushioning_id: str = ""

    @classmethod
    def of(cls, model: ParcelModel, box: BoxType, members: Ints, layout: Layout) -> "PackedBox":
        """Return the packed box of a layout, whose units index ``members``; void fill keeps the layout centred."""
        inside = members[layout.units]
        if box.has_fill:
            layout = layout.centred
        price = model.price(box, inside, layout.extents_um, layout.corners_um)
        return cls(box, inside, layout.orientations, layout.corners_um, price, cushioning_in(model, box))


def cushioning_in(model: ParcelModel, box: BoxType) -> str:
    """Return the id of the cushioning in a box; empty in a box with compartments, which needs none."""
    return "" if box.compartments else model.cushioning_id


def without(members: Ints, taken: Ints) -> Ints:
    """Return ascending members without ``taken``, some of them."""
    left = np.ones(len(members), dtype=np.bool_)
    left[np.searchsorted(members, taken)] = False
    return members[left]


def add(prices: list[Price]) -> Price:
    """Return the sum of one or more prices, by objective."""
    return tuple(map(sum, zip(*prices, strict=True)))
