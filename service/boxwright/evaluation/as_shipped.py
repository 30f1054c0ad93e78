"""The boxes that past orders really shipped in: a baseline, and an audit of the records."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

from boxwright.catalog import load_materials
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.plan import UnpackedReason
from boxwright.domain.policy import Policy
from boxwright.lazy import cached_property
from boxwright.planning.model import OrderModel
from boxwright.planning.request import Request
from boxwright.planning.task import Task
from boxwright.selection.effort import up_to
from boxwright.selection.single import lowest_first, try_candidate

AS_SHIPPED = "as-shipped"
"""Catalog id of the baseline."""
_OF_A_UNIT = {UnpackedReason.DOES_NOT_FIT_ANY_BOX, UnpackedReason.TOO_HEAVY_FOR_ANY_BOX}
"""Reasons that prove that a unit does not fit any of the boxes even alone."""


class Audit(enum.StrEnum):
    """Result of an audit: whether the recorded boxes can have held the goods; ``words`` describes it for people."""

    words: str

    def __new__(cls, value: str, words: str = "") -> Self:
        """Return a member with its words."""
        member = str.__new__(cls, value)
        member._value_, member.words = value, words
        return member

    HELD = "held", "the recorded box holds the goods"
    NOT_FOUND = "not_found", "no packing was found in the recorded box, and no proof that there is none"
    IMPOSSIBLE = (
        "impossible",
        "the recorded box cannot have held the goods (proved): sizes, masses or the box are wrong",
    )
    NOT_ALLOWED = "not_allowed", "the carrier or the policy of this run does not allow these goods in the recorded box"
    UNKNOWN_BOX = "unknown_box", "the recorded box is not in the catalog"
    NOT_RECORDED = "not_recorded", "no box is recorded"


@dataclass(frozen=True)
class AsShipped(Catalog):
    """A catalog from which each order takes only the boxes that it really shipped in.

    If an order shipped in several boxes, its plan uses only as many of them as the goods need, so its cost may be too
    low. Boxes are named by id or name; case and spaces do not count.
    """

    def used_by(self, order: Order) -> Catalog | Audit:
        """Return the boxes of an order, their number as the available quantity, or the reason why they are unknown."""
        if not order.boxes_used:
            return Audit.NOT_RECORDED
        found = [self._named.get(_plain(name)) for name in order.boxes_used]
        known = [position for position in found if position is not None]
        if len(known) < len(found):
            return Audit.UNKNOWN_BOX
        if len(known) > 1:
            return self._only(Counter(known))
        if known[0] not in self._single:
            self._single[known[0]] = self._only(Counter(known))
        return self._single[known[0]]

    def knows(self, names: Iterable[str]) -> bool:
        """Return whether the catalog has any of these boxes."""
        return any(_plain(name) in self._named for name in names)

    def _only(self, counts: Counter[int]) -> Catalog:
        boxes = [replace(box, available=counts[index]) for index, box in enumerate(self.box_types) if counts[index]]
        rest = (self.version, self.dunnage, self.currency)
        return Catalog(self.catalog_id, tuple(boxes), *rest, purchase_quantity=self.purchase_quantity)

    @cached_property
    def _single(self) -> dict[int, Catalog]:
        """Catalogs of a single box by its position, cached because most orders shipped in one box."""
        return {}

    @cached_property
    def _named(self) -> dict[str, int]:
        """Positions of boxes by id and name; ids take precedence."""
        boxes = list(enumerate(self.box_types))
        by_name = {_plain(box.name): index for index, box in boxes if box.name}
        return by_name | {_plain(box.box_type_id): index for index, box in boxes}


def as_shipped(catalog: Catalog) -> AsShipped:
    """Return the baseline of the boxes really used; pass it to ``evaluate`` as the first catalog."""
    own = {field.name: getattr(catalog, field.name) for field in fields(Catalog) if field.init}
    return AsShipped(**own | {"catalog_id": AS_SHIPPED, "name": "Boxes really used"})


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def policy_of(policy: Policy, order: Order) -> Policy:
    """Return the policy for the boxes really used: all goods in at most the recorded number of parcels, no slack."""
    return replace(policy, max_parcels=len(order.boxes_used), allow_partial=False, fit_clearance_mm=0.0)


def refusal_of(
    order: Order,
    used: Catalog,
    policy: Policy,
    lane: Lane | None,
    profiles: Sequence[str] | None,
    out: Collection[str],
) -> Audit:
    """Return why no packing into the boxes really used was found; ``out`` are the reasons for unpacked units."""
    task = Task(order, used, policy, lane, profiles, (), (), load_materials())
    request = Request.resolve(task)
    model = OrderModel(request, request.expansion)
    members = model.expansion.everything
    about_inner = bool(request.inner_boxes or request.no_inner_box or request.for_packs)
    if not about_inner:
        if not {box.box_type_id for box in used.box_types} <= {box.box_type_id for box in model.box_types()}:
            return Audit.NOT_ALLOWED
        # The rule applies to one parcel only, since several parcels can separate the goods.
        if len(used.box_types) == 1 and model.admission.refusal(members, used.box_types[0].box_type_id) is not None:
            return Audit.NOT_ALLOWED
    if not _OF_A_UNIT.isdisjoint(out):
        return Audit.IMPOSSIBLE
    if len(order.boxes_used) > 1 or UnpackedReason.MISSING_DIMENSIONS in out:
        return Audit.NOT_FOUND
    if about_inner:
        return Audit.NOT_FOUND  # very fragile goods go into an inner box first, so a test of one box proves nothing
    boxes: list[BoxType] = list(model.box_types())
    effort = up_to(policy.mode, len(members), alike=False)[-1].of_an_order
    outcomes = [try_candidate(candidate, effort, None) for candidate in lowest_first(model, members, boxes)]
    return (
        Audit.NOT_FOUND
        if any(outcome.left_open or outcome.found is not None for outcome in outcomes)
        else Audit.IMPOSSIBLE
    )
