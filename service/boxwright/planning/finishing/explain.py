"""Explains refusals: the smallest change to an order line that makes a refused box take the order, where known."""

import dataclasses
import itertools
from functools import cache, partial

from boxwright.domain.order import ALL_ORIENTATIONS, Item, Order
from boxwright.domain.plan import Plan, RefusedCandidate, SmallestChange
from boxwright.domain.proof import Proof
from boxwright.errors import SearchEndedError
from boxwright.packing.problem import Space, Units
from boxwright.packing.proofs import refuse
from boxwright.packing.question import Packed, Question
from boxwright.planning.finishing.checked import without_extras
from boxwright.planning.model import OrderModel
from boxwright.selection.effort import EFFORT

MOST_TESTS = 400
"""Maximum number of changed orders tested for one box; after these no change is stated, since a smaller one may
exist."""
MOST_TESTS_IN_ALL = 4_000
"""Maximum number of changed orders tested for all boxes of a plan, a few seconds of work; later boxes state no
change."""


class Explanation:
    """Finds the smallest change that makes a refused box take the whole order; each unit fits some box alone.

    ``most_tests`` limits the changed orders that are tested; ``tests`` counts them.
    """

    def __init__(self, model: OrderModel, refused: RefusedCandidate, most_tests: int = MOST_TESTS) -> None:
        self._model, self._refused, self._most_tests = model, refused, most_tests
        self._box = model.request.box_type(refused.box_type_id)
        self._lines = sorted(model.request.order.lines, key=lambda line: line.line_id)
        # The tests below assume one shape per unit and one size per box; soft goods and mailers have several.
        self._of_one_form = not self._box.flexible and not any(line.soft_goods for line in self._lines)
        self.tests = 0
        self._proof_of = cache(self._proof_with)
        self._as_ordered = cache(lambda: self._units_and_space(model.request.order))

    def smallest(self) -> SmallestChange | None:
        """Return the smallest change, or None if none is known."""
        if not self._of_one_form or self._refused.proof is Proof.POLICY or not self._most_tests:
            return None  # no change to a line can make the policy allow the box
        if self._refused.proof is Proof.WEIGHT:
            found = self._least()
        else:
            found = self._turned() or self._cut_to_fit_alone() or self._least()
        return None if self.tests > self._most_tests else found

    def holds(self, change: SmallestChange) -> bool:
        """Return whether a change makes the order fit, and a change smaller by 1 um or mg does not."""
        fits = self._of_one_form and self._fits(change)
        return fits and all(self._proof_of(less) is not None for less in change.one_less())

    def _turned(self) -> SmallestChange | None:
        """Return the first orientation that makes the order fit, by line id, then in the order of the contract."""
        for line in self._lines:
            known = {orientation.rotate(*line.edges_um) for orientation in line.orientations}
            for orientation in ALL_ORIENTATIONS:
                if orientation.rotate(*line.edges_um) not in known:
                    change = SmallestChange(line.line_id, allow=orientation)
                    if self._proof_of(change) is None and self._fits(change):
                        return change
        return None

    def _cut_to_fit_alone(self) -> SmallestChange | None:
        """Return by how much the only line whose units fit no box must be shortened, if the order then fits.

        No smaller sum makes a unit fit, since in each orientation every edge must lose at least what it is too long.
        """
        changes = []
        for line in self._lines:
            needs = [self._excess(line, at) for at in range(len(line.orientations))]
            if all(any(need) for need in needs):
                changes.append((line, sorted(needs, key=lambda need: (sum(need), need))))
        if len(changes) != 1:
            return None
        line, needs = changes[0]
        for need in needs:
            if sum(need) > sum(needs[0]) or any(
                off >= edge - 2 * line.inner_cushion_um for off, edge in zip(need, line.edges_um, strict=True)
            ):
                break
            change = SmallestChange(line.line_id, shorten_um=need)
            if self._proof_of(change) is None and self.holds(change):
                return change
        return None

    def _excess(self, line: Item, orientation: int) -> tuple[int, int, int]:
        """Return, for one orientation of a line, how far each declared edge exceeds the box, in um."""
        units, space = self._as_ordered()
        member = next(at for at, (other, _) in enumerate(self._model.expansion.units) if other is line)
        padding = int(units.edges_um[member, 0] + units.margins_in(space)[member].sum()) - line.edges_um[0]
        room = dict(zip(line.orientations[orientation].value, space.edges_um, strict=True))
        edges = zip("LWH", line.edges_um, strict=True)
        length, width, height = (max(edge + padding - room[name], 0) for name, edge in edges)
        return length, width, height

    def _least(self) -> SmallestChange | None:
        """Return the smallest change, found by bisection over each line or edge.

        A proof that refuses units also refuses all larger ones, so no smaller change than the one found is enough. A
        line or edge is left out if a change just below the best one so far is still refused.
        """
        best: SmallestChange | None = None
        least: int | None = None
        by_weight = self._refused.proof is Proof.WEIGHT
        for line, edge in itertools.product(self._lines, (None,) if by_weight else range(3)):
            make = partial(_lessened, line, edge)
            if edge is None:
                most = line.mass_mg - (0 if line.sales_packaging is None else line.sales_packaging.mass_mg)
            else:
                most = line.edges_um[edge] - 1 - 2 * line.inner_cushion_um
            high = most if least is None else min(most, least - 1)
            if high < 1 or self._proof_of(make(high)) is not None:
                continue
            low = 0
            while high - low > 1 and self.tests <= self._most_tests:
                middle = (low + high) // 2
                if self._proof_of(make(middle)) is None:
                    high = middle
                else:
                    low = middle
            below = self._proof_of(make(low)) if low else self._refused.proof
            change = make(high)
            if below is not None and (below is Proof.WEIGHT) == by_weight and self._fits(change):
                best, least = change, high
        return best

    def _proof_with(self, change: SmallestChange) -> Proof | None:
        """Return the proof that refuses the box for the changed order, or None if none does."""
        self.tests += 1
        if self.tests > self._most_tests:
            return self._refused.proof  # ``smallest`` then states no change
        refused = refuse(self._question(change))
        return None if refused is None else refused.proof

    def _fits(self, change: SmallestChange) -> bool:
        return isinstance(self._model.packer.ask(self._question(change)), Packed)

    def _question(self, change: SmallestChange) -> Question:
        request = self._model.request
        units, space = self._units_and_space(change.applied(request.order))
        effort = EFFORT[request.policy.mode]
        places, nodes = effort.places, effort.nodes
        return Question(units, space, self._model.rules, whole=True, effort=places, nodes=nodes, stop=request.stop)

    def _units_and_space(self, order: Order) -> tuple[Units, Space]:
        request = dataclasses.replace(self._model.request, order=order)
        # The units that may share a parcel depend on groups alone, which a change does not affect.
        model = OrderModel(request, request.expansion, known=self._model.admission)
        model = model.variant(self._refused.cushioning_id)
        everything = model.expansion.everything
        units = model.protect(everything, self._box)
        several = model.admission.several(everything)
        return units, model.space(self._box, units, whole=True, several=several)


def _lessened(line: Item, edge: int | None, off: int) -> SmallestChange:
    """Return the change that takes ``off`` um off an edge of a line, or ``off`` mg off its mass."""
    if edge is None:
        return SmallestChange(line.line_id, lighten_mg=off)
    length, width, height = (off if at == edge else 0 for at in range(3))
    return SmallestChange(line.line_id, shorten_um=(length, width, height))


def explained(answer: Plan, model: OrderModel) -> Plan:
    """Return a plan with the smallest change that makes each refused box fit, if one is known.

    The engine has packed each changed order. When time runs out, no other change is stated.
    """
    if answer.cut_short:
        return without_extras(answer)
    if answer.unpacked:  # the changed order might leave out other units
        return answer
    left, refused = MOST_TESTS_IN_ALL, []
    try:
        with model.stop.timed():
            for candidate in answer.certificate.refused_candidates:
                explanation = Explanation(model, candidate, min(MOST_TESTS, left))
                refused.append(dataclasses.replace(candidate, smallest_change=explanation.smallest()))
                left = max(left - explanation.tests, 0)
    except SearchEndedError:
        if model.stop.cancelled:
            raise
        return without_extras(answer)
    certificate = dataclasses.replace(answer.certificate, refused_candidates=tuple(refused))
    return dataclasses.replace(answer, certificate=certificate)
