"""The smallest change to an order line that makes the order fit a refused box."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from boxwright.domain.fields import changed
from boxwright.domain.order import ALL_ORIENTATIONS, Item, Order, Orientation
from boxwright.errors import FieldViolation, InvalidInputError


@dataclass(frozen=True, slots=True)
class SmallestChange:
    """A change of one kind to all units of an order line.

    With this change the order fits one box of the refused type; with a change smaller by a micrometre or milligram, it
    provably does not. InvalidInputError if the change is not of exactly one kind, or changes nothing.
    """

    line_id: str
    shorten_um: tuple[int, int, int] | None = None
    """Reduction of the declared length, width and height, in um, 0 or more."""
    allow: Orientation | None = None
    lighten_mg: int | None = None
    """Reduction of the mass of a unit, in mg."""

    def __post_init__(self) -> None:
        kinds = [kind for kind in (self.shorten_um, self.allow, self.lighten_mg) if kind is not None]
        if len(kinds) != 1:
            raise InvalidInputError([FieldViolation("change", "must hold exactly one kind of change")])
        if self.shorten_um is not None and (min(self.shorten_um) < 0 or not any(self.shorten_um)):
            raise InvalidInputError(
                [FieldViolation("shorten_mm", "must be 0 or more for each edge, and above 0 for one")]
            )
        if self.lighten_mg is not None and self.lighten_mg < 1:
            raise InvalidInputError([FieldViolation("lighten_g", "must be at least 0.001 g")])

    def applied(self, order: Order) -> Order:
        """Return the order with its line changed.

        InvalidInputError if it has no such line, the line already allows the orientation, or an edge would vanish.
        """
        known = [line.line_id for line in order.lines]
        if self.line_id not in known:
            raise InvalidInputError([FieldViolation("line_id", f"must be a line of the order, got {self.line_id!r}")])
        lines = list(order.lines)
        at = known.index(self.line_id)
        lines[at] = self._changed(lines[at])
        return dataclasses.replace(order, lines=tuple(lines))

    def _changed(self, line: Item) -> Item:
        if self.shorten_um is not None:
            length, width, height = (edge - off for edge, off in zip(line.edges_um, self.shorten_um, strict=True))
            return changed(line, length_um=length, width_um=width, height_um=height)
        if self.lighten_mg is not None:
            return changed(line, mass_mg=line.mass_mg - self.lighten_mg)
        if self.allow in line.orientations:
            raise InvalidInputError([FieldViolation("allow", f"line {line.line_id!r} allows {self.allow} already")])
        wider = {*line.orientations, self.allow}
        return changed(line, orientations=tuple(allowed for allowed in ALL_ORIENTATIONS if allowed in wider))

    def one_less(self) -> "Iterator[SmallestChange | None]":
        """Yield every change that is smaller by one um or mg; None stands for no change at all."""
        if self.shorten_um is not None:
            for edge in range(3):
                if self.shorten_um[edge]:
                    less = [off - (at == edge) for at, off in enumerate(self.shorten_um)]
                    yield SmallestChange(self.line_id, shorten_um=(less[0], less[1], less[2])) if any(less) else None
        elif self.lighten_mg is not None:
            yield SmallestChange(self.line_id, lighten_mg=self.lighten_mg - 1) if self.lighten_mg > 1 else None
        else:
            yield None
