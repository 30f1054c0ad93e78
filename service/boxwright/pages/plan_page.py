"""One plan as one self-contained HTML page, which loads no other files, runs no script, and prints well."""

from __future__ import annotations

import base64
import enum
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from boxwright import units
from boxwright.domain.bench import weight_words
from boxwright.domain.certificate_words import in_words
from boxwright.domain.own_container import box_of
from boxwright.domain.plan import Parcel, Plan, PlanStatus
from boxwright.domain.rounded import count, grams, percent, size, visible
from boxwright.domain.steps import numbers as step_numbers
from boxwright.domain.warning import WarningCode
from boxwright.drawing import SYMBOLS, page_pictures
from boxwright.pages.accounts import bill_view, footprint_notes, footprint_view
from boxwright.pages.shipped import shipped_rows, shipped_sentence
from boxwright.planning import Task, bench_words
from boxwright.planning.words import first_of, named

if TYPE_CHECKING:
    from jinja2 import Template

    from boxwright.compliance import Verdict
    from boxwright.domain.bench import BenchLine, BenchWords
    from boxwright.domain.order import Item
    from boxwright.pages.shipped import Shipped

View = dict[str, Any]

_FIGURE = re.compile(r"(?<=\d) (?=(?:mm|cm|g|kg|L)\b|%)")
"""The space between a figure and its unit."""
_RANGE = re.compile(r"(?<=\d–)(?=\d)")
"""The end of the dash between two figures."""

MOST_DRAWN = 200
"""Maximum number of units whose steps are drawn; steps take about 2 ms each, and ten times the bytes of one picture."""


class Sheet(enum.StrEnum):
    """The paper size of a printed page."""

    A4 = "a4"
    A6 = "a6"
    INCHES_4X6 = "4x6"

    @property
    def size(self) -> str:
        """The size in the CSS page rule."""
        return {Sheet.A4: "A4", Sheet.A6: "105mm 148mm", Sheet.INCHES_4X6: "4in 6in"}[self]

    @property
    def words(self) -> str:
        """The name for readers."""
        return {Sheet.A4: "A4", Sheet.A6: "A6", Sheet.INCHES_4X6: "4 × 6 in"}[self]


def plan_page(
    plan: Plan,
    task: Task,
    *,
    sheet: Sheet = Sheet.A4,
    name: str = "",
    address: str = "",
    notes: Sequence[str] = (),
    shipped: Shipped | None = None,
    verdicts: Sequence[Verdict] = (),
    most_drawn: int = MOST_DRAWN,
) -> str:
    """Return a plan of a task as one HTML page.

    On A4 the whole page is printed; on A6 and 4 x 6 inch only what the packer needs.

    Parameters
    ----------
    plan, task, sheet
        The plan, its task, and the paper size for printing.
    name : str, optional
        Name of the stored plan, shown at the end. Default none: not stored.
    address : str, optional
        Address of the page without the paper size, for links to the other sizes. Default none: no links.
    notes, shipped, verdicts : optional
        Cautions at the top, the parcels as shipped, and verdicts under market rules. Default none.
    most_drawn : int, optional
        Maximum number of units, over all parcels, whose steps are drawn; the remaining parcels get one picture each.

    Raises
    ------
    SearchEndedError
        If the stop of the task ends it.
    """
    query = f"{address}{'&' if '?' in address else '?'}sheet="
    return html_template("pages", "plan.html.j2").render(
        sheet=sheet,
        papers=[(paper.words, f"{query}{paper.value}") for paper in Sheet if address],
        order_id=visible(plan.order_id),
        headline=_headline(plan, task),
        notes=[visible(note) for note in notes],
        partial=plan.status is not PlanStatus.COMPLETE or plan.cut_short,
        parcels=list(_parcels(plan, task, most_drawn)),
        parcel_count=len(plan.parcels),
        symbols=SYMBOLS,
        shipped=shipped_sentence(shipped, plan) if shipped else "",
        shipped_rows=list(shipped_rows(shipped, plan)) if shipped else [],
        unpacked=[
            (
                visible(f"{unit.line_id} {unit.unit_index + 1}"),
                unit.reason.value.replace("_", " "),
                visible(unit.message),
            )
            for unit in plan.unpacked
        ],
        bill=bill_view(plan, task.catalog),
        footprints=[footprint_view(footprint) for footprint in plan.footprints],
        footprint_notes=footprint_notes(plan.footprints),
        verdicts=[
            (
                visible(f"{verdict.rule.instrument}, {verdict.rule.provision}"),
                "" if verdict.parcel_index is None else verdict.parcel_index + 1,
                verdict.status.value.replace("_", " "),
                visible(verdict.message),
                visible(verdict.basis),
            )
            for verdict in verdicts
        ],
        certificate=visible(in_words(plan.certificate)),
        cut_short=plan.cut_short,
        warnings=[(warning.code, visible(warning.message), warning.field, warning.count) for warning in plan.warnings],
        made_with=_made_with(plan, name),
    )


def html_template(package: str, name: str) -> Template:
    """Return a page template of a package."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("boxwright", package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["counted"] = count
    environment.finalize = _unbroken
    return environment.get_template(name)


def _unbroken(value: object) -> object:
    """Return text in which no line breaks between a figure and its unit or inside a range."""
    return _RANGE.sub("\u2060", _FIGURE.sub("\u00a0", value)) if type(value) is str else value


def _headline(plan: Plan, task: Task) -> str:
    packed = sum(len(parcel.placements) for parcel in plan.parcels)
    if not plan.parcels:
        return f"Nothing is packed: {count(task.order.unit_count, 'unit')}, each with its reason below."
    said = f"{count(packed, 'unit')} in {count(len(plan.parcels), 'parcel')}, {grams(plan.gross_mg)} gross"
    if plan.unpacked:
        return f"{said}; {count(len(plan.unpacked), 'unit')} of {task.order.unit_count:,} not packed."
    return f"{said}. The order is complete."


def _parcels(plan: Plan, task: Task, most_drawn: int) -> Iterator[View]:
    stepwise, words = _stepwise(plan, most_drawn), bench_words(plan, task)

    def alike(index: int) -> tuple[object, ...]:
        parcel, name = plan.parcels[index], plan.parcels[index].started_parcel_id
        placed = tuple(replace(placement, unit_index=0) for placement in parcel.placements)
        return parcel.box_type_id, name, placed, replace(words[index], apart="")

    for _, run in itertools.groupby(range(len(plan.parcels)), alike):
        numbers = list(run)
        why = "" if len(numbers) > 1 and not numbers[0] else words[numbers[0]].apart
        view = _parcel(plan, task, numbers[0], words[numbers[0]], stepwise=numbers[0] in stepwise)
        codes = [(index + 1, scan_code(f"{plan.order_id}/{index + 1}")) for index in numbers]
        yield view | {"label": step_numbers(numbers[0] + 1, len(numbers)), "codes": codes, "apart": visible(why)}


def _stepwise(plan: Plan, most: int) -> frozenset[int]:
    """Return the indices of the parcels whose steps are drawn: the first ones whose units are within the limit."""
    chosen, left = set(), most
    for index, parcel in enumerate(plan.parcels):
        if len(parcel.placements) <= left:
            chosen.add(index)
            left -= len(parcel.placements)
    return frozenset(chosen)


def _parcel(plan: Plan, task: Task, index: int, words: BenchWords, *, stepwise: bool) -> View:
    parcel = plan.parcels[index]
    box = box_of(parcel, task.catalog)
    own = parcel.ships_in_own_container
    begun = task.started_parcels
    lines = {line.line_id: line for line in task.order.lines}
    uris = {0: ""} | {at: lines[placed.line_id].picture_uri for at, placed in enumerate(parcel.placements, 1)}
    picture, pictures = page_pictures(parcel, task.order, box, stepwise=stepwise, started_parcels=begun, stop=task.stop)
    drawn = [(run, _uri(svg)) for run, svg in pictures] or [(range(len(words.steps)), "")]
    return {
        "number": index + 1,
        "box": "its own container" if own else visible(parcel.box_type_id),
        "box_name": "" if own else visible(box.name),
        "facts": list(_facts(parcel, lines)),
        "picture": _uri(picture),
        "numbered": stepwise,
        "steps": [
            {
                "picture": uri,
                "items": [
                    (line.numbers, *_said(line), uris[line.step])
                    for at in run
                    for line in (*words.before(at), words.steps[at])
                ],
            }
            for run, uri in drawn
        ],
        "begin": [_said(line) for line in words.opening],
        "finish": [_said(line) for line in words.closing],
        "gross": weight_words(parcel.gross_mg),
        "tolerance": weight_words(words.tolerance_mg),
        "marks": [visible(mark) for mark in words.marks],
        "cautions": [
            visible(f"P{warning.message[1:]}.")
            for warning in plan.warnings
            if warning.code is WarningCode.MOSTLY_EMPTY and warning.message.startswith(f"parcel {index + 1},")
        ],
    }


def scan_code(text: str) -> str:
    """Return a QR code (ISO/IEC 18004) as an image address, dark on white, with its quiet zone."""
    import segno

    return segno.make_qr(text, error="m").svg_data_uri(scale=3, light="white")


def _said(line: BenchLine) -> tuple[str, list[str], str]:
    return visible(line.sentence), [visible(code) for code in line.codes], weight_words(line.weight_mg)


def _facts(parcel: Parcel, lines: dict[str, Item]) -> Iterator[tuple[str, str, bool]]:
    """Yield name and value of each fact on a parcel, and whether a small sheet shows it too."""
    if not parcel.ships_in_own_container:
        yield "Inside", f"{_edges(parcel.inner_um)} mm", True
    bare = not parcel.ships_in_own_container and parcel.outer_um == parcel.inner_um
    walls = ", as inside, since no wall thickness is stated" if bare else ""
    yield "Outside", f"{_edges(parcel.outer_um)} mm{walls}", True
    yield "Goods", grams(parcel.net_mg), False
    if not parcel.ships_in_own_container:
        yield "Packaging", grams(parcel.tare_mg), False
        yield "Empty space", percent(parcel.empty_space_ratio), False
    alike: dict[str, list[str]] = {}
    for protection in parcel.protection:
        alike.setdefault(str(replace(protection, line_id="")).removeprefix(": "), []).append(
            named(lines[protection.line_id])
        )
    for said, names in alike.items():
        yield "Protection", visible(f"{first_of(names)}: {said}"), False


def _edges(edges_um: tuple[int, int, int]) -> str:
    return size([units.to_mm(edge_um) for edge_um in edges_um])


def _made_with(plan: Plan, name: str) -> list[tuple[str, str]]:
    ship_date = "" if plan.ship_date is None else plan.ship_date.isoformat()
    rows = [
        ("Plan", name),
        ("Catalog", f"{plan.catalog_id} {plan.catalog_version}".strip()),
        ("Hash of the catalog", plan.catalog_hash),
        ("Data", plan.data_version),
        ("Hash of the data", plan.data_hash),
        ("Engine", plan.engine_version),
        ("Rules of the carrier as of", ship_date),
    ]
    return [(what, visible(value)) for what, value in rows if value]


def _uri(svg: str) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
