"""A plan in words, for the person at the bench: a sentence a step, then filling, tape, marks and weight."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from boxwright import units
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.factor import Component
from boxwright.domain.fields import shown
from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.order import UPRIGHT, Item, Orientation
from boxwright.domain.plan import Parcel, Placement, Plan
from boxwright.domain.protection import LineProtection
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.planning.answers.bench_phrases import PHRASES, Phrases
from boxwright.planning.task import Task
from boxwright.protection import with_class_rules

_TURNED = (Orientation.WLH, Orientation.HLW, Orientation.HWL)


@dataclass(frozen=True, slots=True)
class StepWords:
    """One step of a parcel in words.

    Attributes
    ----------
    sentence : str
        The unit, which way up it lies, its gaps and wrap, and its place.
    weight_mg : int
        What the parcel weighs after it, in mg: box, and goods and cushioning so far.
    """

    sentence: str
    weight_mg: int


@dataclass(frozen=True, slots=True)
class ParcelWords:
    """One parcel in words.

    Attributes
    ----------
    steps : tuple of StepWords
        One a placement, in pack sequence.
    filling : tuple of StepWords
        What fills and blocks the box; one that says so where nothing does.
    tape : StepWords
        How it is taped; after it the parcel weighs its gross mass, label included.
    marks : tuple of str
        Names of its marks.
    tolerance_mg : int
        How far the scale may differ from the gross mass, in mg.
    closing : tuple of str
        Marks and gross weight as sentences.
    """

    steps: tuple[StepWords, ...]
    filling: tuple[StepWords, ...]
    tape: StepWords
    marks: tuple[str, ...]
    tolerance_mg: int
    closing: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """All sentences in the order of work, numbered."""
        done = (*self.steps, *self.filling, self.tape)
        weighed = [f"{each.sentence} [{_mass(each.weight_mg)}]" for each in done]
        return tuple(f"{number}. {each}" for number, each in enumerate([*weighed, *self.closing], start=1))


def bench_words(plan: Plan, task: Task, language: str = "en") -> tuple[ParcelWords, ...]:
    """Return each parcel of a plan in words.

    Parameters
    ----------
    plan : Plan
        A plan of the task.
    task : Task
        Order, catalog, policy and materials that it was made with.
    language : str, optional
        Key of ``PHRASES``. Default English.

    Raises
    ------
    InvalidInputError
        If there are no phrases in the language.
    """
    if language not in PHRASES:
        rule = f"must be one of {', '.join(PHRASES)}, got {shown(language)}"
        raise InvalidInputError([FieldViolation("language", rule)])
    order = with_class_rules(task.order, task.materials)
    lines = {line.line_id: line for line in order.lines}
    return tuple(_Bench(parcel, lines, task, PHRASES[language]).words() for parcel in plan.parcels)


class _Bench:
    """The words of one parcel."""

    def __init__(self, parcel: Parcel, lines: dict[str, Item], task: Task, phrases: Phrases) -> None:
        self._parcel, self._lines, self._task, self._phrases = parcel, lines, task, phrases
        self._protection = {each.line_id: each for each in parcel.protection}

    def words(self) -> ParcelWords:
        parcel, phrases = self._parcel, self._phrases
        steps = tuple(map(StepWords, map(self._sentence, parcel.placements), self._weights()))
        filling, weight_mg = [], parcel.net_mg + parcel.packaging_mg(Component.BOX)
        weight_mg += parcel.packaging_mg(Component.CUSHIONING)
        for part in parcel.packaging:
            if part.component in phrases.parts:
                weight_mg += part.mass_mg
                filling.append(StepWords(self._filled(part), weight_mg))
        marks, tolerance_mg = tuple(self._marks()), self._tolerance_mg()
        weight = phrases.weight.format(gross=_mass(parcel.gross_mg), tolerance=_mass(tolerance_mg))
        marked = phrases.marks.format(marks=", ".join(marks)) if marks else phrases.no_marks
        none = (StepWords(phrases.no_filling, weight_mg),)
        tape = StepWords(self._taped(), parcel.gross_mg)
        return ParcelWords(steps, tuple(filling) or none, tape, marks, tolerance_mg, (marked, weight))

    def _weights(self) -> Iterator[int]:
        """Yield the mass after each step; cushioning is shared out by the surface that each unit has of it."""
        parcel = self._parcel
        cushioning_mg = parcel.packaging_mg(Component.CUSHIONING)
        goods = accumulate(self._lines[each.line_id].mass_mg for each in parcel.placements)
        surfaces = list(accumulate(self._surface(each) for each in parcel.placements))
        whole = surfaces[-1] or 1
        for goods_mg, surface in zip(goods, surfaces, strict=True):
            yield parcel.packaging_mg(Component.BOX) + goods_mg + cushioning_mg * surface // whole

    def _surface(self, placed: Placement) -> int:
        """Return the layers of wrap or the pads of a unit, in um2 or um3: a parcel has one of the two."""
        rule = self._protection.get(placed.line_id)
        if rule is None:
            return 0
        if rule.pad_edge_um:
            return rule.pad_edge_um**2 * rule.half_gap_um
        x, y, z = (edge - 2 * placed.half_gap_um for edge in placed.extent_um)
        return rule.wrap_layers * (x * y + y * z + z * x)

    def _sentence(self, placed: Placement) -> str:
        phrases, line = self._phrases, self._lines[placed.line_id]
        what = line.description or line.sku or line.line_id
        if line.quantity > 1:
            what = phrases.unit.format(name=what, index=placed.unit_index + 1, quantity=line.quantity)
        if self._parcel.ships_in_own_container:
            return phrases.own_container.format(what=what)
        return phrases.step.format(what=what, how=", ".join(self._how(placed)), where=self._place(placed))

    def _how(self, placed: Placement) -> Iterator[str]:
        phrases, rule = self._phrases, self._protection.get(placed.line_id)
        yield phrases.poses[placed.orientation[2]] + (phrases.turned if placed.orientation in _TURNED else "")
        if placed.folds:
            yield _counted(phrases.folded, placed.folds)
        yield from self._round(placed, rule)

    def _round(self, placed: Placement, rule: LineProtection | None) -> Iterator[str]:
        phrases, gap_um = self._phrases, placed.half_gap_um
        if rule is not None and rule.pad_edge_um:
            yield phrases.pads.format(thickness=units.exact(gap_um), edge=units.exact(rule.pad_edge_um))
            return
        if rule is not None and rule.wrap_layers and not placed.compartment:
            yield _counted(phrases.wrapped, rule.wrap_layers)
        if gap_um:
            yield phrases.gap.format(gap=units.exact(gap_um))
        if placed.wall_margin_um:
            yield phrases.walls.format(walls=units.exact(gap_um + placed.wall_margin_um))

    def _place(self, placed: Placement) -> str:
        phrases, gap_um = self._phrases, placed.half_gap_um
        free = [
            2 * low + edge - inside
            for low, edge, inside in zip(placed.corner_um, placed.extent_um, self._parcel.inner_um, strict=True)
        ]
        sides = tuple((each > units.UM_PER_MM) - (each < -units.UM_PER_MM) for each in free[:2])
        x, y, z = (units.exact(low + gap_um) for low in placed.corner_um)
        level = phrases.floor if placed.z_um <= placed.wall_margin_um else phrases.above
        if placed.compartment:
            level = phrases.compartment.format(number=placed.compartment)
        return ", ".join((level, phrases.corners[sides[0], sides[1]], phrases.offset.format(x=x, y=y, z=z)))

    def _filled(self, part: PackagingComponent) -> str:
        phrases, density = self._phrases, self._dunnage(part.dunnage_id).density_kg_per_m3
        said = {"part": phrases.parts[part.component], "name": part.dunnage_id, "mass": _mass(part.mass_mg)}
        if not density:
            return phrases.weighed.format(**said)
        # mg over kg/m3 is ml
        litres = Fraction(part.mass_mg) / Fraction(density) / 1_000
        return phrases.filling.format(litres=f"{float(litres):,.1f}", **said)

    def _dunnage(self, dunnage_id: str) -> Dunnage:
        own = (each for each in self._task.catalog.dunnage if each.dunnage_id == dunnage_id)
        return next(own, None) or self._task.materials.dunnage_of(dunnage_id)

    def _taped(self) -> str:
        phrases = self._phrases
        if not self._parcel.packaging_mg(Component.TAPE):
            return phrases.no_tape
        rule = self._task.materials.tape_rule(self._task.policy.tape_rule)
        taped = phrases.tape_seams.format(rule=rule.rule_id, seams=rule.seam_strips)
        if rule.edge_strips:
            taped += phrases.tape_edges.format(edges=rule.edge_strips, overlap=f"{rule.edge_overlap_mm:g}")
        return taped

    def _marks(self) -> Iterator[str]:
        phrases, parcel = self._phrases, self._parcel
        if any(each.fragility_class.breakable for each in parcel.protection):
            yield phrases.fragile
        if any(set(self._lines[each.line_id].orientations) <= set(UPRIGHT) for each in parcel.placements):
            yield phrases.this_way_up
        yield from (phrases.lifting[each] for each in parcel.handling_marks)

    def _tolerance_mg(self) -> int:
        """Return a share of the goods and a share of the packaging, rounded up."""
        goods, packaging = (
            Fraction(self._task.materials.protection_rules[name].value)
            for name in ("scale_goods_share", "scale_packaging_share")
        )
        return math.ceil(goods * self._parcel.net_mg + packaging * self._parcel.tare_mg)


def _counted(forms: Mapping[str, str], count: int) -> str:
    return forms["one" if count == 1 else "more"].format(count=count)


def _mass(mass_mg: int) -> str:
    return f"{mass_mg / units.MG_PER_G:,.1f} g".replace(".0 g", " g")
