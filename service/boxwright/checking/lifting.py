"""Lifting: what several units weigh together, and the marks of heavy parcels, worked out anew from the profile."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from boxwright.catalog import load_materials
from boxwright.catalog.materials import LiftingProfile, Materials
from boxwright.checking.carrier import true_gross_mg
from boxwright.checking.envelope import Envelope
from boxwright.checking.figures import g
from boxwright.checking.parts import parts
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.order import Item, Order
from boxwright.domain.plan import Parcel
from boxwright.domain.policy import Policy
from boxwright.domain.started import StartedParcel
from boxwright.errors import InvalidInputError

MG_PER_KG = 10**6


class Lifting:
    """The lifting profile that a plan is judged by.

    Parameters
    ----------
    order : Order
        Whose units are lifted.
    policy : Policy
        Names the profile.
    started : sequence of StartedParcel
        What lies in a started parcel stays, however heavy: with nothing added it is not judged by the limit.
    materials : Materials or None
        Has the profile; None are the shipped ones.
    """

    def __init__(
        self, order: Order, policy: Policy, started: Sequence[StartedParcel], materials: Materials | None
    ) -> None:
        self._profile: LiftingProfile | None = None
        self._unknown = ""
        try:
            self._profile = (materials or load_materials()).lifting_profile(policy.lifting_profile)
        except InvalidInputError as error:
            self._unknown = str(error)
        self._started = {each.started_parcel_id: len(each.placements) for each in started}
        self._groups: dict[str, int] = {}
        self._lines: Mapping[str, Item] = {line.line_id: line for line in order.lines}
        for line in order.lines:
            if line.keep_together_group:
                name = line.keep_together_group
                self._groups[name] = self._groups.get(name, 0) + line.quantity

    def violations(self, index: int, parcel: Parcel, envelopes: Sequence[Envelope]) -> Iterator[PlanViolation]:
        """Yield whether a parcel of several units is too heavy to lift, and whether its marks are wrong.

        Gross are the goods as ordered and the packaging as stated, which is judged by other rules.
        """
        if self._profile is None:
            detail = f"what may be lifted cannot be judged: {self._unknown}"
            yield PlanViolation(ViolationKind.OVER_LIFTING_LIMIT, detail, index)
            return
        if not envelopes:
            return
        gross_mg = true_gross_mg(parcel, envelopes)
        kg = Decimal(gross_mg) / MG_PER_KG
        limit = self._profile.several_at_most_kg
        if limit is not None and kg > limit and not self._stays(parcel) and self._several(envelopes):
            weighs = f"{len(envelopes)} units weigh {g(gross_mg)} gross together"
            detail = f"{weighs}, at most {limit:f} kg allowed by {self._profile.profile_id}"
            yield PlanViolation(ViolationKind.OVER_LIFTING_LIMIT, detail, index)
        heavy, team = self._profile.heavy_above_kg, self._profile.team_lift_above_kg
        true = ["heavy"] * (heavy is not None and kg > heavy) + ["team_lift"] * (team is not None and kg > team)
        stated = parcel.handling_marks
        if not isinstance(stated, tuple) or list(stated) != true:
            detail = f"is marked {stated!r:.80} at {g(gross_mg)} gross, {self._profile.profile_id} says {true}"
            yield PlanViolation(ViolationKind.WRONG_HANDLING_MARK, detail, index)

    def _stays(self, parcel: Parcel) -> bool:
        """Whether a parcel was started and holds just what lay in it."""
        name = parcel.started_parcel_id
        return isinstance(name, str) and self._started.get(name) == len(parts(parcel.placements))

    def _several(self, envelopes: Sequence[Envelope]) -> bool:
        """Whether units are neither a single one nor one whole keep-together group."""
        if len(envelopes) == 1:
            return False
        (group, *others) = {self._lines[each.item.line_id].keep_together_group for each in envelopes}
        return bool(others) or not group or len(envelopes) != self._groups[group]
