"""The column beside a parcel's picture: its figures, and the numbers and colour of each order line."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from boxwright.domain.box import BoxType
from boxwright.domain.factor import Component
from boxwright.domain.order import Item, Order
from boxwright.domain.plan import Parcel, Placement
from boxwright.domain.protection import LineProtection
from boxwright.domain.rounded import count
from boxwright.drawing.lettering import mass, millimetres, ranges, wrapped
from boxwright.drawing.palette import line_colour, mix
from boxwright.drawing.svg import INK, MUTED, WRAP_PATTERN, label, stacked, tag

_SIZE = 12.0
_LEADING = 16.0
_NAME_WIDTH = 92.0
_SWATCH = 14.0


def facts_of(parcel: Parcel, box: BoxType) -> list[tuple[str, str]]:
    """Return the parcel's figures by name."""
    own, inner = parcel.ships_in_own_container, (box.inner_length_mm, box.inner_width_mm, box.inner_height_mm)
    of = {part.component: part.dunnage_id for part in parcel.packaging}
    of[Component.CUSHIONING] = parcel.cushioning_id
    weights = [(part, parcel.packaging_mg(part)) for part in Component]
    used = [f"{part.words} {mass(weight)} {of.get(part, '')}".strip() for part, weight in weights if weight]
    rows = [
        ("unit as it is" if own else "inside", f"{' × '.join(millimetres(edge) for edge in inner)} mm"),
        ("gross weight", f"{mass(parcel.gross_mg)}, goods {mass(parcel.net_mg)}"),
        ("marks", ", ".join(mark.words for mark in parcel.handling_marks)),
        ("packaging", ", ".join(used)),
    ]
    return [(name, value) for name, value in rows if value]


def facts_svg(rows: Iterable[tuple[str, str]], left: float, top: float, width: float) -> tuple[str, float]:
    """Return names and values in two columns, and the y below them, in px."""
    y, written = top, []
    for name, value in rows:
        written.append(label(left, y + _SIZE, name, _SIZE, fill=MUTED))
        lines = wrapped(value, width - _NAME_WIDTH, _SIZE)
        text, y = stacked(lines, left + _NAME_WIDTH, y, _SIZE, _LEADING, INK)
        written.append(text)
        y += 2
    return "".join(written), y


def legend_svg(
    parcel: Parcel,
    order: Order,
    unseen: tuple[int, ...],
    left: float,
    top: float,
    width: float,
    *,
    begun: Collection[int] = frozenset(),
) -> tuple[str, float]:
    """Return the legend of a parcel by pack sequence, with the ``unseen`` numbers, and the y below it, in px."""
    numbered: dict[str, dict[int, Placement]] = {}
    for number, placement in enumerate(parcel.placements, start=1):
        numbered.setdefault(placement.line_id, {})[number] = placement
    rules = {rule.line_id: rule for rule in parcel.protection}
    y, written, room = top, [], width - _SWATCH - 8
    lines = {line.line_id: (index, line) for index, line in enumerate(order.lines)}
    for line_id, units in numbered.items():
        (index, line), rule = lines[line_id], rules.get(line_id)
        first = next(iter(units.values()))
        square: dict[str, Any] = {"x": left, "y": y + 1, "width": _SWATCH, "height": _SWATCH, "rx": 2}
        colour = line_colour(index)
        swatch = tag("rect", **square, fill=colour, stroke=mix(colour, "#000000", 0.45))
        if rule is not None and rule.wrap_layers:
            swatch += tag("rect", **square, fill=f"url(#{WRAP_PATTERN})")
        for at, text in enumerate(wrapped(ranges(units), room, _SIZE + 1)):
            written.append(label(left + _SWATCH + 8, y + _SIZE + 1 + _LEADING * at, text, _SIZE, font_weight="bold"))
        y += _LEADING * (at + 1)
        rows = [text for part in _said(line, units, first, rule, parcel, begun) for text in wrapped(part, room, 11)]
        text, y = stacked(rows, left + _SWATCH + 8, y)
        written.append(swatch + text)
        y += 7
    if unseen:
        said = f"Not numbered in the picture, since hidden or too thin from this side: {ranges(unseen)}"
        text, y = stacked(wrapped(said, width, 11), left, y)
        written.append(text)
    return "".join(written), y


def _said(
    line: Item,
    units: dict[int, Placement],
    first: Placement,
    rule: LineProtection | None,
    parcel: Parcel,
    begun: Collection[int],
) -> Iterator[str]:
    """Yield the legend of a line: name, units, wrap, and clearance."""
    yield line.description or line.sku or f"line {line.line_id}"
    edges = " × ".join(millimetres(edge) for edge in (line.length_mm, line.width_mm, line.height_mm))
    total = f" of {line.quantity}" if len(units) < line.quantity else ""
    yield f"{f'{len(units)}{total} units, each ' if line.quantity > 1 else ''}{edges} mm, {mass(line.mass_mg)}"
    gap, margin = first.half_gap_mm, first.wall_margin_mm
    if rule is not None and rule.pad_edge_um:
        yield f"pads of {parcel.cushioning_id}, {millimetres(gap)} mm thick, on each face (hatched)"
    else:
        if rule is not None and rule.wrap_layers:
            yield f"wrap: {count(rule.wrap_layers, 'layer')} of {parcel.cushioning_id} (dotted)"
        if first.inner_box_type_id:
            yield f"in inner box {first.inner_box_type_id} (brown)"
        if gap:
            yield f"{millimetres(2 * gap)} mm apart (hatched: half of it)"
    if margin:
        yield f"at least {millimetres(gap + margin)} mm from the walls"
    if there := units.keys() & begun:
        yield f"already in the box (grey): {ranges(there)}"
