"""How many boxes of each type are left."""

from collections import Counter
from collections.abc import Iterable, Sequence

from boxwright.domain.box import BoxType
from boxwright.selection.model import PackedBox


def in_stock(boxes: Sequence[BoxType], used: Iterable[PackedBox]) -> tuple[BoxType, ...]:
    """Return the box types of which one more is available."""
    count = Counter(parcel.box.box_type_id for parcel in used)
    return tuple(box for box in boxes if box.available is None or count[box.box_type_id] < box.available)


def enough(parcels: Sequence[PackedBox]) -> bool:
    """Return whether there are as many boxes of each type as the parcels use."""
    count = Counter(parcel.box.box_type_id for parcel in parcels)
    stock = {parcel.box.box_type_id: parcel.box.available for parcel in parcels}
    return all(available is None or count[box] <= available for box, available in stock.items())


def enough_left(boxes: Sequence[BoxType], used: Iterable[PackedBox]) -> bool:
    """Whether all of ``boxes``, one of a type as often as it is listed, are available beside those used."""
    count = Counter([*(box.box_type_id for box in boxes), *(parcel.box.box_type_id for parcel in used)])
    return all(box.available is None or count[box.box_type_id] <= box.available for box in boxes)
