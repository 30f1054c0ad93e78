"""packer3d: a native program, started once per order."""

import packer3d

from benchmarks.answers import plan_of
from benchmarks.engine import Answer, RefusedError
from benchmarks.peers.task import UnitNames, cost, payload_g, whole_mm, whole_orientations
from boxwright import Catalog, Order


class Packer3d:
    """packer3d with axis-parallel placements.

    Its x and y are centres; its width lies along x, its length along y. Diagonal placements are switched off.

    Parameters
    ----------
    support_mode : str
        ``stable``, its default: centre over the contacts; ``full_base``: the whole base is supported.
    seconds : float
        Time limit.
    """

    def __init__(self, support_mode: str, seconds: float) -> None:
        self.name = f"packer3d {support_mode}"
        self._mode, self._limit_ms = support_mode, seconds * 1_000

    def pack(self, order: Order, catalog: Catalog) -> Answer:
        """See ``Engine``."""
        packer = packer3d.Packer()
        packer.set_options(angle_step=90, support_mode=self._mode, time_limit_ms=self._limit_ms)
        for box in catalog.box_types:
            length, width, height = whole_mm(box.inner_um)
            limit = {} if (payload := payload_g(box)) is None else {"max_weight": payload}
            packer.add_box(id=box.box_type_id, width=length, length=width, height=height, cost=cost(box), **limit)
        for number, line in enumerate(order.lines):
            length, width, height = whole_mm(line.edges_um)
            packer.add_item(
                id=str(number),
                width=length,
                length=width,
                height=height,
                weight=line.mass_mg / 1_000,
                quantity=line.quantity,
                rotation="any" if whole_orientations(line) else "flat",
                diagonal=False,
            )
        try:
            found = packer.pack()
        except packer3d.PackerError as error:
            raise RefusedError(str(error)) from error
        names = UnitNames(order)
        boxes = []
        for each in found["bins"]:
            placed = []
            for item in each["items"]:
                extent = _turned(item)
                corner = (item["x"] - extent[0] / 2, item["y"] - extent[1] / 2, item["z"])
                placed.append(names.placed(int(item["id"]), corner, extent))
            boxes.append((each["type_id"], placed))
        return Answer(plan_of(order, catalog, boxes), found["stats"]["proven_optimal"])


def _turned(item: dict[str, float]) -> tuple[float, float, float]:
    """Return extents along x, y, z: a quarter turn swaps the stated ones."""
    if item["angle"] % 180 == 90:
        return item["length"], item["width"], item["height"]
    return item["width"], item["length"], item["height"]
