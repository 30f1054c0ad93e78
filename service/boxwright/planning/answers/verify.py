"""Replays a certificate to check that every claim follows from order, catalog and policy."""

import dataclasses
import math
from collections.abc import Iterator, Sequence
from itertools import chain

from boxwright.catalog import load_materials
from boxwright.catalog.materials import Materials
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.lane import Lane
from boxwright.domain.order import Order
from boxwright.domain.plan import Certificate, Plan, ProofScope, ProofStatus, StartedParcel
from boxwright.domain.policy import Objective, Policy
from boxwright.domain.proof import Proof
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.planning.boxes import as_packed
from boxwright.planning.engine import version
from boxwright.planning.finishing.certify import NOTHING_PROVED, constraint_words, premises
from boxwright.planning.finishing.checked import broken_rules
from boxwright.planning.finishing.explain import Explanation
from boxwright.planning.model import OrderModel
from boxwright.planning.request import Request
from boxwright.planning.task import Task
from boxwright.planning.triage import triage
from boxwright.planning.words import first_of
from boxwright.selection.effort import EFFORT
from boxwright.selection.model import Price, add
from boxwright.selection.multi import EFFORT_SHARE
from boxwright.selection.replay import EFFORT_TIMES, failed_proof, least_left, several_bound, single_bound
from boxwright.selection.single import lowest_first
from boxwright.stop import Stop


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
    """Replay the certificate of a plan: prove each refusal again, and list the claims that do not follow.

    Parameters
    ----------
    plan : Plan
        The plan with its certificate.
    order, catalog, policy, lane, profiles, started_parcels, materials, stop
        The arguments of the call that made the plan. The effort of the policy's mode limits the cost of a replay. If
        the lane has no ship date, that of the plan is used.

    Returns
    -------
    list of FieldViolation
        Every claim that does not hold, by its field, such as ``certificate.refused_candidates[2].proof``; empty if all
        hold. A certificate may claim less than could be proved, never more; see docs/evidence/checking.md.

    Raises
    ------
    InvalidInputError
        As ``plan`` does for names that cannot be found.
    SearchEndedError
        If ``stop`` ended it.
    """
    policy, materials, stop = policy or Policy(), materials or load_materials(), stop or Stop()
    task = Task(order, catalog, policy, lane, profiles, started_parcels, materials=materials, stop=stop)
    broken = []
    hashes = ("catalog_hash", catalog.content_hash), ("data_hash", materials.content_hash)
    for field, true in hashes:
        if (stated := getattr(plan, field)) != true:
            unasked = "" if stated else "; a server states it if read_mask asks for plan"
            rule = f"must be {true}, the hash of what the certificate is verified with, got {stated!r:.80}{unasked}"
            broken.append(FieldViolation(field, rule))
    if not broken:
        broken = [FieldViolation("plan", str(violation)) for violation in broken_rules(plan, task)]
    if broken:
        return broken  # a certificate for other data or for invalid parcels proves nothing
    if dataclasses.replace(plan.certificate, rank=0) == NOTHING_PROVED:
        return []
    if plan.certificate.rank or started_parcels:
        return [_no_claim("better plans are known" if plan.certificate.rank else "parcels were already started")]
    if lane is not None and lane.ship_date is None and plan.ship_date is not None:
        task = dataclasses.replace(task, lane=dataclasses.replace(lane, ship_date=plan.ship_date))
    request = Request.resolve(task)
    with stop.timed():
        return list(_Replay(plan, OrderModel(request, request.expansion)).findings())


def _no_claim(why: str) -> FieldViolation:
    return FieldViolation("certificate", f"must be empty and open: {why}")


class _Replay:
    """Replays the certificate of a valid plan that was made with the catalog and data of the model."""

    def __init__(self, plan: Plan, model: OrderModel) -> None:
        self._plan, self._model, self._policy = plan, model, model.request.policy
        self._certificate: Certificate = plan.certificate
        self._members, _ = triage(model)
        self._boxes: dict[str, BoxType] = {box.box_type_id: box for box in model.box_types()}
        self._effort = EFFORT[self._policy.mode]
        refused = self._certificate.refused_candidates
        self._refused = {(candidate.box_type_id, candidate.cushioning_id) for candidate in refused}

    def findings(self) -> Iterator[FieldViolation]:
        """Yield every claim that does not hold."""
        if not len(self._members):
            yield _no_claim("no unit fits any box type")
            return
        if self._model.request.holds_very_fragile:
            yield _no_claim("the order has very_fragile goods, whose inner boxes are chosen first")
            return
        price = self._price()
        for name, true in (
            ("constraints", constraint_words(self._model)),
            ("objectives", tuple(objective.value for objective in self._policy.ranking)),
            *premises(self._model.request).items(),
        ):
            if (stated := getattr(self._certificate, name)) != true:
                yield FieldViolation(f"certificate.{name}", f"must be {_shown(true)}, got {_shown(stated)}")
        # Proofs are checked only for boxes that exist, and bounds only if the refusals hold.
        for findings in (self._names(), chain(self._proofs(price), self._changes())):
            found = list(findings)
            yield from found
            if found:
                return
        yield from self._lacking(price)
        yield from self._claims(price)

    def _price(self) -> Price:
        prices = [tuple(0 for _ in self._policy.ranking)]
        for parcel in self._plan.parcels:
            box = None if parcel.ships_in_own_container else self._model.request.box_type(parcel.box_type_id)
            packed = as_packed(self._model, parcel, box)
            assert packed is not None  # the plan passed the check
            prices.append(packed.price)
        return add(prices)

    def _names(self) -> Iterator[FieldViolation]:
        """Yield candidates that the catalog does not offer or that repeat."""
        cushionings = tuple(variant.cushioning_id for variant in self._model.variants(self._members))
        seen: set[tuple[str, str]] = set()
        for name in ("refused_candidates", "open_candidates"):
            for index, each in enumerate(getattr(self._certificate, name)):
                key = box_type_id, cushioning_id = each.box_type_id, each.cushioning_id
                at, box = f"certificate.{name}[{index}]", self._boxes.get(box_type_id)
                choice = ("",) if box is not None and box.compartments else cushionings
                if box is None and (name == "open_candidates" or box_type_id not in self._model.request.left_out):
                    rule = f"must be a box type that the catalog and policy offer, got {box_type_id!r:.80}"
                    yield FieldViolation(f"{at}.box_type_id", rule)
                elif box is not None and cushioning_id not in choice:
                    what = f"one of {', '.join(choice)}" if any(choice) else "empty: no more than one may be used"
                    yield FieldViolation(f"{at}.cushioning_id", f"must be {what}, got {cushioning_id!r:.80}")
                elif key in seen:
                    yield FieldViolation(f"{at}.box_type_id", f"must be unique, {_named(key)} is repeated")
                seen.add(key)

    def _proofs(self, price: Price) -> Iterator[FieldViolation]:
        """Yield proofs that do not refuse their candidate, and wrong reasons why box types may not be used."""
        # Another version may state the same reason in other words.
        in_words = self._plan.engine_version == f"{self._policy.engine.value} {version()}"
        asked, effort = (self._model, self._members), self._effort.scaled(times=EFFORT_TIMES)
        for index, claim in enumerate(self._certificate.refused_candidates):
            at, box = f"certificate.refused_candidates[{index}]", self._boxes.get(claim.box_type_id)
            if box is not None:
                if failed := failed_proof(*asked, box, claim, price, effort, in_words=in_words):
                    yield FieldViolation(f"{at}.{failed[0]}", failed[1])
                continue
            why = self._model.request.left_out[claim.box_type_id]
            if (claim.proof, claim.message) != (Proof.POLICY, why):
                rule = f"must be {why!r} and the proof policy, got {claim.proof.value}, {claim.message!r:.200}"
                yield FieldViolation(f"{at}.rule", rule)

    def _changes(self) -> Iterator[FieldViolation]:
        """Yield smallest changes that are too small for the box to fit, or larger than needed."""
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
                rule = f"must be the smallest change with which {each.box_type_id!r} takes the order, to 0.001 mm or g"
                yield FieldViolation(field, rule)

    def _lacking(self, price: Price) -> Iterator[FieldViolation]:
        """Yield box types that are cheaper than the plan but neither refused nor open."""
        listed = self._refused | {*self._certificate.open_candidates}
        missing = []
        for candidate in lowest_first(self._model, self._members, tuple(self._boxes.values())):
            if candidate.key not in listed:
                # A mailer may be cheaper if it is filled to a lower height.
                least = least_left(candidate, self._effort, price)
                if least is not None and least < price:
                    missing.append(_named(candidate.key))
        if missing:
            rule = f"must list {first_of(missing)}, or open_candidates must: cheaper than the plan"
            yield FieldViolation("certificate.refused_candidates", rule)

    def _claims(self, price: Price) -> Iterator[FieldViolation]:
        """Yield the first claim about objective, value, scope, bound or status that does not follow."""
        certificate, objectives = self._certificate, [objective.value for objective in self._policy.ranking]
        name, lowest = certificate.bounded_objective, certificate.lower_bound
        proved = certificate.status is ProofStatus.PROVED
        if name not in objectives:
            rule = f"must be one of {', '.join(objectives)}, got {name!r:.80}"
            yield FieldViolation("certificate.bounded_objective", rule)
            return
        part = objectives.index(name)
        value = _snapped(certificate.value, price[part])
        if value != price[part]:
            rule = f"must be {price[part]}, the plan's {name}, got {value}"
            yield FieldViolation("certificate.value", rule)
            return
        if not lowest and not proved:
            return  # an open certificate with a bound of 0 claims no bound
        one = single_bound(self._model, self._members, self._refused, price, self._effort)
        bound: Price | None = one
        fewest_first = self._policy.objectives[0] is Objective.PARCEL_COUNT
        single = certificate.scope is ProofScope.SINGLE_PARCEL
        if not single and not (fewest_first and one < price and one[0] < price[0]):
            count, effort = len(self._plan.parcels), self._effort.scaled(parts=EFFORT_SHARE)
            several = several_bound(self._model, self._members, count, price, effort, fewest_first=fewest_first)
            bound = None if several is None else min(one, several)
        if bound is None:
            rule = "must be single_parcel: nothing is known about plans with several parcels"
            yield FieldViolation("certificate.scope", rule)
            return
        lowest = _snapped(lowest, price[part], bound[part])
        if (*price[:part], lowest) > bound[: part + 1]:
            most = bound[part] if bound[:part] == price[:part] else 0
            rule = f"must be at most {most}, what the refusals prove, got {lowest}"
            yield FieldViolation("certificate.lower_bound", rule)
        elif proved and (why := self._open(price, bound, lowest, value)):
            yield FieldViolation("certificate.status", f"must be open{why}")

    def _open(self, price: Price, bound: Price, lowest: int, value: int) -> str:
        """Return why a plan is not proved to be the best in scope; empty if it is."""
        certificate, unpacked = self._certificate, len(self._plan.unpacked)
        if unpacked:
            return f" while units are unpacked, {unpacked} of them"
        cheaper = [
            box_type_id
            for box_type_id, cushioning_id in certificate.open_candidates
            if self._model.variant(cushioning_id).price(self._boxes[box_type_id], self._members) < price
        ]
        if cheaper:
            return f": {first_of(cheaper)} is cheaper and not refused"
        if bound != price:
            return ": the refusals leave room for a cheaper plan"
        return " where lower_bound is below value" if lowest != value else ""


def _named(key: tuple[str, str]) -> str:
    box_type_id, cushioning_id = key
    return f"{box_type_id!r} with {cushioning_id!r}" if cushioning_id else repr(box_type_id)


def _shown(value: object) -> str:
    return ", ".join(value) or "empty" if isinstance(value, tuple) else repr(value)


def _snapped(stated: int, *true: int) -> int:
    """Return the true integer if a file rounded it to the stated double; otherwise the stated figure."""
    return next((exact for exact in true if math.isclose(stated, exact, rel_tol=1e-15)), stated)
