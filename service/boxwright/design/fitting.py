"""Decides which candidates take an order, with as few tests by the packing engine as possible.

A layout found in one box fits every box that contains it, and a refusal with a proof of size holds in every smaller
box. So a few tests settle many candidates. A pair of order and candidate fits (with a layout), is refused (with a
proof), is undecided (the engine found neither), or is untested. Mass is tested for each candidate, since a larger box
has more fill.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from boxwright.design.question import Question, Rules
from boxwright.domain.policy import Objective
from boxwright.domain.proof import Proof
from boxwright.packing.question import Packed, Refused
from boxwright.selection.single import Candidate, lowest_first, try_candidate
from boxwright.shipping import UNPRICED_MINOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boxwright.design.p_median import Flags
    from boxwright.domain.box import Catalog
    from boxwright.domain.order import Order
    from boxwright.packing.problem import Floats, Ints

TESTS = 30
"""Tests per order before the first design; later rounds test only pairs that can change the choice or its bound."""
MOST_SETTLING = 200
"""Maximum number of tests for an order that no candidate is known to take; after these it is excluded."""
_FIRST_TESTED = (0.5, 0.2, 0.08, 0.03)
"""Price quantiles of the first candidates to test; after these, the cheapest untested one is tested."""
_ROUNDING = 1e-12
_OF_SIZE = frozenset(Proof) - {Proof.WEIGHT, Proof.POLICY, Proof.COMPARTMENTS}
"""Proofs that hold in every smaller box too."""


@dataclass
class Fits:
    """The results of tests of one order against each candidate."""

    order: Order
    weight: int
    """The order, and the number of orders with the same units."""
    outside: str
    """Reason why the order cannot be tested for a single box; empty if it can."""
    price: Floats
    """float64, (candidates,): the price of the order in each; infinity where it is refused."""
    fits: Flags
    untested: Flags
    undecided: Flags
    """bool, (candidates,): candidates with a known layout; untested ones; and undecided ones, for which the engine
    found neither layout nor proof."""
    undecided_price: Floats
    """float64, (candidates,): the lowest price in a wrap or fold that is undecided, where a dearer one has a layout;
    infinity elsewhere."""
    layouts_um: list[Ints] = field(default_factory=list)
    """Extents of known layouts, int64 (3,), in um."""

    @property
    def possible(self) -> Flags:
        """bool, (candidates,): those that do not refuse the order."""
        return self.fits | self.untested | self.undecided

    @property
    def least_price(self) -> Floats:
        """float64, (candidates,): lower bound on the price of the order."""
        least: Floats = np.minimum(self.price, self.undecided_price)
        return least

    def only(self, columns: Flags) -> None:
        """Mark the order as refused by all candidates outside a mask, bool (candidates,)."""
        self.fits, self.untested, self.undecided = (
            known & columns for known in (self.fits, self.untested, self.undecided)
        )
        self.price, self.undecided_price = (
            np.where(columns, price, np.inf) for price in (self.price, self.undecided_price)
        )


class Fitter:
    """Tests orders against the candidates of a catalog, ``tests`` times per order; picklable."""

    def __init__(self, catalog: Catalog, rules: Rules, tests: int = TESTS) -> None:
        self.catalog, self.rules, self._tests = catalog, rules, tests
        boxes = catalog.box_types
        self.column = {box.box_type_id: index for index, box in enumerate(boxes)}
        self._inside_um = np.array([box.inner_um for box in boxes], dtype=np.int64)
        slacks = [box.slack_um(rules.policy.fit_clearance_um, needed=True) for box in boxes]
        self.edges_um = self._inside_um - np.array(slacks, dtype=np.int64)[:, np.newaxis]
        self._volumes = self.edges_um.astype(np.float64).clip(0).prod(axis=1)
        self._filled = self._volumes * rules.policy.fill_millionths / 1e6
        self._in_money = rules.policy.objectives[0] is Objective.SHIPPING_COST
        self._open = np.array([not box.flexible and box.compartments is None for box in boxes])

    def __call__(self, orders: Sequence[tuple[Order, int]]) -> list[Fits]:
        """Return the results of tests for orders, given with their weights."""
        return [self.of(order, weight) for order, weight in orders]

    def of(self, order: Order, weight: int = 1, tests: int | None = None) -> Fits:
        """Return the results for an order after at most ``tests`` tests; by default, the limit for every order."""
        tests = self._tests if tests is None else tests
        count = len(self.catalog.box_types)
        none = np.zeros(count, dtype=np.bool_)
        question = Question(order, self.catalog, self.rules)
        price = np.full(count, np.inf)
        found = Fits(order, weight, question.outside, price, none, none.copy(), none.copy(), price.copy())
        if question.outside:
            return found
        allowed = none.copy()
        free = question.model.admission.free
        allowed[[self.column[name] for name, box in question.boxes.items() if free or not question.forbidden(box)]] = (
            True
        )
        if question.single_form:
            allowed &= ~self._open | self._conceivable(question)
        found.untested = allowed
        self._price(question, found)
        if question.single_form:
            if len(question.units) == 1 and self.rules.policy.fill_millionths >= 1_000_000:
                for extents in question.kinds_um[0]:  # a single unit in each orientation is its own layout
                    self._packed(found, extents)
            tests -= self._test_open(question, found, tests)
        for column in self._cheapest(found, found.untested)[: max(tests, 0)]:
            self._test_any(question, found, column)
        return found

    def test(self, found: Fits, columns: Sequence[int]) -> int:
        """Test more untested candidates; return the number of tests."""
        tested = 0
        question = Question(found.order, self.catalog, self.rules)
        for column in columns:
            if found.untested[column]:
                tested += 1
                if question.single_form and self._open[column]:
                    self._test_one(question, found, column)
                else:
                    self._test_any(question, found, column)
        return tested

    def settle(self, found: Fits, columns: Ints) -> bool:
        """Test candidates, largest first, until one takes the order; return whether one does."""
        tested = 0
        for column in sorted(columns.tolist(), key=lambda column: (-self._volumes[column], column)):
            if found.fits[columns].any() or tested >= MOST_SETTLING:
                break
            tested += self.test(found, [column])
        return bool(found.fits[columns].any())

    def _id(self, column: int) -> str:
        return self.catalog.box_types[column].box_type_id

    def _conceivable(self, question: Question) -> Flags:
        """Return, for each candidate, whether its volume and mass limit suffice and each unit fits it alone."""
        most = question.volume_um3 * (1 - _ROUNDING)
        fits: Flags = (self._volumes >= most) & (self._filled >= most)
        # Wall margins are part of the extents of units, and the fit clearance counts towards them.
        edges_um = self.edges_um if question.units.margins_um is None else self._inside_um
        for turned in question.kinds_um:
            inside: Flags = np.all(turned[np.newaxis, :, :] <= edges_um[:, np.newaxis, :], axis=2)
            fits &= np.any(inside, axis=1)
        model, units = question.model, question.units
        several = model.admission.several(question.members)
        for column in np.flatnonzero(fits & self._open).tolist():
            box = question.boxes.get(self._id(column))
            fits[column] = (
                box is not None
                and units.packed_mg <= model.space(box, units, whole=True, several=several).mass_limit_mg
            )
        return fits

    def _price(self, question: Question, found: Fits) -> None:
        variants = question.model.variants(question.members)
        # A box whose size follows its content has at least the volume of its goods.
        by_volume = question.single_form and self.rules.policy.objectives[0] is Objective.OUTER_VOLUME
        least = math.ceil(question.volume_um3 * (1 - _ROUNDING)) if by_volume else 0.0
        allowed = bool(found.untested.any())
        for column in np.flatnonzero(found.untested).tolist():
            box = question.boxes[self._id(column)]
            price = min(variant.price(box, question.members)[0] for variant in variants)
            if self._in_money and price >= UNPRICED_MINOR:
                found.untested[column] = False  # the tariff lacks its weight or a surcharge, so no plan can use it
            else:
                found.price[column] = max(price, least)
        if allowed and not found.untested.any():
            found.outside = "fits no candidate whose carriage has a price"

    def _test_open(self, question: Question, found: Fits, tests: int) -> int:
        """Test open boxes, first those that settle most others, then the cheapest; return the number tested."""
        for tested in range(tests):
            left = self._cheapest(found, found.untested & self._open)
            if not left:
                return tested
            share = _FIRST_TESTED[tested] if tested < len(_FIRST_TESTED) else 0.0
            self._test_one(question, found, left[int(share * len(left))])
        return tests

    def _test_one(self, question: Question, found: Fits, column: int) -> None:
        """Test an open box. A layout also settles larger boxes, and a proof of size settles smaller ones."""
        model, members = question.model, question.members
        box = question.boxes[self._id(column)]
        candidate = Candidate(model, box, members, model.shapes(members, question.units), ())
        answer = model.packer.ask(candidate.question(question.effort))
        found.untested[column] = False
        if isinstance(answer, Packed):
            found.fits[column] = True
            self._packed(found, np.array(answer.layout.extents_um, dtype=np.int64))
        elif isinstance(answer, Refused):
            found.price[column] = np.inf
            if answer.proof in _OF_SIZE:
                inside = self._open & found.untested & (self.edges_um <= self.edges_um[column]).all(axis=1)
                found.untested &= ~inside
                found.price[inside] = np.inf
        else:
            found.undecided[column] = True

    def _test_any(self, question: Question, found: Fits, column: int) -> None:
        """Test one candidate in every form and with every wrap."""
        box = question.boxes[self._id(column)]
        tried = lowest_first(question.model, question.members, [box])
        outcomes = [try_candidate(candidate, question.effort, None) for candidate in tried]
        packed = [outcome.found.price[0] for outcome in outcomes if outcome.found is not None]
        left_open = [price[0] for outcome in outcomes for price, _ in outcome.left_open]
        found.untested[column] = False
        if packed:
            least = max(min(left_open, default=math.inf), found.price[column])
            found.fits[column], found.price[column] = True, min(packed)
            if least < min(packed):
                found.undecided_price[column] = least
        elif not left_open:
            found.price[column] = np.inf
        else:
            found.undecided[column] = True

    def _packed(self, found: Fits, extents_um: Ints) -> None:
        """Record a layout, and that every open box that contains it takes the order."""
        found.layouts_um.append(extents_um)
        round_it = self._open & found.untested & (extents_um <= self.edges_um).all(axis=1)
        found.fits |= round_it
        found.untested &= ~round_it

    def _cheapest(self, found: Fits, which: Flags) -> list[int]:
        columns = np.flatnonzero(which)
        ranked: list[int] = columns[np.argsort(found.price[columns], kind="stable")].tolist()
        return ranked
