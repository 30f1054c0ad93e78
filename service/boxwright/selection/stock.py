"""How many boxes of each type are left."""

from collections import Counter
from collections.abc import Iterable, Sequence

from boxwright.domain.box import BoxType
from boxwright.selection.model import PackedBox


def in_stock(boxes: Sequence[BoxType], used: Iterable[PackedBox]) -> tuple[BoxType, ...]:
    """Return the box types of which one more is available."""
    stock = Stock(boxes, used)
    return stock.boxes(stock.left())


def enough(parcels: Sequence[PackedBox]) -> bool:
    """Return whether there are as many boxes of each type as the parcels use."""
    boxes = [parcel.box for parcel in parcels]
    return Stock(boxes).suffices(boxes)


class Stock:
    """The boxes of all types that the parcels of a plan leave, while it changes; ``scarce`` if any may run short."""

    def __init__(self, boxes: Sequence[BoxType], used: Iterable[PackedBox] = ()) -> None:
        self._boxes = tuple(boxes)
        self._available = {box.box_type_id: box.available for box in boxes if box.available is not None}
        self.scarce = bool(self._available)
        self._count = Counter(parcel.box.box_type_id for parcel in used) if self.scarce else Counter[str]()

    def replace(self, taken: Iterable[PackedBox], added: Iterable[PackedBox]) -> None:
        """Count some parcels of the plan no more, and others instead."""
        self._count.subtract(parcel.box.box_type_id for parcel in taken)
        self._count.update(parcel.box.box_type_id for parcel in added)

    def left(self, taken: Iterable[PackedBox] = ()) -> tuple[str, ...]:
        """Return the ids of those scarce types of which one more is there if some parcels are given up."""
        if not self.scarce:
            return ()
        back = Counter(parcel.box.box_type_id for parcel in taken)
        return tuple(each for each, most in self._available.items() if self._count[each] - back[each] < most)

    def boxes(self, left: tuple[str, ...]) -> tuple[BoxType, ...]:
        """Return all box types but the scarce ones that are not ``left``."""
        if not self.scarce:
            return self._boxes
        return tuple(box for box in self._boxes if box.available is None or box.box_type_id in left)

    def suffices(self, boxes: Iterable[BoxType], taken: Iterable[PackedBox] = ()) -> bool:
        """Whether all of ``boxes``, one of a type as often as it is listed, are there if parcels are given up."""
        back = Counter(parcel.box.box_type_id for parcel in taken)
        asked = Counter(box.box_type_id for box in boxes if box.available is not None)
        return all(self._count[each] - back[each] + count <= self._available[each] for each, count in asked.items())
