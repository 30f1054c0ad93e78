"""The boxes to choose from, existing ones and new sizes, and orders that fill today's largest boxes."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from boxwright.catalog import load_catalog
from boxwright.design.boxes import least_um, may_be_made, new_boxes, priced, worth_buying
from boxwright.design.p_median import Limits
from boxwright.design.sizes import candidates
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.limits import max_entries
from boxwright.domain.order import UPRIGHT, Item, Order
from boxwright.domain.wishes import DesignObjective
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.evaluation.destinations import Destinations
from boxwright.findings import Findings
from boxwright.units import to_g, to_mm, to_um

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.catalog.materials import Materials
    from boxwright.design.fitting import Fits, Fitter
    from boxwright.design.sizes import Size
    from boxwright.domain.dunnage import Dunnage
    from boxwright.domain.wishes import Wishes

DUNNAGE_OF = "eu-stock"
"""Catalog whose dunnage is stocked by default."""
_NEW, _KEPT = 0, 1
_MOST_HALVINGS = 20
_NO_MG = 1


@dataclass(frozen=True)
class Stock:
    """Existing box types and dunnage."""

    kept: tuple[BoxType, ...]
    today: tuple[BoxType, ...]
    others: tuple[BoxType, ...]
    """Available box types of the catalog to keep, of today's catalog, and of others, each with one price."""
    has_today: bool
    """Whether today's catalog is given."""
    dunnage: tuple[Dunnage, ...]
    """Dunnage used with every design and with today's boxes."""
    currency: str
    """Currency of all prices; empty without prices."""

    @classmethod
    def of(
        cls,
        wishes: Wishes,
        materials: Materials,
        *,
        today: Catalog | None,
        keep: Catalog | None,
        also: Sequence[Catalog],
        dunnage: Catalog | None,
    ) -> Stock:
        """Return the stock of a design; raise InvalidInputError with every contradiction between the arguments."""
        found = Findings()
        given = [("today", today), ("keep", keep), *((f"also[{which}]", catalog) for which, catalog in enumerate(also))]
        named = [(field, catalog) for field, catalog in given if catalog is not None]
        currencies = {catalog.currency for _, catalog in named if catalog.currency}
        price = wishes.box_price
        currencies |= set() if price is None else {price.currency}
        if len(currencies) > 1:
            found.add("currency", f"must be the same for all prices, got {', '.join(sorted(currencies))}")
        if wishes.objective is DesignObjective.COST and price is None:
            found.add("box_price", "is required by the objective cost")
        found.extend(_broken_changes(wishes, keep))
        for board in wishes.board_ids:
            known = sorted(board.board_id for board in materials.boards)
            if board not in known:
                found.add("board_ids", f"must be one of {', '.join(known)}, got {board!r}")
        known_boxes: dict[str, tuple[str, BoxType]] = {}
        for field, catalog in named:
            for box in catalog.box_types:
                other, same = known_boxes.setdefault(box.box_type_id, (field, box))
                if replace(same, available=None) != replace(box, available=None):
                    found.add(f"{field}.box_types", f"must not define {box.box_type_id!r} differently from {other}")
        found.raise_any()
        needed = wishes.objective is DesignObjective.COST
        boxes = {
            field: tuple(
                priced(box, field, price, catalog.purchase_quantity, materials, needed=needed)
                for box in catalog.at_hand
            )
            for field, catalog in named
        }
        known = sorted({box.box_type_id for box in (*boxes.get("keep", ()), *boxes.get("today", ()))})
        rule = f"must be one of {', '.join(known)}" if known else "needs today's catalog or a catalog to keep"
        for name in wishes.lock:
            if name not in known:
                found.add("lock", f"{rule}, got {name!r}")
        found.raise_any()
        return cls(
            boxes.get("keep", ()),
            boxes.get("today", ()),
            tuple(box for field, own in boxes.items() if field.startswith("also") for box in own),
            today is not None,
            (dunnage or load_catalog(DUNNAGE_OF, materials=materials)).dunnage,
            next(iter(currencies), ""),
        )

    @property
    def existing(self) -> tuple[BoxType, ...]:
        """All existing box types, without repeats."""
        return tuple({box.box_type_id: box for box in (*self.kept, *self.today, *self.others)}.values())

    def with_new(
        self, wishes: Wishes, materials: Materials, needs: Sequence[Sequence[Size]], weights: Sequence[int]
    ) -> Catalog:
        """Return the candidates: existing boxes and, if sizes may be added, new sizes from those that orders need."""
        existing = self.existing
        left = max_entries("box_types") - len(existing)
        boxes: list[BoxType] = []
        if wishes.may_add:
            sizes = candidates(
                [*needs, *([box.inner_um] for box in self.today if not box.flexible)],
                [*weights, *(1 for box in self.today if not box.flexible)],
                to_um(wishes.step_mm),
                min(wishes.candidates, left) // len(wishes.board_ids),
                lambda size: may_be_made(size, wishes, materials),
                least_um(wishes),
                wishes.max_depth,
            )
            boxes = [box for size in sizes for box in new_boxes(size, wishes, materials)]
        if not existing and not boxes:
            rule = "must hold at least one order that fits a new size within the limits"
            raise InvalidInputError([FieldViolation("orders", rule)])
        names, known = {box.box_type_id for box in existing}, {_bare(box) for box in existing}
        stocked = (*self.kept, *self.today)
        boxes = [
            box
            for box in boxes
            if box.box_type_id not in names and _bare(box) not in known and worth_buying(box, stocked)
        ]
        return self.catalog("candidates", (*existing, *boxes))

    def catalog(self, name: str, boxes: Sequence[BoxType]) -> Catalog:
        """Return a catalog of box types with the stocked dunnage."""
        return Catalog(name, tuple(boxes), dunnage=self.dunnage, currency=self.currency)

    def limits(self, catalog: Catalog, wishes: Wishes, sizes: int) -> Limits:
        """Return the limits of a choice for a number of sizes."""
        kept = {box.box_type_id for box in self.kept}
        drop = wishes.drop or 0
        forced = {*wishes.lock, *(() if drop else kept)}
        names = [box.box_type_id for box in catalog.box_types]
        most_kept = len(kept) - drop - len(forced & kept) if drop else 0
        most_new = sizes - len(forced) if wishes.sizes else (wishes.add or 0) - len(forced - kept)
        return Limits(
            np.array([index for index, name in enumerate(names) if name in forced], dtype=np.int64),
            np.array([_KEPT if name in kept else _NEW for name in names], dtype=np.int64),
            (max(most_new, 0), max(most_kept, 0)),
        )

    def numbers(self, wishes: Wishes) -> tuple[int, ...]:
        """Return the numbers of sizes to design."""
        if wishes.sizes:
            return wishes.sizes
        return (len(self.kept) - (wishes.drop or 0) + (wishes.add or 0),)

    @property
    def largest(self) -> tuple[BoxType, ...]:
        """The boxes of today's catalog, without mailers, whose inside fits in none of the others."""
        rigid = [box for box in self.today if not box.flexible and box.compartments is None]
        found: list[BoxType] = []
        for box in sorted(rigid, key=lambda box: (-math.prod(box.inner_um), box.box_type_id)):
            if not any(goes_into(box, other) for other in found):
                found.append(box)
        return tuple(found)


def _bare(box: BoxType) -> BoxType:
    """Return a box type reduced to the fields that decide packing, price and emissions, for comparison."""
    sources = ("name", "source", "note", "size_basis", "read_in_source", "tare_basis", "tare_weighed", "source_grade")
    defaults: dict[str, Any] = {field.name: field.default for field in fields(BoxType) if field.name in sources}
    return replace(box, box_type_id="bare", available=None, **defaults)


def _broken_changes(wishes: Wishes, keep: Catalog | None) -> list[FieldViolation]:
    broken = []
    kept = 0 if keep is None else len(keep.at_hand)
    if keep is None and (wishes.add is not None or wishes.drop is not None):
        name = "add" if wishes.add is not None else "drop"
        broken.append(FieldViolation(name, "needs a catalog to keep"))
    most = kept if wishes.add else kept - 1
    if keep is not None and wishes.drop is not None and wishes.drop > most:
        rule = f"must be at most {most} of the {kept} boxes of the catalog, got {wishes.drop}"
        broken.append(FieldViolation("drop", rule))
    locked = len({*wishes.lock} - ({box.box_type_id for box in keep.at_hand} if keep else set()))
    if wishes.sizes and wishes.sizes[0] < kept + locked:
        broken.append(
            FieldViolation(
                "sizes", f"must be {kept + locked} or more, since that many boxes are kept, got {wishes.sizes[0]}"
            )
        )
    return broken


def fillers(
    largest: Sequence[BoxType], orders: Sequence[tuple[Order, int]], fitter: Fitter
) -> tuple[list[Fits], list[str]]:
    """Return a filler order for each of today's largest boxes, and the ids of the boxes that can have none.

    The single unit of a filler is as large as fit clearance and fill limit allow. It has the mean density of the
    orders, or a lower one if it would be too heavy for the box. Only candidates at least as large inside as the
    box take its filler. They therefore also take all goods that the box takes, with the same clearances and fill limit.

    The boxes must be candidates. A box has no filler if carrier, policy, materials or prices refuse it; ``orders`` have
    their weights.
    """
    density = _mg_per_um3(orders)
    found = [(box.box_type_id, _filler(box, density, fitter)) for box in largest]
    return [row for _, row in found if row is not None], [name for name, row in found if row is None]


def goes_into(box: BoxType, other: BoxType) -> bool:
    """Return whether the inside of a box fits in that of another one, upright, with or without a turn on its base."""
    length, width, height = box.inner_um
    edges = other.inner_um
    return any(
        all(edge <= most for edge, most in zip(turned, edges, strict=True))
        for turned in ((length, width, height), (width, length, height))
    )


def _mg_per_um3(orders: Sequence[tuple[Order, int]]) -> float:
    mass = sum(order.goods_mg * weight for order, weight in orders)
    volume = sum(line.quantity * math.prod(line.edges_um) * weight for order, weight in orders for line in order.lines)
    return mass / volume if volume else 0.0


def _filler(box: BoxType, density: float, fitter: Fitter) -> Fits | None:
    own = fitter.column[box.box_type_id]
    holds = np.array(
        [
            not other.flexible and other.compartments is None and goes_into(box, other)
            for other in fitter.catalog.box_types
        ]
    )
    policy = fitter.rules.policy
    share = (policy.fill_millionths / 1e6) ** (1 / 3)
    edges_um = [
        math.floor((edge - box.slack_um(policy.fit_clearance_um, needed=True)) * share) for edge in box.inner_um
    ]
    if min(edges_um) <= 0:
        return None
    lane = fitter.rules.lane
    goes_to = lane.rows[0][0].upper() if isinstance(lane, Destinations) else ""  # any row would do
    most_mg = math.inf if box.max_load_mg is None else box.max_load_mg / 2
    mass_mg = min(density * math.prod(edges_um), most_mg)
    for _ in range(_MOST_HALVINGS):
        length, width, height = (to_mm(edge) for edge in edges_um)
        unit = Item("unit", 1, length, width, height, to_g(max(int(mass_mg), _NO_MG)), orientations=UPRIGHT)
        row = fitter.of(Order(f"fills {box.box_type_id}"[:200], (unit,), destination=goes_to))
        fitter.test(row, [own])
        if row.fits[own]:
            row.only(holds)
            return row
        mass_mg /= 2
    return None
