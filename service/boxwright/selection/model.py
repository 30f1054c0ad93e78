"""What search may ask of the rules of the trade.

Selection works on a ``ParcelModel``, so that rules on boxes, cushioning and prices exist once, in planning. Which units
may share a parcel is decided in ``selection/admission.py``.
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
"""The objectives of a parcel or plan in the order compared, as integers."""


@dataclass(frozen=True, slots=True)
class Fillings:
    """The cuboids that a mailer can become, rising in height; ``every`` if units that go in go into one of them."""

    spaces: tuple[Space, ...]
    every: bool


@dataclass(frozen=True, slots=True)
class Shapes:
    """The same units in each shape that they can have, the first not folded; ``every`` if those are all."""

    units: tuple[Units, ...]
    every: bool


class ParcelModel(Protocol):
    """What selection may ask about candidates: a set of units (indices) in a box type."""

    @property
    def cushioning_id(self) -> str:
        """The cushioning of every parcel; empty where no more than one may be used, or any of several."""

    def variants(self, members: Ints | None = None) -> Sequence["ParcelModel"]:
        """Return a model for each cushioning that may be used: itself where there is no choice.

        Where there is a choice, a candidate is a box type with one of them; this model then is a relaxation, good for
        bounds: it refuses what each of them refuses, and its prices are prices that none undercuts. Of ``members``
        that need no cushioning there is no choice.
        """

    def variant(self, cushioning_id: str) -> "ParcelModel":
        """Return the one of ``variants`` with that cushioning; the first where it is empty."""

    @property
    def packer(self) -> Packer:
        """The engine."""

    @property
    def stop(self) -> Stop:
        """What ends the search."""

    @property
    def rules(self) -> Rules:
        """Physical rules of every placement."""

    @property
    def monotone(self) -> bool:
        """Whether a box that takes some units takes any part of them: dunnage can make exceptions."""

    @property
    def admission(self) -> Admission:
        """Which units may share a parcel, and which must."""

    def as_it_is(self, members: Ints) -> "PackedBox | None":
        """Return the parcel of one unit in its own container; None unless it is one unit that may ship so."""

    def box_types(self) -> tuple[BoxType, ...]:
        """Return the box types that may be used at all, each available at least once."""

    def refused(self, units: Units, boxes: Sequence[BoxType]) -> dict[int, Refused]:
        """Return which of some box types protected units cannot all go into, by place; see ``BoxTable.refused``."""

    def settled(self, boxes: Sequence[BoxType]) -> tuple[Sequence[tuple[Price, int]], Sequence[int]]:
        """Return the box types whose size settles their price, whatever is in them, and those of which it does not.

        The first are (price, place among ``boxes``), rising; the others places.
        """

    def protect(self, members: Ints, box: BoxType | None = None) -> Units:
        """Return units with what protects them in a box of a type, in canonical order: the same in any company.

        In compartments units stand as they are. Without a type units are no larger and no heavier than in any.
        """

    def for_several(self, box: BoxType) -> BoxType:
        """Return a box type with the weight limits that bind a parcel of several units.

        Its own bind a single unit and a keep-together group by itself. Where several have no limits of their own, or
        those cannot be passed by these units, it is ``box`` itself.
        """

    def space(self, box: BoxType, units: Units, *, whole: bool, several: bool) -> Space:
        """Return the usable inside of a box for protected units; ``whole`` if all of them must go in.

        ``several`` is ``admission.several`` of a parcel of them: it decides which weight limits bind.

        Of a mailer it ``encloses`` whatever can be in it: what it refuses is refused, but nothing may be packed into
        it. That is done in its fillings.
        """

    def too_loose(self, box: BoxType, members: Ints) -> bool:
        """Whether several heavy units leave so much of a box empty that nothing holds them."""

    def shapes(self, members: Ints, units: Units) -> Shapes:
        """Return protected units in every shape that soft goods among them can be folded to."""

    def fillings(self, box: BoxType, units: Units, *, whole: bool, several: bool) -> Fillings:
        """Return the cuboids that a mailer can become round some of the units, or round all of them; see ``space``.

        A rigid box has one, its ``space``.
        """

    def lower_bound(self, box: BoxType, members: Ints | None = None) -> Price:
        """Return a price that no parcel in this box type undercuts: with all members in it, or whatever is in it."""

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

        For rigid boxes whose void fill follows from volume it does not depend on the layout, so it is both the bound
        before packing and the price after. The price of a mailer depends on the extents of what is in it, from its
        corner; without them, and with those of a filling and ``least``, it is a price that no such layout undercuts.
        So it is of a box that may need blocking, without the ``corners_um`` of its envelopes, int64 (n, 6), in
        ``members``' order.
        """


@dataclass(frozen=True)
class PackedBox:
    """One packed box.

    ``members``, int64 (k,), are its units in pack sequence; ``orientations``, int64 (k,), rows of
    ``domain.order.Orientation``; ``corners_um``, int64 (k, 6), the lowest and highest corner of each envelope. Its part
    of the plan's price is ``price``; ``cushioning_id`` is empty unless it was chosen among several.
    """

    box: BoxType
    members: Ints
    orientations: Ints
    corners_um: Ints
    price: Price
    cushioning_id: str = ""

    @classmethod
    def of(cls, model: ParcelModel, box: BoxType, members: Ints, layout: Layout) -> "PackedBox":
        """Return the packed box of a layout whose units index ``members``; where there is fill, margins are centred."""
        inside = members[layout.units]
        if box.has_fill:
            layout = layout.centred
        price = model.price(box, inside, layout.extents_um, layout.corners_um)
        return cls(box, inside, layout.orientations, layout.corners_um, price, cushioning_in(model, box))


def cushioning_in(model: ParcelModel, box: BoxType) -> str:
    """Return what certificates and plans call the cushioning of a model in a box; compartments need none."""
    return "" if box.compartments else model.cushioning_id


def without(members: Ints, taken: Ints) -> Ints:
    """Return the members, ascending, without those taken, which are all among them."""
    left = np.ones(len(members), dtype=np.bool_)
    left[np.searchsorted(members, taken)] = False
    return members[left]


def add(prices: list[Price]) -> Price:
    """Return the sum of prices, part by part."""
    return tuple(map(sum, zip(*prices, strict=True)))
