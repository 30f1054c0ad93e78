"""A plan in words, for the person at the bench: a line a piece of work, with what the scale shows after it."""

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from boxwright import units
from boxwright.domain.bench import BenchFilling, BenchLine, BenchWords, TapePattern, weight_words
from boxwright.domain.box import BoxStyle, BoxType, Opening
from boxwright.domain.factor import Component
from boxwright.domain.order import UPRIGHT, Item
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import Parcel, Placement, Plan
from boxwright.domain.pose import Pose, pose_of, turn_of
from boxwright.domain.started import begun_steps
from boxwright.planning.answers import bench_phrases as say
from boxwright.planning.answers.bench_apart import why_apart
from boxwright.planning.answers.bench_place import Places, whole_mm
from boxwright.planning.answers.bench_weights import dunnage_of, inner_boxes, weights_of
from boxwright.planning.finishing.finish import marked_spaces
from boxwright.planning.task import Task
from boxwright.protection import tape_mg, with_class_rules
from boxwright.protection.dunnage import figure
from boxwright.protection.tape import TAPED_STYLES

_LEAST_TOP_UM = 10 * units.UM_PER_MM
"""A layer on top that is thinner is not worth a word: the lid presses on it."""


def bench_words(plan: Plan, task: Task) -> tuple[BenchWords, ...]:
    """Return each parcel of a plan in words; ``task`` is what the plan was made with."""
    order = with_class_rules(task.order, task.materials, task.stop)
    lines = {line.line_id: line for line in order.lines}
    whys = why_apart(plan, task)
    return tuple(_Bench(each, lines, task).words(why) for each, why in zip(plan.parcels, whys, strict=True))


class _Bench:
    """The words of one parcel."""

    def __init__(self, parcel: Parcel, lines: dict[str, Item], task: Task) -> None:
        self._parcel, self._lines, self._task = parcel, lines, task
        self._box = box_of(parcel, task.catalog)
        self._at_end = self._box.opening is Opening.END and not self._box.flexible
        self._protection = {each.line_id: each for each in parcel.protection}
        self._tape = dunnage_of(parcel, Component.TAPE, task)
        self._tape_rule = task.materials.tape_rule(task.policy.tape_rule)
        self._inner = inner_boxes(parcel, lines, task)
        self._filling = tuple(self._fillings())
        fill = next((each for each in self._filling if each.component is Component.VOID_FILL), None)
        self._fill_name, filled = "", (0, Fraction(0))
        if fill is not None:
            self._fill_name = say.dunnage_words(fill.dunnage_id)
            filled = fill.mass_mg, Fraction(str(task.policy.void_fill_share)) * self._density(fill.component)
        self._begun = begun_steps(parcel, task.started_parcels)
        self._places = Places(parcel, self._box, filled=fill is not None, begun=bool(self._begun))
        self._weights = weights_of(parcel, lines, self._inner, self._places, *filled)

    def words(self, apart: str) -> BenchWords:
        parcel, rule, marks = self._parcel, self._tape_rule, tuple(self._marks())
        shares = self._task.materials.protection_rules
        goods, packaging = (Fraction(shares[f"scale_{part}_share"].value) for part in ("goods", "packaging"))
        tolerance_mg = math.ceil(goods * parcel.net_mg + packaging * parcel.tare_mg)
        pattern = TapePattern(rule.rule_id, rule.seam_strips, rule.edge_strips, float(rule.edge_overlap_mm))
        return BenchWords(
            say.LANGUAGE,
            tuple(self._work(marks, tolerance_mg)),
            self._filling,
            pattern if parcel.packaging_mg(Component.TAPE) else None,
            marks,
            parcel.gross_mg,
            tolerance_mg,
            apart,
        )

    def _work(self, marks: tuple[str, ...], tolerance_mg: int) -> Iterator[BenchLine]:
        """Yield all work in its order."""
        parcel, weights = self._parcel, self._weights
        bottom, top, bottom_tape_mg = self._taped(self._box)
        empty_mg = weight_mg = parcel.packaging_mg(Component.BOX) + bottom_tape_mg
        if not parcel.ships_in_own_container:
            yield BenchLine(self._take(bottom), weight_mg)
        if bottom_um := self._places.bottom_um:
            weight_mg += weights.bottom_mg
            yield BenchLine(say.BOTTOM.format(depth=whole_mm(bottom_um), name=self._fill_name), weight_mg)
        for index, placed in enumerate(parcel.placements):
            line, begun = self._lines[placed.line_id], index + 1 in self._begun
            codes = (line.sku, line.barcode)
            if placed.inner_box_type_id and not begun:
                # The goods are read before they are closed in.
                yield from self._boxed(placed, codes)
                codes = ("", "")
            weight_mg = empty_mg + weights.after_mg[index]
            yield BenchLine(self._sentence(index), weight_mg, index + 1, begun, *codes)
        # Blocking goes in before the fill that would lie in its place.
        for each in sorted(self._filling, key=lambda each: each.component is not Component.BLOCKING):
            weight_mg += each.mass_mg - (weights.laid_mg if each.component is Component.VOID_FILL else 0)
            yield BenchLine(self._filled(each), weight_mg)
        if not parcel.ships_in_own_container:
            template = (say.TAPE_END if self._at_end else say.TAPE_TOP) if bottom else say.TAPE_ALL
            yield BenchLine(template.format(strips=top) if top else say.NO_TAPE, parcel.gross_mg)
        yield BenchLine(say.MARKS.format(marks=", ".join(marks)) if marks else say.NO_MARKS)
        low, high = (weight_words(parcel.gross_mg + sign * tolerance_mg) for sign in (-1, 1))
        yield BenchLine(say.SCALE.format(low=low, high=high))
        held = list(zip((each.line_id for each in parcel.placements), weights.lost_mg, strict=True))
        unseen = {line_id for line_id, lost_mg in held if lost_mg <= tolerance_mg}
        if unseen:
            names = (say.named(self._lines[each]) for each in dict.fromkeys(each for each, _ in held) if each in unseen)
            yield BenchLine(say.UNCOUNTED.format(names=say.listed(names)))

    def _take(self, strips: str) -> str:
        """Return which box to take, or to go on with, and how its bottom is taped."""
        name, box = self._parcel.started_parcel_id, self._box
        if name:
            held = any(each.placements for each in self._task.started_parcels if each.started_parcel_id == name)
            begin = say.STARTED_ANEW if held and not self._begun else say.STARTED
            return begin.format(started=name, box=box.box_type_id)
        template = say.MAILER if box.flexible else say.BOX
        if box.style is BoxStyle.BOOK_WRAP:
            template = say.WRAPPER
        return _sized(template, box, strips) + (say.END_OPENS if self._at_end else "")

    def _sentence(self, index: int) -> str:
        """Return how a unit is put down, in its inner box or not."""
        placed = self._parcel.placements[index]
        what, before = self._called(placed), ""
        if self._parcel.ships_in_own_container:
            return say.OWN_CONTAINER.format(what=what)
        self._task.stop.look()
        where = self._places.of(index)
        if index + 1 in self._begun:
            return say.ALREADY.format(what=what, where=", ".join(where))
        if placed.inner_box_type_id:
            # Upright it has its opening on top.
            inside = self._inner[placed.line_id, placed.inner_box_type_id].orientation.value
            poses = Pose.ON_ITS_END, Pose.ON_ITS_SIDE, Pose.UPRIGHT
            how = [self._put(poses[inside.index(placed.orientation.value[2])], say.INNER_BOX)]
        else:
            before = self._round(placed, what)
            how = [self._put(pose_of(self._lines[placed.line_id], placed), say.IT if before else what)]
            if placed.folds:
                how.append(say.counted(say.FOLDED, placed.folds))
            if (turn := turn_of(placed)) is not None:
                how.append(turn.value)
        return f"{before}{', '.join((*how, *where))}."

    def _called(self, placed: Placement) -> str:
        """Return what a unit is called: its line, and which of several in the parcel it is."""
        name = say.named(self._lines[placed.line_id])
        number, count = self._parcel.unit_numbers[placed.line_id, placed.unit_index]
        return name if count == 1 else say.UNIT.format(name=name, index=number, quantity=count)

    def _round(self, placed: Placement, what: str) -> str:
        """Return what goes round a unit before it is put down."""
        rule, name = self._protection.get(placed.line_id), say.dunnage_words(self._parcel.cushioning_id)
        if rule is None:
            return ""
        if rule.pad_edge_um:
            thickness, edge = units.exact(placed.half_gap_um), whole_mm(rule.pad_edge_um)
            return say.PADS.format(what=what, name=name, thickness=thickness, edge=edge)
        if rule.wrap_layers and not placed.compartment:
            return say.counted(say.WRAP, rule.wrap_layers, what=what, name=name)
        return ""

    def _boxed(self, placed: Placement, codes: tuple[str, str]) -> Iterator[BenchLine]:
        """Yield how a unit is packed in its inner box before that is put down."""
        inner = self._inner[placed.line_id, placed.inner_box_type_id]
        gap, name = whole_mm(inner.gap_um), self._fill_name
        bottom, top, _ = self._taped(inner.box)
        yield BenchLine(_sized(say.INNER_TAKE, inner.box, bottom))
        filled = inner.fill_mg and name
        if filled and inner.gap_um:
            yield BenchLine(say.INNER_BOTTOM.format(depth=gap, name=name))
        what = self._called(placed)
        before = self._round(placed, what)
        pose = pose_of(inner.goods, replace(placed, orientation=inner.orientation)).value
        sides = say.INNER_GAP.format(gap=gap) if inner.gap_um else ""
        goods = say.INNER_GOODS.format(what=say.IT if before else what, pose=pose, gap=sides)
        yield BenchLine(before + goods, sku=codes[0], barcode=codes[1])
        closed = say.INNER_SHUT
        if filled:
            litres, mass = self._litres(Component.VOID_FILL, inner.fill_mg), weight_words(inner.fill_mg)
            closed = say.INNER_CLOSE.format(litres=f"{litres:,.1f}", name=name, mass=mass)
        yield BenchLine(closed + (say.INNER_TAPED.format(strips=top) if top else ""))

    def _put(self, pose: Pose, what: str) -> str:
        """Return how a unit or an inner box is put down."""
        if self._at_end:
            return say.SLIDE_IN.format(what=what, pose=pose.value)
        template = say.POSES[pose]
        if self._box.flexible and pose is Pose.FLAT:
            template = say.LAY if self._box.style is BoxStyle.BOOK_WRAP else say.SLIDE
        return template.format(what=what)

    def _fillings(self) -> Iterator[BenchFilling]:
        """Yield what fills and blocks the box beside its inner boxes."""
        boxes = (self._inner.get((each.line_id, each.inner_box_type_id)) for each in self._parcel.placements)
        inside_mg = sum(each.fill_mg for each in boxes if each is not None)
        for part in self._parcel.packaging:
            mass_mg = part.mass_mg - (inside_mg if part.component is Component.VOID_FILL else 0)
            if part.component in say.FILLINGS and mass_mg > 0:
                yield BenchFilling(part.component, part.dunnage_id, mass_mg, self._litres(part.component, mass_mg))

    def _density(self, component: Component) -> Fraction:
        """Return what a filling weighs, in kg/m3: it was weighed by that."""
        dunnage = dunnage_of(self._parcel, component, self._task)
        assert dunnage is not None  # asked of what is in the parcel
        return figure(dunnage, "density_kg_per_m3")

    def _litres(self, component: Component, mass_mg: int) -> float:
        # mg over kg/m3 is ml
        return round(float(mass_mg / self._density(component) / 1_000), 3)

    def _filled(self, part: BenchFilling) -> str:
        """Return where a filling goes; void fill also above the goods, or at the end that opens."""
        axis = 0 if self._at_end else 2
        ends_um = (each.corner_um[axis] + each.extent_um[axis] - each.half_gap_um for each in self._parcel.placements)
        gap_um = self._parcel.inner_um[axis] - max(ends_um)
        gap = (say.AT_END if self._at_end else say.TOP).format(depth=whole_mm(gap_um))
        where = ""
        if part.component is Component.BLOCKING:
            spaces = marked_spaces(self._parcel, self._box, self._task.materials)
            where = self._places.blocked([each for each in spaces if each.needs_blocking])
        return say.FILLINGS[part.component].format(
            name=say.dunnage_words(part.dunnage_id),
            litres=f"{part.litres:,.1f}",
            mass=weight_words(part.mass_mg),
            where=where,
            top=gap if gap_um >= _LEAST_TOP_UM else "",
        )

    def _taped(self, box: BoxType) -> tuple[str, str, int]:
        """Return the tape at the bottom of a box before anything is in it, that at its top, and the mass of the former.

        Half of the strips go on the bottom, the rest, with an odd one, on the top. A telescope's tray has no flaps at
        its bottom: all of its tape goes on when its lid is on.
        """
        if self._tape is None or box.style not in TAPED_STYLES:
            return "", "", 0
        rule, halves = self._tape_rule, box.style is BoxStyle.RSC_0201
        seams, edges = (rule.seam_strips // 2, rule.edge_strips // 2) if halves else (0, 0)
        below = replace(rule, seam_strips=seams, edge_strips=edges)
        above = replace(rule, seam_strips=rule.seam_strips - seams, edge_strips=rule.edge_strips - edges)
        said = []
        for each in (below, above):
            strips = say.counted(say.SEAMS, each.seam_strips) if each.seam_strips else ""
            if strips and each.edge_strips:
                overlap = f"{float(rule.edge_overlap_mm):g}"
                strips = say.ENDS.format(strips=strips, count=each.edge_strips, overlap=overlap)
            said.append(strips)
        return said[0], said[1], tape_mg(box, self._tape, below)

    def _marks(self) -> Iterator[str]:
        parcel = self._parcel
        if any(each.fragility_class.breakable for each in parcel.protection):
            yield say.FRAGILE
        if any(set(self._lines[each.line_id].orientations) <= set(UPRIGHT) for each in parcel.placements):
            yield say.THIS_WAY_UP
        yield from (say.LIFTING[each] for each in parcel.handling_marks)


def _sized(template: str, box: BoxType, strips: str) -> str:
    """Return which box to take, and how its bottom is taped."""
    edges = box.inner_um[:2] if box.flexible else box.inner_um
    taken = template.format(box=box.box_type_id, size=" × ".join(units.exact(edge) for edge in edges))
    taped = say.END_TAPED if box.opening is Opening.END else say.BOTTOM_TAPED
    return taken + (taped.format(strips=strips) if strips else "")
