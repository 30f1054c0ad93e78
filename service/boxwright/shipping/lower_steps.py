"""Finds the smallest reduction of a side or of the weight that lowers a bill."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from boxwright.domain.carrier import Change, LowerStep
from boxwright.domain.gate import Gate, Measure
from boxwright.shipping.biller import Billed, Biller
from boxwright.shipping.limits import measured, refuses
from boxwright.shipping.scale import Cuboid

SIDES = (Change.LENGTH, Change.WIDTH, Change.HEIGHT)


def lower_steps(
    biller: Biller,
    outer_um: Cuboid,
    gross_mg: int,
    price: Callable[[Billed], int] | None = None,
    falls_mg: Sequence[int] = (),
) -> tuple[LowerStep, ...]:
    """Return the smallest reduction of each side and of the weight that lowers the bill, if any does.

    Between the points at which a gate of the rule opens or closes, the bill rises with each side and with the weight,
    so bisection of each such interval, nearest first, is exact. Reductions that make the carrier refuse the parcel do
    not count.

    Bills are compared by ``price``, by default by chargeable weight. ``falls_mg`` are the chargeable weights at which
    the price drops.
    """
    axes = [*((side, outer_um[axis]) for axis, side in enumerate(SIDES)), (Change.GROSS, gross_mg)]
    found = []
    for change, most in axes:
        axis = _Axis(biller, outer_um, gross_mg, change, price)
        left = axis.nearest_lower(most, falls_mg)
        if left is not None:
            billed = axis.billed(left)
            cost = None if price is None else price(billed)
            found.append(LowerStep(change, most - left, billed.chargeable_mg, cost))
    return tuple(found)


class _Axis:
    """The bill as a function of one side or of the weight; ``left`` is the value of that measure, in um or mg."""

    def __init__(
        self,
        biller: Biller,
        outer_um: Cuboid,
        gross_mg: int,
        change: Change,
        price: Callable[[Billed], int] | None,
    ) -> None:
        self._biller = biller
        self._outer_um = outer_um
        self._gross_mg = gross_mg
        self._change = change
        self._price = price

    def _at(self, left: int) -> tuple[Cuboid, int]:
        if self._change is Change.GROSS:
            return self._outer_um, left
        sides = zip(SIDES, self._outer_um, strict=True)
        length, width, height = (left if side is self._change else edge for side, edge in sides)
        return (length, width, height), self._gross_mg

    def billed(self, left: int) -> Billed:
        return self._biller.weigh(*self._at(left))

    def _cost(self, left: int) -> int:
        billed = self.billed(left)
        return billed.chargeable_mg if self._price is None else self._price(billed)

    def nearest_lower(self, most: int, falls_mg: Sequence[int]) -> int | None:
        """Return the greatest value below ``most`` with a lower bill, or None."""
        now = self._cost(most)
        refused = self._refused(most)
        for low, high in self._stretches(most, falls_mg):
            if low >= most or self._cost(low) >= now or self._refused(low) - refused:
                continue
            high = min(high, most - 1)
            while low < high:  # low always has a lower bill
                middle = (low + high + 1) // 2
                if self._cost(middle) < now:
                    low = middle
                else:
                    high = middle - 1
            return low
        return None

    def _refused(self, left: int) -> set[int]:
        return {index for index, limit in enumerate(self._biller.rule.limits) if refuses(limit, *self._at(left))}

    def _stretches(self, most: int, falls_mg: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yield the intervals on which the bill rises, as (lowest, highest) value, nearest first."""
        for low, high in _split(1, most, self._questions()):
            yield from _split(low, high, [partial(self._bills, fall) for fall in falls_mg])

    def _bills(self, least_mg: int, left: int) -> bool:
        return self.billed(left).chargeable_mg >= least_mg

    def _questions(self) -> list[Callable[[int], bool]]:
        """Return, for each gate, whether it is open as a function of the value; each changes at most once."""
        scale, rule = self._biller.scale, self._biller.rule
        questions: list[Callable[[int], bool]] = [
            partial(self._open, gate, ticks)
            for band, ticks in zip(scale.bands, scale.test_ticks, strict=True)
            for gate in band.when
        ]
        questions += [
            partial(self._open, gate, 0)
            for surcharge in rule.surcharges
            for gates in surcharge.any_of
            for gate in gates
            if gate.measure is not Measure.BILLED
        ]
        limits = [gate for limit in rule.limits for gate in limit.refused_when]
        return questions + [partial(self._open_unrounded, gate) for gate in limits]

    def _open(self, gate: Gate, volume_ticks: int, left: int) -> bool:
        scale = self._biller.scale
        outer_um, gross_mg = self._at(left)
        sides = scale.rounded(outer_um)
        return scale.open(gate, sides, gross_mg * scale.per_mg, sides[0] * sides[1] * sides[2] * volume_ticks)

    def _open_unrounded(self, gate: Gate, left: int) -> bool:
        return gate.open_at(measured(gate, *self._at(left)))


def _split(first: int, last: int, questions: Sequence[Callable[[int], bool]]) -> list[tuple[int, int]]:
    """Split an interval where a condition changes, once at most for each condition; return its parts, highest first."""
    starts = {first}
    for question in questions:
        low, high = first, last
        answer = question(low)
        if question(high) is answer:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if question(middle) is answer:
                low = middle
            else:
                high = middle
        starts.add(high)
    ordered = sorted(starts)
    ends = [*(start - 1 for start in ordered[1:]), last]
    return list(zip(ordered, ends, strict=True))[::-1]
