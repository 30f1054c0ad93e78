"""The boxes in stock that a plan may use."""

from collections import Counter
from collections.abc import Iterable, Sequence

from boxwright.domain.box import BoxType
from boxwright.selection.model import PackedBox


def in_stock(boxes: Sequence[BoxType], used: Iterable[PackedBox]) -> tuple[BoxType, ...]:
    """Return the box types that still have a box available besides those ``used``."""
    stock = Stock(boxes, used)
    return stock.boxes(stock.left())


def enough(parcels: Sequence[PackedBox]) -> bool:
    """Whether the boxes of some parcels are all in stock."""
    boxes = [parcel.box for parcel in parcels]
    return Stock(boxes).suffices(boxes)


class Stock:
    """The boxes in stock that the parcels of a plan do not use; ``scarce`` is True if any type can run out."""

    def __init__(self, boxes: Sequence[BoxType], used: Iterable[PackedBox] = ()) -> None:
        self._boxes = tuple(boxes)
        self._available = {box.box_type_id: box.available for box in boxes if box.available is not None}
        self.scarce = bool(self._available)
        self._count = Counter(parcel.box.box_type_id for parcel in used) if self.scarce else Counter[str]()

    def replace(self, taken: Iterable[PackedBox], added: Iterable[PackedBox]) -> None:
        """Replace some parcels of the plan by others."""
        self._count.subtract(parcel.box.box_type_id for parcel in taken)
        self._count.update(parcel.box.box_type_id for parcel in added)

    def left(self, taken: Iterable[PackedBox] = ()) -> tuple[str, ...]:
        """Return the ids of the scarce types that have a box left if the ``taken`` parcels are dissolved."""
        if not self.scarce:
            return ()
        back = Counter(parcel.box.box_type_id for parcel in taken)
        return tuple(name for name, most in self._available.items() if self._count[name] - back[name] < most)

    def boxes(self, left: tuple[str, ...]) -> tuple[BoxType, ...]:
        """Return all box types except scarce ones that are not in ``left``."""
        if not self.scarce:
            return self._boxes
        return tuple(box for box in self._boxes if box.available is None or box.box_type_id in left)

    def suffices(self, boxes: Iterable[BoxType], taken: Iterable[PackedBox] = ()) -> bool:
        """Whether all ``boxes``, which may repeat a type, are in stock if the ``taken`` parcels are dissolved."""
        back = Counter(parcel.box.box_type_id for parcel in taken)
        wanted = Counter(box.box_type_id for box in boxes if box.available is not None)
        return all(self._count[name] - back[name] + count <= self._available[name] for name, count in wanted.items())
