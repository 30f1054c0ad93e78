"""A certificate, replayed: does every word of it follow from the order, the catalog and the policy."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from boxwright.catalog import load_materials
from boxwright.checking import check
from boxwright.domain.plan import Certificate, OpenCandidate, ProofScope, ProofStatus, RefusedCandidate
from boxwright.domain.policy import Objective, Policy
from boxwright.domain.proof import Proof
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.planning.engine import version
from boxwright.planning.finishing.certify import NOTHING_PROVED, constraint_words, premises
from boxwright.planning.finishing.explain import Explanation
from boxwright.planning.model import OrderModel
from boxwright.planning.parts.placed import corners_um
from boxwright.planning.request import Request
from boxwright.planning.task import Task
from boxwright.planning.unpacked.triage import triage
from boxwright.selection.choice import TIMES_HARDER
from boxwright.selection.effort import EFFORT
from boxwright.selection.model import Price, add
from boxwright.selection.multi import EFFORT_SHARE
from boxwright.selection.replay import failed_proofs, least_left, several_bound, single_bound
from boxwright.selection.single import lowest_first
from boxwright.stop import Stop

if TYPE_CHECKING:
    from boxwright.catalog.materials import Materials
    from boxwright.domain.box import BoxType, Catalog
    from boxwright.domain.lane import Lane
    from boxwright.domain.order import Order
    from boxwright.domain.plan import Plan
    from boxwright.domain.started import StartedParcel

EMPTY = "must be empty: no more than one cushioning may be used"
MOST_NAMED = 5
"""Of several box types that a list lacks, so many are named."""


def verify_certificate(
    plan: Plan,
    order: Order,
    catalog: Catalog,
    policy: Policy | None = None,
    lane: Lane | None = None,
    profiles: Sequence[str] | None = None,
    *,
    started_parcels: Sequence[StartedParcel] = (),
    materials: Materials | None = None,
    stop: Stop | None = None,
) -> list[FieldViolation]:
    """Replay the certificate of a plan: prove each refusal again, and see that nothing more is claimed than follows.

    Parameters
    ----------
    plan : Plan
        With its certificate, as ``plan`` made it or a file holds it.
    order, catalog, policy, lane, profiles, started_parcels, materials, stop
        What the plan was made with, as for ``plan``. Effort of the policy's mode bounds what a replay may cost. Where
        the lane has no ship date, the plan's is used.

    Returns
    -------
    list of FieldViolation
        Every claim that does not hold, by its field, such as ``certificate.refused_candidates[2].proof``; empty where
        all hold. A certificate may claim less than could be proved, never more. docs/certificates.md lists the rules.

    Raises
    ------
    InvalidInputError
        As ``plan`` does for names that cannot be found.
    SearchEndedError
        If ``stop`` ended it.
    """
    policy, materials, stop = policy or Policy(), materials or load_materials(), stop or Stop()
    broken = list(_made_with_others(plan, catalog, materials))
    if not broken:
        violations = check(
            plan, order, catalog, policy, lane=lane, started_parcels=started_parcels, materials=materials, stop=stop
        )
        broken = [FieldViolation("plan", str(each)) for each in violations]
    if broken:
        return broken  # of another catalog, or of parcels that cannot be, nothing was proved
    if started_parcels:
        if plan.certificate != NOTHING_PROVED:
            return [FieldViolation("certificate", "must be empty and open: parcels were already started")]
        return []
    if lane is not None and lane.ship_date is None and plan.ship_date is not None:
        lane = dataclasses.replace(lane, ship_date=plan.ship_date)
    request = Request.resolve(Task(order, catalog, policy, lane, profiles, materials=materials, stop=stop))
    with stop.timed():
        return list(_Replay(plan, OrderModel(request, request.expansion)).findings())


def _made_with_others(plan: Plan, catalog: Catalog, materials: Materials) -> Iterator[FieldViolation]:
    for field, stated, true in (
        ("catalog_hash", plan.catalog_hash, catalog.content_hash),
        ("data_hash", plan.data_hash, materials.content_hash),
    ):
        if stated != true:
            yield FieldViolation(field, f"must be {true}, of what the certificate is verified by, got {stated!r:.80}")


class _Replay:
    """One certificate under examination.

    Parameters
    ----------
    plan : Plan
        Valid, and made with the catalog and data of the model.
    model : OrderModel
        Rules and prices of its order.
    """

    def __init__(self, plan: Plan, model: OrderModel) -> None:
        self._plan = plan
        self._model = model
        self._certificate: Certificate = plan.certificate
        self._policy = model.request.policy
        self._members, _ = triage(model)
        self._boxes: dict[str, BoxType] = {box.box_type_id: box for box in model.box_types()}
        self._left_out = model.request.left_out
        self._effort = EFFORT[self._policy.mode]
        self._cushionings = tuple(each.cushioning_id for each in model.variants(self._members))

    def findings(self) -> Iterator[FieldViolation]:
        """Yield every claim that does not hold."""
        if not len(self._members):
            if self._certificate != NOTHING_PROVED:
                yield FieldViolation("certificate", "must be empty and open: no unit fits any box type")
            return
        if self._model.request.holds_very_fragile:
            # An alternative of such an order has its rank.
            if dataclasses.replace(self._certificate, rank=0) != NOTHING_PROVED:
                rule = "must be empty and open: the order has very_fragile goods, whose inner boxes are chosen first"
                yield FieldViolation("certificate", rule)
            return
        price = self._price()
        yield from self._premises()
        named = list(self._names())
        yield from named
        if named:
            return
        unproved = [*self._proofs(price), *self._changes()]
        yield from unproved
        if unproved:
            return  # bounds follow from refusals that hold
        yield from self._lacking(price)
        yield from self._claims(price)

    def _price(self) -> Price:
        """Return the price of the parcels as they are."""
        number = self._model.expansion.members
        prices = []
        for parcel in self._plan.parcels:
            inside = [number[each.line_id, each.unit_index] for each in parcel.placements]
            own = self._model.as_it_is(np.array(inside, dtype=np.int64)) if parcel.ships_in_own_container else None
            if own is not None:
                prices.append(own.price)
                continue
            box = self._model.request.box_type(parcel.box_type_id)
            model = self._model.variant(parcel.cushioning_id)
            tops = [np.add(each.corner_um, each.extent_um) for each in parcel.placements]
            length, width, height = np.max(tops, axis=0).tolist()
            at = np.array(inside, dtype=np.int64), (length, width, height), corners_um(parcel.placements)
            prices.append(model.price(box, *at))
        return add(prices) if prices else tuple(0 for _ in self._policy.ranking)

    def _premises(self) -> Iterator[FieldViolation]:
        """Yield constraints, objectives and profile that are not those asked for."""
        for name, true in (
            ("constraints", constraint_words(self._model)),
            ("objectives", tuple(each.value for each in self._policy.ranking)),
            *premises(self._model.request).items(),
        ):
            stated = getattr(self._certificate, name)
            if stated != true:
                yield FieldViolation(f"certificate.{name}", f"must be {_shown(true)}, got {_shown(stated)}")

    def _names(self) -> Iterator[FieldViolation]:
        """Yield candidates that the catalog does not offer, or that are listed twice."""
        certificate = self._certificate
        listed: list[tuple[str, RefusedCandidate | OpenCandidate]] = [
            *((f"refused_candidates[{at}]", each) for at, each in enumerate(certificate.refused_candidates)),
            *((f"open_candidates[{at}]", each) for at, each in enumerate(certificate.open_candidates)),
        ]
        count: Counter[tuple[str, str]] = Counter()
        for field, each in listed:
            box_type_id, cushioning_id = each.box_type_id, each.cushioning_id
            at = f"certificate.{field}.box_type_id"
            count[box_type_id, cushioning_id] += 1
            left_out = box_type_id in self._left_out and isinstance(each, RefusedCandidate)
            if box_type_id not in self._boxes and not left_out:
                rule = f"must be a box type that the catalog and policy offer, got {box_type_id!r:.80}"
                yield FieldViolation(at, rule)
            elif cushioning_id not in (cushionings := self._cushionings_in(box_type_id)) and not left_out:
                names = ", ".join(cushionings)
                rule = f"must be one of {names}, got {cushioning_id!r:.80}" if names else EMPTY
                yield FieldViolation(f"certificate.{field}.cushioning_id", rule)
            elif count[box_type_id, cushioning_id] > 1:
                what = f"{box_type_id!r} with {cushioning_id!r}" if cushioning_id else repr(box_type_id)
                yield FieldViolation(at, f"must be listed once, {what} repeats")

    def _cushionings_in(self, box_type_id: str) -> tuple[str, ...]:
        """Return what candidates of a box type name as their cushioning."""
        box = self._boxes.get(box_type_id)
        return ("",) if box is not None and box.compartments else self._cushionings

    def _proofs(self, price: Price) -> Iterator[FieldViolation]:
        offered = [
            (at, each)
            for at, each in enumerate(self._certificate.refused_candidates)
            if each.box_type_id in self._boxes
        ]
        for at, each in enumerate(self._certificate.refused_candidates):
            true = (Proof.POLICY, self._left_out.get(each.box_type_id))
            if each.box_type_id not in self._boxes and (each.proof, each.rule) != true:
                rule = f"must be {true[1]!r} and the proof policy, got {each.proof.value}, {each.rule!r:.200}"
                yield FieldViolation(f"certificate.refused_candidates[{at}].rule", rule)
        refused = [(self._boxes[each.box_type_id], each) for _, each in offered]
        # Another version may say the same in other words.
        in_words = self._plan.engine_version == f"{self._policy.engine.value} {version()}"
        for at, name, rule in failed_proofs(
            self._model, self._members, refused, price, self._effort.scaled(times=TIMES_HARDER), in_words=in_words
        ):
            yield FieldViolation(f"certificate.refused_candidates[{offered[at][0]}].{name}", rule)

    def _changes(self) -> Iterator[FieldViolation]:
        """Yield smallest changes that do not make the box fit, or of which less is enough."""
        for at, each in enumerate(self._certificate.refused_candidates):
            if each.smallest_change is None:
                continue
            field = f"certificate.refused_candidates[{at}].smallest_change"
            try:
                held = Explanation(self._model, each).holds(each.smallest_change)
            except InvalidInputError as error:
                yield from (violation.under(field) for violation in error.violations)
                continue
            if not held:
                rule = f"must make {each.box_type_id!r} take the order, and must not by 0.001 mm or g less"
                yield FieldViolation(field, rule)

    def _lacking(self, price: Price) -> Iterator[FieldViolation]:
        """Yield box types that are cheaper than the plan and in neither list."""
        certificate = self._certificate
        listed = {(each.box_type_id, each.cushioning_id) for each in certificate.refused_candidates}
        listed |= {*certificate.open_candidates}
        missing = []
        for candidate in lowest_first(self._model, self._members, tuple(self._boxes.values())):
            box_type_id, cushioning_id = candidate.key
            if candidate.key in listed:
                continue
            least = least_left(candidate, self._effort, price)  # what is chosen may have cheaper filled heights
            if least is not None and least < price:
                missing.append(f"{box_type_id!r}{f' with {cushioning_id!r}' if cushioning_id else ''}")
        if missing:
            names = ", ".join(missing[:MOST_NAMED])
            more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
            rule = f"must hold {names}{more} too, or open_candidates must: cheaper than the plan, in neither list"
            yield FieldViolation("certificate.refused_candidates", rule)

    def _claims(self, price: Price) -> Iterator[FieldViolation]:
        """Yield a value, bound, scope or status that does not follow."""
        certificate = self._certificate
        objectives = [each.value for each in self._policy.ranking]
        if certificate.bounded_objective not in objectives:
            rule = f"must be one of {', '.join(objectives)}, got {certificate.bounded_objective!r:.80}"
            yield FieldViolation("certificate.bounded_objective", rule)
            return
        part = objectives.index(certificate.bounded_objective)
        if certificate.value != price[part]:
            rule = f"must be {price[part]}, the plan's {objectives[part]}, got {certificate.value}"
            yield FieldViolation("certificate.value", rule)
            return
        proved = certificate.status is ProofStatus.PROVED
        claimed = (*price[:part], certificate.lower_bound)
        if not certificate.lower_bound and not proved:
            return  # an open certificate with a bound of 0 claims none
        bound = self._bound(price, certificate.scope)
        if bound is None:
            rule = "must be single_parcel: nothing is known about plans with several parcels"
            yield FieldViolation("certificate.scope", rule)
        elif claimed > bound[: part + 1]:
            rule = f"must be at most {_least(price, bound, part)}, what the refusals prove, got {claimed[part]}"
            yield FieldViolation("certificate.lower_bound", rule)
        elif proved:
            yield from self._optimal(price, bound, claimed)

    def _optimal(self, price: Price, bound: Price, claimed: Price) -> Iterator[FieldViolation]:
        """Yield why a plan is not proved to be the best in scope."""
        field = "certificate.status"
        if self._certificate.rank:
            yield FieldViolation(field, f"must be open: {self._certificate.rank} plans are ranked before it")
            return
        if self._plan.unpacked:
            yield FieldViolation(field, f"must be open while units are unpacked, {len(self._plan.unpacked)} of them")
            return
        cheaper = [
            box_type_id
            for box_type_id, cushioning_id in self._certificate.open_candidates
            if self._model.variant(cushioning_id).price(self._boxes[box_type_id], self._members) < price
        ]
        if cheaper:
            yield FieldViolation(field, f"must be open: cheaper and not refused is {', '.join(cheaper[:MOST_NAMED])}")
        elif bound != price:
            yield FieldViolation(field, "must be open: the refusals leave room for a cheaper plan")
        elif claimed != price[: len(claimed)]:
            yield FieldViolation(field, "must be open where lower_bound is below value")

    def _bound(self, price: Price, scope: ProofScope) -> Price | None:
        """Return what no plan in scope undercuts, at most the plan's price; None if it cannot be told."""
        refused = {(each.box_type_id, each.cushioning_id) for each in self._certificate.refused_candidates}
        one = single_bound(self._model, self._members, refused, price, self._effort)
        fewest_first = self._policy.objectives[0] is Objective.PARCEL_COUNT
        if scope is ProofScope.SINGLE_PARCEL or (fewest_first and one < price and one[0] < price[0]):
            return one
        several = several_bound(
            self._model,
            self._members,
            len(self._plan.parcels),
            price,
            self._effort.scaled(parts=EFFORT_SHARE),
            fewest_first=fewest_first,
        )
        return None if several is None else min(one, several)


def _least(price: Price, bound: Price, part: int) -> int:
    """Return the largest figure of an objective that a bound proves, given the figures before it."""
    return bound[part] if bound[:part] == price[:part] else 0


def _shown(value: object) -> str:
    return ", ".join(value) or "empty" if isinstance(value, tuple) else repr(value)
