"""A plan in words, for the person at the bench: a line a piece of work, with what the scale shows after it."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate

from boxwright import units
from boxwright.domain.bench import BenchFilling, BenchLine, BenchWords, TapePattern, weight_words
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.factor import Component
from boxwright.domain.fields import shown
from boxwright.domain.order import UPRIGHT, Item
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import Parcel, Placement, Plan
from boxwright.domain.pose import Pose, pose_of, turn_of
from boxwright.domain.started import begun_steps
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.planning.answers.bench_inner import InnerBoxes
from boxwright.planning.answers.bench_phrases import PHRASES, Phrases
from boxwright.planning.answers.bench_place import Places, lift_um, whole_mm
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
    order = with_class_rules(task.order, task.materials)
    lines = {line.line_id: line for line in order.lines}
    return tuple(_Bench(parcel, lines, task, language).words() for parcel in plan.parcels)


class _Bench:
    """The words of one parcel."""

    def __init__(self, parcel: Parcel, lines: dict[str, Item], task: Task, language: str) -> None:
        self._parcel, self._lines, self._task, self._language = parcel, lines, task, language
        self._phrases: Phrases = PHRASES[language]
        self._box = box_of(parcel, task.catalog)
        self._protection = {each.line_id: each for each in parcel.protection}
        self._inner = InnerBoxes(parcel, lines, task)
        self._filling = tuple(map(self._filling_of, self._fills()))
        self._fill = fill = next((each for each in self._filling if each.component is Component.VOID_FILL), None)
        self._begun = begun_steps(parcel, task.started_parcels)
        self._bottom_um = self._bottom() if fill is not None and not self._begun else 0
        self._places = Places(parcel, self._box, self._bottom_um, fill is not None, self._phrases)

    def words(self) -> BenchWords:
        parcel = self._parcel
        marks, tolerance_mg, tape = tuple(self._marks()), self._tolerance_mg(), self._tape()
        return BenchWords(
            self._language,
            tuple(self._work(marks, tolerance_mg, tape)),
            self._filling,
            tape,
            marks,
            parcel.gross_mg,
            tolerance_mg,
        )

    def _work(self, marks: tuple[str, ...], tolerance_mg: int, tape: TapePattern | None) -> Iterator[BenchLine]:
        """Yield all work in its order."""
        parcel, phrases = self._parcel, self._phrases
        weight_mg = parcel.packaging_mg(Component.BOX)
        if not parcel.ships_in_own_container:
            yield BenchLine(self._take(), weight_mg)
        bottom_mg = self._bottom_mg()
        if bottom_mg:
            assert self._fill is not None  # else nothing lies on the floor
            name = phrases.dunnage(self._fill.dunnage_id)
            yield BenchLine(phrases.bottom.format(depth=whole_mm(self._bottom_um), name=name), weight_mg + bottom_mg)
        for index, (placed, units_mg) in enumerate(zip(parcel.placements, self._weights(), strict=True)):
            line, begun = self._lines[placed.line_id], index + 1 in self._begun
            weight_mg = parcel.packaging_mg(Component.BOX) + bottom_mg + units_mg
            yield BenchLine(self._sentence(index), weight_mg, index + 1, begun, line.sku, line.barcode)
        weight_mg -= bottom_mg
        for each in self._filling:
            weight_mg += each.mass_mg
            yield BenchLine(self._filled(each), weight_mg)
        if not parcel.ships_in_own_container:
            yield BenchLine(self._taped(tape), parcel.gross_mg)
        yield BenchLine(phrases.marks.format(marks=", ".join(marks)) if marks else phrases.no_marks)
        low, high = (weight_words(parcel.gross_mg + sign * tolerance_mg) for sign in (-1, 1))
        yield BenchLine(phrases.scale.format(low=low, high=high))

    def _take(self) -> str:
        parcel, box = self._parcel, self._box
        if parcel.started_parcel_id:
            return self._phrases.started.format(started=parcel.started_parcel_id, box=box.box_type_id)
        edges = box.inner_um[:2] if box.flexible else box.inner_um
        template = self._phrases.mailer if box.flexible else self._phrases.box
        return template.format(box=box.box_type_id, size=" × ".join(units.exact(edge) for edge in edges))

    def _bottom(self) -> int:
        """Return the depth of fill under all units, in um: the least of those on the floor; 0 where one is on it."""
        if not self._box.has_fill:
            return 0
        return min((lift for each in self._parcel.placements if (lift := lift_um(each)) is not None), default=0)

    def _bottom_mg(self) -> int:
        """Return the share of the fill that lies in the bottom layer, by volume, in mg."""
        if not self._bottom_um or self._fill is None:
            return 0
        length_um, width_um, _ = self._parcel.inner_um
        taken_um3 = self._parcel.goods_volume_um3 + self._inner.walls_and_fill_um3
        void_um3 = self._parcel.inner_volume_um3 - taken_um3
        return self._fill.mass_mg * length_um * width_um * self._bottom_um // void_um3

    def _weights(self) -> Iterator[int]:
        """Yield the mass of goods and cushioning after each step, the latter shared out by the surface of each unit."""
        cushioning_mg = self._parcel.packaging_mg(Component.CUSHIONING)
        placed = self._parcel.placements
        goods = accumulate(self._lines[each.line_id].mass_mg + self._inner.added_mg(each) for each in placed)
        surfaces = list(accumulate(self._surface(each) for each in self._parcel.placements))
        whole = surfaces[-1] or 1
        for goods_mg, surface in zip(goods, surfaces, strict=True):
            yield goods_mg + cushioning_mg * surface // whole

    def _surface(self, placed: Placement) -> int:
        """Return the layers of wrap or the pads of a unit, in um2 or um3: a parcel has one of the two."""
        rule = self._protection.get(placed.line_id)
        if rule is None:
            return 0
        if rule.pad_edge_um:
            return rule.pad_edge_um**2 * rule.half_gap_um
        x, y, z = (edge - 2 * placed.half_gap_um for edge in placed.extent_um)
        if placed.inner_box_type_id:
            x, y, z = self._lines[placed.line_id].edges_um
        return rule.wrap_layers * (x * y + y * z + z * x)

    def _sentence(self, index: int) -> str:
        phrases, placed = self._phrases, self._parcel.placements[index]
        what = self._called(placed)
        if self._parcel.ships_in_own_container:
            return phrases.own_container.format(what=what)
        where = self._places.of(index)
        if index + 1 in self._begun:
            return phrases.already.format(what=what, where=", ".join(where))
        before = self._round(placed, what)
        before += self._boxed(placed, phrases.it if before else what)
        if placed.inner_box_type_id:
            boxed = phrases.poses[self._inner.pose(placed)].format(what=phrases.inner_box)
            return f"{before}{', '.join((boxed, *where))}."
        return f"{before}{', '.join((*self._pose(placed, phrases.it if before else what), *where))}."

    def _called(self, placed: Placement) -> str:
        """Return what a unit is called: its description in quotes, else its SKU, else its line, after its article."""
        phrases, line = self._phrases, self._lines[placed.line_id]
        name = f'"{line.description}"' if line.description else phrases.sku.format(sku=line.sku) if line.sku else ""
        article = phrases.articles(line.article)
        if article and article.casefold() not in name.casefold():
            named = name or (phrases.line.format(line=line.line_id) if line.line_id.casefold() != article else "")
            name = phrases.article.format(article=article, name=named).strip()
        name = name or line.line_id
        if line.quantity == 1:
            return name
        return phrases.unit.format(name=name, index=placed.unit_index + 1, quantity=line.quantity)

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
            return _counted(phrases.wrap, rule.wrap_layers, **said)
        return ""

    def _boxed(self, placed: Placement, what: str) -> str:
        """Return how a unit is packed in its inner box before that is put down; empty without one."""
        inner = self._inner.of(placed)
        if inner is None:
            return ""
        phrases, fill = self._phrases, ""
        if inner.fill_mg and self._fill is not None:
            part = self._filling_of((Component.VOID_FILL, self._fill.dunnage_id, inner.fill_mg))
            said = {"name": phrases.dunnage(part.dunnage_id), "mass": weight_words(part.mass_mg)}
            fill = phrases.inner_fill.format(litres="?" if part.litres is None else f"{part.litres:,.1f}", **said)
        gap = phrases.inner_gap.format(gap=whole_mm(inner.gap_um)) if inner.gap_um else ""
        pose = pose_of(inner.goods, replace(placed, orientation=inner.orientation)).value
        return phrases.inner.format(what=what, pose=pose, box=inner.box.box_type_id, gap=gap, fill=fill)

    def _pose(self, placed: Placement, what: str) -> Iterator[str]:
        phrases = self._phrases
        pose = pose_of(self._lines[placed.line_id], placed)
        sliding = self._box.flexible and pose is Pose.FLAT
        yield (phrases.slide if sliding else phrases.poses[pose]).format(what=what)
        if placed.folds:
            yield _counted(phrases.folded, placed.folds)
        if (turn := turn_of(placed)) is not None:
            yield phrases.turns[turn]

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
        phrases, top_um = self._phrases, self._parcel.inner_um[2] - self._goods_top_um()
        said = {
            "name": phrases.dunnage(part.dunnage_id),
            "mass": weight_words(part.mass_mg),
            "top": phrases.top.format(depth=whole_mm(top_um)) if top_um >= _LEAST_TOP_UM else "",
        }
        if part.litres is None:
            return phrases.weighed[part.component].format(**said)
        return phrases.parts[part.component].format(litres=f"{part.litres:,.1f}", **said)

    def _goods_top_um(self) -> int:
        return max(each.z_um + each.height_um - each.half_gap_um for each in self._parcel.placements)

    def _dunnage(self, dunnage_id: str) -> Dunnage:
        own = (each for each in self._task.catalog.dunnage if each.dunnage_id == dunnage_id)
        return next(own, None) or self._task.materials.dunnage_of(dunnage_id)

    def _tape(self) -> TapePattern | None:
        if not self._parcel.packaging_mg(Component.TAPE):
            return None
        rule = self._task.materials.tape_rule(self._task.policy.tape_rule)
        return TapePattern(rule.rule_id, rule.seam_strips, rule.edge_strips, float(rule.edge_overlap_mm))

    def _taped(self, tape: TapePattern | None) -> str:
        phrases = self._phrases
        if tape is None:
            return phrases.no_tape
        taped = phrases.tape_seams.format(rule=tape.rule_id, seams=tape.seam_strips)
        if tape.edge_strips:
            taped += phrases.tape_edges.format(edges=tape.edge_strips, overlap=f"{tape.edge_overlap_mm:g}")
        return f"{taped}."

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


def _counted(forms: Mapping[str, str], count: int, **said: str) -> str:
    return forms["one" if count == 1 else "more"].format(count=count, **said)
