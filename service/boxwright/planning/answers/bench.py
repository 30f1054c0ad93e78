"""Packing instructions of a plan: one line per task, with the weight that the scale shows after it."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from boxwright import units
from boxwright.domain.bench import (
    LEAST_TOP_UM,
    BenchFilling,
    BenchLine,
    BenchWords,
    Pose,
    TapePattern,
    pose_of,
    turn_of,
    weight_words,
)
from boxwright.domain.box import BoxStyle, BoxType, Opening
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.factor import Component
from boxwright.domain.order import UPRIGHT, Item
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import EmptySpace, HandlingMark, Parcel, Placement, Plan
from boxwright.domain.steps import Step, steps_of
from boxwright.planning.answers.bench_apart import why_apart
from boxwright.planning.answers.bench_place import Places, whole_mm
from boxwright.planning.finishing.finish import marked_spaces
from boxwright.planning.rules.inner_boxes import inner_box
from boxwright.planning.task import Task
from boxwright.planning.words import listed, named
from boxwright.protection import InnerBox, handled_as, tape_mg, with_class_rules
from boxwright.protection.dunnage import figure
from boxwright.protection.tape import TAPED_STYLES

_POSES = {
    Pose.UPRIGHT: ("Stand {} upright", "Stand {} upright"),
    Pose.FLAT: ("Lay {} flat", "Lay {} flat"),
    Pose.ON_ITS_SIDE: ("Lay {} on its side", "Lay {} on their sides"),
    Pose.ON_ITS_LONG_SIDE: ("Put {} on its long side", "Put {} on their long sides"),
    Pose.ON_ITS_END: ("Put {} on its end", "Put {} on their ends"),
}
"""Sentences for one unit, and for several."""
_EDGES_ALIKE = Fraction(9, 10)
"""Ratio of two edges above which they count as equal. Goods whose two longer edges are equal have no long side and no
end: when tipped, they stand on edge like a plate, or lie on their side like a tub."""
_THIN = Fraction(7, 20)
"""Maximum ratio of the shortest edge to the middle one for goods that stand on edge: a roll of tape does, a bowl does
not."""
_WITH_HANDLE = "mug"
"""Article with a handle at one end of the longer horizontal edge."""
_CONDITION = " if "
"""Text between a mark of special handling and its condition."""
_MARKS = {HandlingMark.HEAVY: "Heavy", HandlingMark.TEAM_LIFT: "Team lift"}


def bench_words(plan: Plan, task: Task) -> tuple[BenchWords, ...]:
    """Return the packing instructions of each parcel of a plan that was made for ``task``."""
    order = with_class_rules(task.order, task.materials, task.stop)
    lines = {line.line_id: line for line in order.lines}
    whys = why_apart(plan, task)
    return tuple(_Bench(parcel, lines, task).words(why) for parcel, why in zip(plan.parcels, whys, strict=True))


class _Weights(NamedTuple):
    """Masses of a parcel in mg as it is packed."""

    bottom_mg: int
    """Fill under all units."""
    before_mg: list[int]
    after_mg: list[int]
    """Total before each step, with the fill that goes in first, and total after it."""
    laid_mg: int
    """Fill in the parcel after the last step; the rest goes into the gaps."""
    lost_mg: list[int]
    """For each unit, the minimum mass that is missing if the unit is left out and fill takes its place; below 0 if the
    parcel may then be heavier."""


class _Bench:
    def __init__(self, parcel: Parcel, lines: dict[str, Item], task: Task) -> None:
        self._parcel, self._lines, self._task = parcel, lines, task
        self._box = box_of(parcel, task.catalog)
        self._at_end = self._box.opening is Opening.END and not self._box.flexible
        self._wraps = self._box.style is BoxStyle.BOOK_WRAP
        self._protection = {rule.line_id: rule for rule in parcel.protection}
        self._tape = self._dunnage(Component.TAPE)
        self._tape_rule = task.materials.tape_rule(task.policy.tape_rule)
        self._inner = self._inner_boxes()
        self._filling = tuple(self._fillings())
        parts = {part.component: part for part in self._filling}
        self._fill, self._blocking = parts.get(Component.VOID_FILL), parts.get(Component.BLOCKING)
        self._fill_name, filled = "", (0, Fraction(0))
        if self._fill is not None:
            self._fill_name = _dunnage_words(self._fill.dunnage_id)
            density = self._density(Component.VOID_FILL)
            filled = self._fill.mass_mg, Fraction(str(task.policy.void_fill_share)) * density
        self._steps = steps_of(parcel, task.started_parcels)
        # Packers lay several goods on the mailer, since a stack cannot be made inside it.
        self._piled = self._box.flexible and not self._wraps and len(self._steps) > 1
        self._places = Places(parcel, self._steps, self._box, filled=self._fill is not None)
        self._prepared: dict[str, str] = {}  # by line, the label of the first step with special handling
        # Blocking goes in last, but before fill that would lie in its place.
        self._blocked, self._block_before, self._blocked_spaces = "", len(self._steps), list[EmptySpace]()
        if self._blocking is not None:
            spaces = marked_spaces(parcel, self._box, lines, task.materials)
            self._blocked_spaces = [space for space in spaces if space.needs_blocking]
            self._blocked, last = self._places.blocked(self._blocked_spaces)
            later = range(last + 1, len(self._steps))
            self._block_before = next((at for at in later if self._places.fill_before(at)[0]), len(self._steps))
        self._weights = self._weigh(*filled)

    def _dunnage(self, component: Component) -> Dunnage | None:
        """Return the dunnage of a component, from the catalog or else from the data; None if the parcel has none."""
        name = next((part.dunnage_id for part in self._parcel.packaging if part.component is component), "")
        own = next((dunnage for dunnage in self._task.catalog.dunnage if dunnage.dunnage_id == name), None)
        return (own or self._task.materials.dunnage_of(name)) if name else None

    def _inner_boxes(self) -> dict[tuple[str, str], InnerBox]:
        """Return, by line id and box type id, the inner boxes of the parcel."""
        task, gaps_um, found = self._task, {name: rule.inner_gap_um for name, rule in self._protection.items()}, {}
        data = task.policy, task.materials, self._dunnage(Component.VOID_FILL), self._tape
        for placed in self._parcel.placements:
            if placed.inner_box_type_id:
                line, box = self._lines[placed.line_id], task.catalog.box_type(placed.inner_box_type_id)
                inner = inner_box(line, box, gaps_um.get(line.line_id, 0), *data, stated=placed.orientation)
                assert inner is not None  # the plan states that the goods lie in it
                found[line.line_id, box.box_type_id] = inner
        return found

    def _weigh(self, fill_mg: int, fill_kg_per_m3: Fraction) -> _Weights:

        def filled_mg(volume_um3: int) -> int:
            return math.floor(volume_um3 * fill_kg_per_m3 / units.UM3_KG_PER_M3_PER_MG)

        parcel, places = self._parcel, self._places
        base_um2 = parcel.inner_um[0] * parcel.inner_um[1]
        goods, refills, surfaces = [], [], []
        laid = bottom_mg = min(filled_mg(base_um2 * places.bottom_um), fill_mg)
        before, after, inside = [], [], list[tuple[int, int, int]]()
        for at, step in enumerate(self._steps):
            if at == self._block_before:
                for space in self._blocked_spaces:
                    (_, _, low_um), (x, y, z) = space.corner_um, space.extent_um
                    inside.append((x * y, low_um, low_um + z))
            if (level_um := places.fill_before(at)[0]) > 0:
                # The box is filled up to that height, except where goods and blocks are.
                taken_um3 = sum(area * max(0, min(top, level_um) - low) for area, low, top in inside)
                laid = max(laid, min(filled_mg(base_um2 * level_um - taken_um3), fill_mg))
            before.append(laid)
            for placed in step.placed:
                line, box = self._lines[placed.line_id], self._inner.get((placed.line_id, placed.inner_box_type_id))
                x, y, z = (edge - 2 * placed.half_gap_um for edge in placed.extent_um)
                low_um = placed.z_um + placed.half_gap_um
                inside.append((x * y, low_um, low_um + z))
                laid = min(laid + filled_mg(x * y * places.fill_under_um(at, placed)), fill_mg)
                if box is not None:
                    x, y, z = line.edges_um
                goods.append(line.mass_mg + (0 if box is None else box.added_mg))
                refills.append(0 if placed.compartment else filled_mg(x * y * z))
                rule = self._protection.get(placed.line_id)
                wrapped = rule.wrap_layers * (x * y + y * z + z * x) if rule else 0
                # A parcel has either layers of wrap, in um2, or pads, in um3.
                surfaces.append(rule.pad_edge_um**2 * rule.half_gap_um if rule and rule.pad_edge_um else wrapped)
            after.append(laid)
        # The cushioning of the parcel is divided among the units by their surface.
        shares = list(accumulate(surfaces, initial=0))
        cushioned = [parcel.packaging_mg(Component.CUSHIONING) * share // (shares[-1] or 1) for share in shares]
        lost = [
            self._lines[placed.line_id].mass_mg + min(0, last - first - refill)
            for placed, (first, last), refill in zip(parcel.placements, pairwise(cushioned), refills, strict=True)
        ]
        held = [sum(parts) for parts in zip(accumulate(goods, initial=0), cushioned, strict=True)]
        return _Weights(
            bottom_mg,
            [held[step.number - 1] + laid for step, laid in zip(self._steps, before, strict=True)],
            [held[step.last] + laid for step, laid in zip(self._steps, after, strict=True)],
            laid,
            lost,
        )

    def words(self, apart: str) -> BenchWords:
        parcel, rule, marks = self._parcel, self._tape_rule, []
        if any(care.fragility_class.breakable for care in parcel.protection):
            marks.append("Fragile")
        inside = dict.fromkeys(placed.line_id for placed in parcel.placements)
        lines = (self._lines[name] for name in inside)
        # Soft goods lie flat only because they fold, so the parcel may be turned.
        if any(line.soft_goods is None and set(line.orientations) <= set(UPRIGHT) for line in lines):
            marks.append("This way up")
        handling = (rule for name in inside for rule in handled_as(self._lines[name], self._task.materials))
        marks += dict.fromkeys(rule.mark for rule in handling if rule.mark)
        marks += [_MARKS[mark] for mark in parcel.handling_marks]
        shares = self._task.materials.protection_rules
        goods, packaging = (Fraction(shares[f"scale_{part}_share"].value) for part in ("goods", "packaging"))
        tolerance_mg = math.ceil(goods * parcel.net_mg + packaging * parcel.tare_mg)
        pattern = TapePattern(rule.rule_id, rule.seam_strips, rule.edge_strips, float(rule.edge_overlap_mm))
        taped, work = parcel.packaging_mg(Component.TAPE), tuple(self._work(marks, tolerance_mg))
        return BenchWords(
            "en",
            work,
            self._filling,
            pattern if taped else None,
            tuple(mark for mark in marks if _CONDITION not in mark),
            parcel.gross_mg,
            tolerance_mg,
            apart,
        )

    def _work(self, marks: list[str], tolerance_mg: int) -> Iterator[BenchLine]:
        parcel = self._parcel
        bottom, top, bottom_tape_mg = self._taped(self._box)
        empty_mg = weight_mg = parcel.packaging_mg(Component.BOX) + bottom_tape_mg
        if not parcel.ships_in_own_container:
            yield BenchLine(self._take(bottom), weight_mg)
        weights, places = self._weights, self._places
        if bottom_um := places.bottom_um:
            weight_mg += weights.bottom_mg
            yield BenchLine(f"Lay {whole_mm(bottom_um)} mm of {self._fill_name} on the floor of the box.", weight_mg)
        filled_um = 0
        for at, step in enumerate((*self._steps, None)):
            if at == self._block_before and self._blocking is not None:
                empty_mg, weight_mg = empty_mg + self._blocking.mass_mg, weight_mg + self._blocking.mass_mg
                yield BenchLine(f"Block {self._blocked}: {_amount(self._blocking)}.", weight_mg)
            if step is None:
                break
            line = self._lines[step.placed[0].line_id]
            codes = (line.sku, line.barcode)
            height_um, tops = places.fill_before(at)
            if height_um > filled_um:
                filled_um, weight_mg = height_um, empty_mg + weights.before_mg[at]
                said = f"Fill the gaps with {self._fill_name} up to the top of {tops}."
                yield BenchLine(said, weight_mg)
            if step.placed[0].inner_box_type_id and not step.already_in_box:
                # Codes of goods are scanned before their inner box is closed.
                yield from self._boxed(step, codes)
                codes = ("", "")
            weight_mg = empty_mg + weights.after_mg[at]
            yield BenchLine(
                self._sentence(at, step), weight_mg, step.number, len(step.placed), step.already_in_box, *codes
            )
        if self._fill is not None:
            weight_mg += self._fill.mass_mg - weights.laid_mg
            gap_um = self._left_um(0 if self._at_end else 2)
            above = f" and the {whole_mm(gap_um)} mm {'at the open end' if self._at_end else 'on top'}"
            top_um = self._box.inner_um[2]
            closed = any(0 < space.z_um == top_um - space.height_um for space in self._blocked_spaces)
            full = closed or self._pressed(0 if self._at_end else 2)
            gaps = f"Fill all gaps{above if gap_um >= LEAST_TOP_UM and not full else ''}"
            yield BenchLine(f"{gaps}: {_amount(self._fill, in_all=weights.laid_mg > 0)}.", weight_mg)
        held = list(zip((placed.line_id for placed in parcel.placements), weights.lost_mg, strict=True))
        unseen = {line_id for line_id, lost_mg in held if lost_mg <= tolerance_mg}
        if unseen and len(held) > 1:
            counts = Counter(line_id for line_id, _ in held)
            names = listed(_several(self._lines[name], count) for name, count in counts.items() if name in unseen)
            yield BenchLine(f"Count before you close: {names}. One too few would not show on the scale.")
        if not parcel.ships_in_own_container:
            yield BenchLine(self._close(bottom, top), parcel.gross_mg)
        certain = [mark for mark in marks if _CONDITION not in mark]
        if certain or not marks:
            yield BenchLine(f"Mark it: {', '.join(certain)}." if certain else "It needs no mark.")
        for mark, condition in (mark.split(_CONDITION) for mark in marks if _CONDITION in mark):
            yield BenchLine(f"If it holds {condition}, mark it: {mark}.")
        low, high = (weight_words(parcel.gross_mg + sign * tolerance_mg) for sign in (-1, 1))
        yield BenchLine(f"The scale shows {low} to {high}.")

    def _close(self, bottom: str, top: str) -> str:
        tasks = ["slide the goods in as they lie"] if self._piled else []
        if self._pressed(2):
            tasks.append(f"press {'them' if tasks else 'the goods'} down")
        box = "wrap" if self._wraps else "mailer" if self._box.flexible else "box"
        if not top:
            tasks.append(f"close the {box} without tape")
        elif self._at_end:
            tasks += ["close the open end", f"tape it: {top}"]
        elif bottom:
            tasks += [f"close the {box}", f"tape its top: {top}"]
        else:
            tasks += [f"close the {box}", f"tape it: {top}, half of them over the opening and half opposite it"]
        said = listed(tasks)
        return f"{said[0].upper()}{said[1:]}."

    def _pressed(self, axis: int) -> bool:
        """Whether goods would not fit into the box along an axis if soft goods were not pressed along it."""
        placements = sorted(self._parcel.placements, key=lambda placed: placed.corner_um[axis])
        pressed_um, ends_um = [self._pressed_um(placed, axis) for placed in placements], list[int]()
        if not any(pressed_um):
            return False
        low = np.array([placed.corner_um for placed in placements])
        high = low + np.array([placed.extent_um for placed in placements])
        across = [other for other in range(3) if other != axis]
        for at, placed in enumerate(placements):
            apart = (low[:at, across] >= high[at, across]) | (high[:at, across] <= low[at, across])
            behind = np.flatnonzero(~apart.any(axis=1) & (high[:at, axis] <= low[at, axis])).tolist()
            # Goods can be pushed together sideways. Upwards they stay at their height.
            least_um = placed.corner_um[axis] if axis == 2 else placed.wall_margin_um
            start_um = max([least_um, *(ends_um[other] for other in behind)])
            ends_um.append(start_um + placed.extent_um[axis] + pressed_um[at])
        most_um = self._parcel.inner_um[axis]
        return any(end - placed.half_gap_um > most_um for end, placed in zip(ends_um, placements, strict=True))

    def _pressed_um(self, placed: Placement, axis: int) -> int:
        """Return by how much a unit is pressed along an axis, in um."""
        line = self._lines[placed.line_id]
        if line.soft_goods is None or placed.orientation[axis] != "H":
            return 0
        return max((line.height_um << placed.folds) - placed.extent_um[axis], 0)

    def _left_um(self, axis: int) -> int:
        """Return the distance of the goods from the far inner side along an axis, in um."""
        placements = self._parcel.placements
        ends_um = (placed.corner_um[axis] + placed.extent_um[axis] - placed.half_gap_um for placed in placements)
        return self._parcel.inner_um[axis] - max(ends_um)

    def _take(self, strips: str) -> str:
        name, box = self._parcel.started_parcel_id, self._box
        if name:
            held = any(begun.placements for begun in self._task.started_parcels if begun.started_parcel_id == name)
            anew = (
                ". Take out its contents first; they go back in as follows"
                if held and not self._steps[0].already_in_box
                else ""
            )
            return f"Go on with parcel {name}, box {box.box_type_id}{anew}."
        if self._wraps:
            taken = f"Take book wrap {box.box_type_id}, {_size(box)} mm, and lay it open."
        elif box.flexible:
            taken = f"Take mailer {box.box_type_id}, {_size(box)} mm."
            taken += " Lay the goods on it as follows." if self._piled else ""
        else:
            taken = f"Take box {box.box_type_id}, {_size(box)} mm inside."
        return taken + _bottom(box, strips) + (" Lay it down with the open end to the right." if self._at_end else "")

    def _sentence(self, at: int, step: Step) -> str:
        placed, count, before = step.placed[0], len(step.placed), ""
        line = self._lines[placed.line_id]
        what, it = _several(line, count), "it" if count == 1 else "them"
        if self._parcel.ships_in_own_container:
            return f"Ship {what} as it is, without a box."
        self._task.stop.look()
        where = list(self._places.of(at))
        if step.already_in_box:
            return f"Already in the box: {what}, {', '.join(where)}."
        if placed.inner_box_type_id:
            # An upright inner box has its opening on top.
            inside = self._inner[placed.line_id, placed.inner_box_type_id].orientation.value
            poses = Pose.ON_ITS_END, Pose.ON_ITS_SIDE, Pose.UPRIGHT
            how = [self._put(poses[inside.index(placed.orientation.value[2])], "the inner box")]
        else:
            before = self._round(step, what if count == 1 else f"each of {what}")
            pose = pose_of(line, placed)
            shortest, middle, longest = sorted(line.shape_um(placed.folds))
            tipped, thin = pose in {Pose.ON_ITS_LONG_SIDE, Pose.ON_ITS_END}, shortest <= _THIN * middle
            equal = middle >= _EDGES_ALIKE * longest
            on_edge = thin and (pose is Pose.ON_ITS_LONG_SIDE or (tipped and equal))
            if tipped and equal and not thin:
                pose = Pose.ON_ITS_SIDE
            vertical, turn = placed.orientation[2], turn_of(placed)
            where_to = turn.value if turn else ""
            if line.article == _WITH_HANDLE and line.length_um != line.width_um:
                if vertical == "H" and turn:
                    where_to = f"handle {where_to}"
                elif vertical == "WL"[line.length_um > line.width_um]:
                    pose, where_to = Pose.ON_ITS_SIDE, "handle up"
            alike = shortest >= _EDGES_ALIKE * longest and not placed.half_gap_um
            turned = alike and set(line.orientations) > set(UPRIGHT)
            how = [self._put(None if turned else pose, it if before else what, several=count > 1, on_edge=on_edge)]
            if placed.folds:
                how.append(
                    f"folded {['once', 'twice'][placed.folds - 1] if placed.folds < 3 else f'{placed.folds} times'}"
                )
            if where_to:
                how.append(where_to)
            for axis in (0, 1):
                if self._pressed_um(placed, axis) and self._pressed(axis):
                    together = " together" if step.counts[axis] > 1 else ""
                    where.append(f"pressed{together} to {whole_mm(step.extent_um[axis])} mm")
        return f"{before}{', '.join((*how, *where))}."

    def _round(self, step: Step, what: str) -> str:
        """Return the sentences for the work on a unit before it is put down: special handling, then pads or wrap."""
        placed = step.placed[0]
        handling = [rule.step for rule in handled_as(self._lines[placed.line_id], self._task.materials) if rule.step]
        again = "each" if what.startswith("each of") else "it"
        first = self._prepared.setdefault(placed.line_id, step.label)
        if handling and first != step.label:
            handling = [f"Prepare {{}} as for {first}."]
        work = "".join(step.format(again if at else what) + " " for at, step in enumerate(handling))
        before = work.replace(" of each of ", " of ")
        what = again if before else what
        rule, name = self._protection.get(placed.line_id), _dunnage_words(self._parcel.cushioning_id)
        if rule is not None and rule.pad_edge_um:
            name = name.removesuffix(" pad")
            size = f"{whole_mm(rule.pad_edge_um)} mm square and {units.exact(placed.half_gap_um)} mm thick"
            return f"{before}Put a pad of {name}, {size}, on each face of {what}. "
        if rule is not None and rule.wrap_layers:
            return f"{before}Wrap {what} in {_counted(rule.wrap_layers, 'layer')} of {name}. "
        return before

    def _boxed(self, step: Step, codes: tuple[str, str]) -> Iterator[BenchLine]:
        placed = step.placed[0]
        inner = self._inner[placed.line_id, placed.inner_box_type_id]
        gap, name = whole_mm(inner.gap_um), self._fill_name
        bottom, top, _ = self._taped(inner.box)
        box = inner.box
        yield BenchLine(f"Take inner box {box.box_type_id}, {_size(box)} mm inside.{_bottom(box, bottom)}")
        filled = inner.fill_mg and name
        if filled and inner.gap_um:
            yield BenchLine(f"Lay {gap} mm of {name} in the inner box.")
        what = named(self._lines[placed.line_id])
        before = self._round(step, what)
        pose = pose_of(inner.goods, replace(placed, orientation=inner.orientation)).value
        sides = f", at least {gap} mm from each side" if inner.gap_um else ""
        goods = f"Put {'it' if before else what} {pose} in the middle of the inner box{sides}."
        yield BenchLine(before + goods, sku=codes[0], barcode=codes[1])
        closed = "Close the inner box"
        if filled:
            litres, mass = self._litres(Component.VOID_FILL, inner.fill_mg), weight_words(inner.fill_mg)
            in_all = " in all" if inner.gap_um else ""
            closed = f"Fill up the inner box: {litres:,.1f} L of {name}{in_all} ({mass}). Close it"
        yield BenchLine(closed + (f" and tape its top: {top}." if top else "."))

    def _put(self, pose: Pose | None, what: str, *, several: bool = False, on_edge: bool = False) -> str:
        """Return the words for putting down units or an inner box; ``pose`` is None if any pose will do."""
        if self._at_end:
            return f"Slide {what} in at the open end" + ("" if pose is None else f", {pose.value}")
        if self._wraps and pose is Pose.FLAT:
            return f"Lay {what} on the open wrap"
        if self._box.flexible and not self._wraps and not self._piled:
            return f"Slide {what} into the mailer" + ("" if pose in {None, Pose.FLAT} else f", {pose.value}")
        if pose is None:
            return f"Put {what} in"
        return f"Stand {what} on edge" if on_edge else _POSES[pose][several].format(what)

    def _fillings(self) -> Iterator[BenchFilling]:
        """Yield the void fill and blocking of the box, without the fill of inner boxes."""
        keys = ((placed.line_id, placed.inner_box_type_id) for placed in self._parcel.placements)
        inside_mg = sum(self._inner[key].fill_mg for key in keys if key in self._inner)
        for part in self._parcel.packaging:
            mass_mg = part.mass_mg - (inside_mg if part.component is Component.VOID_FILL else 0)
            if part.component in {Component.VOID_FILL, Component.BLOCKING} and mass_mg > 0:
                yield BenchFilling(part.component, part.dunnage_id, mass_mg, self._litres(part.component, mass_mg))

    def _density(self, component: Component) -> Fraction:
        """Return the density in kg/m3 from which the mass of a filling was computed."""
        dunnage = self._dunnage(component)
        assert dunnage is not None  # callers pass components of the parcel only
        return figure(dunnage, "density_kg_per_m3")

    def _litres(self, component: Component, mass_mg: int) -> float:
        # mg divided by kg/m3 is ml
        return round(float(mass_mg / self._density(component) / 1_000), 3)

    def _taped(self, box: BoxType) -> tuple[str, str, int]:
        """Return the words for the bottom tape and the top tape of a box, and the mass of the bottom tape in mg.

        Half of the strips go on the bottom; the others go on the top, with an odd strip. The tray of a telescope box
        has no flaps at its bottom, so all tape goes on when the lid is on.
        """
        if self._tape is None or box.style not in TAPED_STYLES:
            return "", "", 0
        rule, halves = self._tape_rule, box.style is BoxStyle.RSC_0201
        seams, edges = (rule.seam_strips // 2, rule.edge_strips // 2) if halves else (0, 0)
        said = []
        for seam_strips, edge_strips in ((seams, edges), (rule.seam_strips - seams, rule.edge_strips - edges)):
            strips = f"{_counted(seam_strips, 'strip')} along the seam" if seam_strips else ""
            if strips and edge_strips:
                overlap = f"{float(rule.edge_overlap_mm):g} mm round each corner"
                strips = f"{strips}, {edge_strips} across its ends, {overlap}"
            said.append(strips)
        below = replace(rule, seam_strips=seams, edge_strips=edges)
        return said[0], said[1], tape_mg(box, self._tape, below)


def _amount(part: BenchFilling, *, in_all: bool = False) -> str:
    what = f"{part.litres:,.1f} L of {_dunnage_words(part.dunnage_id)}{' in all' if in_all else ''}"
    return f"{what} ({weight_words(part.mass_mg)})"


def _size(box: BoxType) -> str:
    return " × ".join(units.exact(edge) for edge in (box.inner_um[:2] if box.flexible else box.inner_um))


def _bottom(box: BoxType, strips: str) -> str:
    bottom = "one end" if box.opening is Opening.END else "its bottom"
    return f" Fold it up and tape {bottom}: {strips}." if strips else ""


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _dunnage_words(dunnage_id: str) -> str:
    return dunnage_id.replace("-", " ").replace(" paper wrap", " paper")


def _several(line: Item, count: int) -> str:
    return named(line) if count == 1 else f"{count} × {named(line).removeprefix('the ')}"
