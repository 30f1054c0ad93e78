"""The column beside a parcel's picture: its figures, and which colour and numbers are which order line."""

import itertools
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from boxwright.domain.box import BoxType
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Footprint
from boxwright.domain.order import Item, Order
from boxwright.domain.plan import Parcel, Placement
from boxwright.drawing.captions import round_it, rule_of
from boxwright.drawing.filling import filling_of
from boxwright.drawing.lettering import mass, millimetres, ranges, shortened, wrapped
from boxwright.drawing.palette import line_colour, mix
from boxwright.drawing.svg import INK, MUTED, WRAP_PATTERN, label, safe, stacked, tag

_SIZE = 12.0
_LEADING = 16.0
_NAME_WIDTH = 92.0
_SWATCH = 14.0


def facts_of(parcel: Parcel, box: BoxType) -> list[tuple[str, str]]:
    """Return the parcel's figures as names and values."""
    own, inner = parcel.ships_in_own_container, (box.inner_length_mm, box.inner_width_mm, box.inner_height_mm)
    rows = [
        ("unit as it is" if own else "inside", f"{' × '.join(millimetres(edge) for edge in inner)} mm"),
        ("units", str(len(parcel.placements))),
        ("gross weight", f"{mass(parcel.gross_mg)}, goods {mass(parcel.net_mg)}"),
        ("marks", ", ".join(mark.words for mark in parcel.handling_marks)),
    ]
    of = {Component.CUSHIONING: f" of {parcel.cushioning_id}" if parcel.cushioning_id else ""}
    parts = [(part, parcel.packaging_mg(part)) for part in Component]
    used = [f"{part.words} {mass(weight)}{of.get(part, '')}" for part, weight in parts if weight]
    rows.append(("packaging", ", ".join(used)))
    if fill := filling_of(parcel, box):
        rows.append(("void fill", f"{fill.words}: {fill.where}"))
    if parcel.chargeable:
        rows.append(("chargeable", f"{mass(parcel.chargeable.chargeable_mg)} ({parcel.chargeable.service_id})"))
    rows.append(("empty space", "" if own else f"{100 * parcel.empty_space_ratio:.1f} % of the inside"))
    rows.extend(("CO2e", footprint_text(footprint)) for footprint in parcel.footprints)
    return [(name, value) for name, value in rows if value]


def footprint_text(footprint: Footprint) -> str:
    """Return a footprint's total with its profile, allocation and what it lacks or rests on unverified figures."""
    allocation = footprint.allocation.words
    text = f"{footprint.total_co2e_mg / 1_000:,.1f} g ({footprint.profile_id}, transport by {allocation})"
    if footprint.missing:
        text += f"; no factor for {', '.join(footprint.missing)}"
    if footprint.missing_scope:
        # One word for both halves of a way: fuel burnt, and fuel made.
        scopes = dict.fromkeys((lack.component.value, lack.subject) for lack in footprint.missing_scope)
        text += f"; without {', '.join(f'{component} ({why})' for component, why in scopes)}"
    if footprint.unverified_share:
        text += f"; {100 * footprint.unverified_share:.0f} % on unverified figures"
    return text


def facts_svg(rows: Iterable[tuple[str, str]], left: float, top: float, width: float) -> tuple[str, float]:
    """Return names and values as two columns, and the y below them, in px; a name that repeats stands once."""
    y, written, last = top, [], ""
    for name, value in rows:
        written.append(label(left, y + _SIZE, name, _SIZE, fill=MUTED) if name != last else "")
        last, lines = name, wrapped(value, width - _NAME_WIDTH, _SIZE)
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
    """Return the legend of the lines in a parcel, and the y below it, in px; it says which numbers are ``unseen``."""
    steps: dict[str, dict[int, Placement]] = {}
    for number, placement in enumerate(parcel.placements, start=1):
        steps.setdefault(placement.line_id, {})[number] = placement
    y, written, room = top, [], width - _SWATCH - 8
    for index, line in enumerate(order.lines):
        if line.line_id in steps:
            rows = _rows(line, parcel, steps[line.line_id], begun, room)
            name = shortened(line.line_id, room, _SIZE + 1)
            title = f"<title>{safe(line.line_id)}</title>" if name != line.line_id else ""
            heading = label(left + _SWATCH + 8, y + _SIZE + 1, name, _SIZE, font_weight="bold", fill=INK)
            first = next(iter(steps[line.line_id].values()))
            rule = rule_of(first, parcel)
            wrap = rule is not None and rule.wrap_layers and not first.compartment
            square: dict[str, Any] = {"x": left, "y": y + 1, "width": _SWATCH, "height": _SWATCH, "rx": 2}
            colour = line_colour(index)
            swatch = tag("rect", **square, fill=colour, stroke=mix(colour, "#000000", 0.45))
            swatch += tag("rect", **square, fill=f"url(#{WRAP_PATTERN})") if wrap else ""
            text, y = stacked(rows, left + _SWATCH + 8, y + _LEADING)
            written.append(swatch + tag("g", title, heading) + text)
            y += 7
    if unseen:
        said = f"Not numbered in the picture, being hidden or too thin from this side: {ranges(unseen)}"
        text, y = stacked(wrapped(said, width, 11), left, y)
        written.append(text)
    return "".join(written), y


def _rows(
    line: Item, parcel: Parcel, steps: dict[int, Placement], begun: Collection[int], room: float
) -> Iterator[str]:
    """Yield what the legend says of a line, whose units have these steps, as texts that fit."""
    edges = " × ".join(millimetres(edge) for edge in (line.length_mm, line.width_mm, line.height_mm))
    said, share = f"{edges} mm, {mass(line.mass_mg)}", f"{len(steps)} of " if len(steps) < line.quantity else ""
    parts = [f"{'number' if len(steps) == 1 else 'numbers'} {ranges(steps)}"]
    parts.append(said if line.quantity == 1 else f"{share}{line.quantity} units, each {said}")
    first = next(iter(steps.values()))
    marks = {"wrap": " (dotted)", "inner box": " (brown)", "free round it": " (hatched)", "pads": " (hatched)"}
    rules = itertools.chain(*round_it(first, rule_of(first, parcel), parcel))
    parts += (rule + next((mark for word, mark in marks.items() if word in rule), "") for rule in rules)
    if there := steps.keys() & begun:
        parts.append(f"already in the box (grey): {ranges(there)}")
    if line.description:
        yield shortened(line.description, room, 11)
    for part in parts:
        yield from wrapped(part, room, 11)
