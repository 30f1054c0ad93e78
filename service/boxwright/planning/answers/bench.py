"""A plan in words, for the person at the bench: a line a piece of work, with what the scale shows after it."""

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from boxwright import units
from boxwright.domain.bench import BenchFilling, BenchLine, BenchWords, TapePattern, weight_words
from boxwright.domain.box import BoxStyle, BoxType, Opening
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.factor import Component
from boxwright.domain.fields import shown
from boxwright.domain.order import UPRIGHT, Item
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import Parcel, Placement, Plan
from boxwright.domain.pose import Pose, pose_of, turn_of
from boxwright.domain.started import begun_steps
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.planning.answers.bench_apart import Apart
from boxwright.planning.answers.bench_blocking import blocked_where
from boxwright.planning.answers.bench_inner import InnerBoxes
from boxwright.planning.answers.bench_phrases import PHRASES, Phrases, counted, listed, named
from boxwright.planning.answers.bench_place import Places, whole_mm
from boxwright.planning.answers.bench_tape import Taping
from boxwright.planning.answers.bench_weights import Weights
from boxwright.planning.finishing.empty_spaces import marked_spaces
from boxwright.planning.task import Task
from boxwright.protection import with_class_rules

_LEAST_TOP_UM = 10 * units.UM_PER_MM
"""A layer on top that is thinner is not worth a word: the lid presses on it."""


def bench_words(plan: Plan, task: Task, language: str = "en") -> tuple[BenchWords, ...]:
    """Return each parcel of a plan in words.

    Parameters
    ----------
    plan : Plan
        A plan of the task.
    task : Task
        Order, catalog, policy, materials and started parcels that it was made with.
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
    order = with_class_rules(task.order, task.materials, task.stop)
    lines = {line.line_id: line for line in order.lines}
    apart = Apart(plan, lines, task, PHRASES[language])
    return tuple(
        replace(_Bench(parcel, lines, task, language).words(), apart=apart.of(index))
        for index, parcel in enumerate(plan.parcels)
    )


class _Bench:
    """The words of one parcel."""

    def __init__(self, parcel: Parcel, lines: dict[str, Item], task: Task, language: str) -> None:
        self._parcel, self._lines, self._task, self._language = parcel, lines, task, language
        self._phrases: Phrases = PHRASES[language]
        self._box = box_of(parcel, task.catalog)
        self._at_end = self._box.opening is Opening.END and not self._box.flexible
        self._protection = {each.line_id: each for each in parcel.protection}
        self._inner = InnerBoxes(parcel, lines, task)
        self._filling = tuple(map(self._filling_of, self._fills()))
        self._fill = fill = next((each for each in self._filling if each.component is Component.VOID_FILL), None)
        self._taping = self._taped(self._box, begun=bool(parcel.started_parcel_id))
        self._begun = begun_steps(parcel, task.started_parcels)
        padded = {each.line_id for each in parcel.protection if each.pad_edge_um}
        self._places = Places(
            parcel, self._box, padded, self._phrases, filled=fill is not None, begun=bool(self._begun)
        )
        density = None if fill is None else self._dunnage(fill.dunnage_id).density_kg_per_m3
        share = Fraction(str(task.policy.void_fill_share))
        self._weights = Weights(parcel, lines, self._inner, self._places, fill, share * Fraction(density or 0))

    def words(self) -> BenchWords:
        parcel = self._parcel
        marks, tolerance_mg = tuple(self._marks()), self._tolerance_mg()
        return BenchWords(
            self._language,
            tuple(self._work(marks, tolerance_mg)),
            self._filling,
            self._tape(),
            marks,
            parcel.gross_mg,
            tolerance_mg,
        )

    def _work(self, marks: tuple[str, ...], tolerance_mg: int) -> Iterator[BenchLine]:
        """Yield all work in its order."""
        parcel, phrases = self._parcel, self._phrases
        empty_mg = weight_mg = parcel.packaging_mg(Component.BOX) + self._taping.bottom_mg
        if not parcel.ships_in_own_container:
            yield BenchLine(self._take(self._box, self._taping), weight_mg)
        if bottom_um := self._places.bottom_um:
            assert self._fill is not None  # else nothing lies on the floor
            name = phrases.dunnage(self._fill.dunnage_id)
            weight_mg += self._weights.bottom_mg
            yield BenchLine(phrases.bottom.format(depth=whole_mm(bottom_um), name=name), weight_mg)
        for index, placed in enumerate(parcel.placements):
            line, begun = self._lines[placed.line_id], index + 1 in self._begun
            codes = (line.sku, line.barcode)
            if not begun and self._inner.of(placed) is not None:
                # The goods are read before they are closed in.
                yield from self._boxed(placed, codes)
                codes = ("", "")
            weight_mg = empty_mg + self._weights.after_mg[index]
            yield BenchLine(self._sentence(index), weight_mg, index + 1, begun, *codes)
        # Blocking goes in before the fill that would lie in its place.
        for each in sorted(self._filling, key=lambda each: each.component is not Component.BLOCKING):
            laid_mg = self._weights.laid_mg if each.component is Component.VOID_FILL else 0
            weight_mg += each.mass_mg - laid_mg
            yield BenchLine(self._filled(each), weight_mg)
        if not parcel.ships_in_own_container:
            yield BenchLine(self._taping.top(), parcel.gross_mg)
        yield BenchLine(phrases.marks.format(marks=", ".join(marks)) if marks else phrases.no_marks)
        low, high = (weight_words(parcel.gross_mg + sign * tolerance_mg) for sign in (-1, 1))
        yield BenchLine(phrases.scale.format(low=low, high=high))
        if unseen := self._weights.unseen(tolerance_mg):
            names = listed((named(self._lines[each], phrases) for each in unseen), phrases.last)
            yield BenchLine(phrases.uncounted.format(names=names))

    def _take(self, box: BoxType, taping: Taping) -> str:
        parcel, phrases = self._parcel, self._phrases
        if parcel.started_parcel_id:
            name = parcel.started_parcel_id
            held = any(each.placements for each in self._task.started_parcels if each.started_parcel_id == name)
            begin = phrases.started_anew if held and not self._begun else phrases.started
            return begin.format(started=name, box=box.box_type_id)
        return self._sized(self._opened(box), box) + taping.bottom() + (phrases.end_opens if self._at_end else "")

    def _opened(self, box: BoxType) -> str:
        phrases = self._phrases
        if box.style is BoxStyle.BOOK_WRAP:
            return phrases.wrapper
        return phrases.mailer if box.flexible else phrases.box

    def _sized(self, template: str, box: BoxType) -> str:
        edges = box.inner_um[:2] if box.flexible else box.inner_um
        return template.format(box=box.box_type_id, size=" × ".join(units.exact(edge) for edge in edges))

    def _sentence(self, index: int) -> str:
        phrases, placed = self._phrases, self._parcel.placements[index]
        what = self._called(placed)
        if self._parcel.ships_in_own_container:
            return phrases.own_container.format(what=what)
        self._task.stop.look()
        where = self._places.of(index)
        if index + 1 in self._begun:
            return phrases.already.format(what=what, where=", ".join(where))
        if placed.inner_box_type_id:
            boxed = self._put(self._inner.pose(placed)).format(what=phrases.inner_box)
            return f"{', '.join((boxed, *where))}."
        before = self._round(placed, what)
        return f"{before}{', '.join((*self._pose(placed, phrases.it if before else what), *where))}."

    def _called(self, placed: Placement) -> str:
        """Return what a unit is called: its line, and which of several in the parcel it is."""
        name = named(self._lines[placed.line_id], self._phrases)
        number, count = self._parcel.unit_numbers[placed.line_id, placed.unit_index]
        return name if count == 1 else self._phrases.unit.format(name=name, index=number, quantity=count)

    def _round(self, placed: Placement, what: str) -> str:
        """Return what goes round a unit before it is put down."""
        phrases, rule = self._phrases, self._protection.get(placed.line_id)
        if rule is None:
            return ""
        said = {"what": what, "name": phrases.dunnage(self._parcel.cushioning_id)}
        if rule.pad_edge_um:
            said |= {"thickness": units.exact(placed.half_gap_um), "edge": whole_mm(rule.pad_edge_um)}
            return phrases.pads.format(**said)
        if rule.wrap_layers and not placed.compartment:
            return counted(phrases.wrap, rule.wrap_layers, **said)
        return ""

    def _boxed(self, placed: Placement, codes: tuple[str, str]) -> Iterator[BenchLine]:
        """Yield how a unit is packed in its inner box before that is put down."""
        inner, phrases = self._inner.of(placed), self._phrases
        assert inner is not None  # asked of units in inner boxes
        taping, gap = self._taped(inner.box), whole_mm(inner.gap_um)
        yield BenchLine(self._sized(phrases.inner_take, inner.box) + taping.bottom())
        filled = inner.fill_mg and self._fill is not None
        name = phrases.dunnage(self._fill.dunnage_id) if self._fill is not None else ""
        if filled and inner.gap_um:
            yield BenchLine(phrases.inner_bottom.format(depth=gap, name=name))
        what = self._called(placed)
        before = self._round(placed, what)
        pose = pose_of(inner.goods, replace(placed, orientation=inner.orientation)).value
        said = {"what": phrases.it if before else what, "pose": pose}
        sides = phrases.inner_gap.format(gap=gap) if inner.gap_um else ""
        yield BenchLine(before + phrases.inner_goods.format(gap=sides, **said), sku=codes[0], barcode=codes[1])
        closed = phrases.inner_shut
        if filled and self._fill is not None:
            part = self._filling_of((Component.VOID_FILL, self._fill.dunnage_id, inner.fill_mg))
            litres = "?" if part.litres is None else f"{part.litres:,.1f}"
            closed = phrases.inner_close.format(litres=litres, name=name, mass=weight_words(part.mass_mg))
        yield BenchLine(closed + taping.inner_top())

    def _pose(self, placed: Placement, what: str) -> Iterator[str]:
        phrases = self._phrases
        yield self._put(pose_of(self._lines[placed.line_id], placed)).format(what=what)
        if placed.folds:
            yield counted(phrases.folded, placed.folds)
        if (turn := turn_of(placed)) is not None:
            yield phrases.turns[turn]

    def _put(self, pose: Pose) -> str:
        """Return how a unit or an inner box is put down, with a field for what it is called."""
        phrases = self._phrases
        if self._at_end:
            return phrases.slide_in.format(what="{what}", pose=pose.value)
        if self._box.flexible and pose is Pose.FLAT:
            return phrases.lay if self._box.style is BoxStyle.BOOK_WRAP else phrases.slide
        return phrases.poses[pose]

    def _fills(self) -> Iterator[tuple[Component, str, int]]:
        for part in self._parcel.packaging:
            if part.component in self._phrases.parts:
                inside_mg = self._inner.fill_mg if part.component is Component.VOID_FILL else 0
                if part.mass_mg > inside_mg:
                    yield part.component, part.dunnage_id, part.mass_mg - inside_mg

    def _filling_of(self, part: tuple[Component, str, int]) -> BenchFilling:
        component, dunnage_id, mass_mg = part
        density = self._dunnage(dunnage_id).density_kg_per_m3
        # mg over kg/m3 is ml
        litres = round(float(Fraction(mass_mg) / Fraction(density) / 1_000), 3) if density else None
        return BenchFilling(component, dunnage_id, mass_mg, litres)

    def _filled(self, part: BenchFilling) -> str:
        phrases, gap_um = self._phrases, self._gap_um()
        gap = phrases.at_end if self._at_end else phrases.top
        said = {
            "name": phrases.dunnage(part.dunnage_id),
            "mass": weight_words(part.mass_mg),
            "where": self._blocked_spaces() if part.component is Component.BLOCKING else "",
            "top": gap.format(depth=whole_mm(gap_um)) if gap_um >= _LEAST_TOP_UM else "",
        }
        if part.litres is None:
            return phrases.weighed[part.component].format(**said)
        return phrases.parts[part.component].format(litres=f"{part.litres:,.1f}", **said)

    def _blocked_spaces(self) -> str:
        """Return where the spaces that need blocking are."""
        spaces = marked_spaces(self._parcel, self._box, self._task.materials)
        return blocked_where(self._parcel, [each for each in spaces if each.needs_blocking], self._phrases)

    def _gap_um(self) -> int:
        """Return what is free between the goods and the lid, or the end that opens, in um."""
        axis = 0 if self._at_end else 2
        placed = self._parcel.placements
        return self._parcel.inner_um[axis] - max(
            each.corner_um[axis] + each.extent_um[axis] - each.half_gap_um for each in placed
        )

    def _dunnage(self, dunnage_id: str) -> Dunnage:
        own = (each for each in self._task.catalog.dunnage if each.dunnage_id == dunnage_id)
        return next(own, None) or self._task.materials.dunnage_of(dunnage_id)

    def _tape(self) -> TapePattern | None:
        if not self._parcel.packaging_mg(Component.TAPE):
            return None
        rule = self._task.materials.tape_rule(self._task.policy.tape_rule)
        return TapePattern(rule.rule_id, rule.seam_strips, rule.edge_strips, float(rule.edge_overlap_mm))

    def _taped(self, box: BoxType, *, begun: bool = False) -> Taping:
        """Return how a box is taped with what the parcel has on it."""
        tape = next((each.dunnage_id for each in self._parcel.packaging if each.component is Component.TAPE), "")
        rule = self._task.materials.tape_rule(self._task.policy.tape_rule)
        return Taping(box, self._dunnage(tape) if tape else None, rule, self._phrases, begun=begun)

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
