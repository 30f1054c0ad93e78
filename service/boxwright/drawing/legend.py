"""The column beside a parcel's picture: its figures, and which colour and numbers are which order line."""

import itertools
from collections.abc import Collection, Iterable

from boxwright.domain.box import BoxType
from boxwright.domain.factor import Component
from boxwright.domain.footprint import Footprint
from boxwright.domain.order import Item, Order
from boxwright.domain.plan import Parcel, Placement
from boxwright.drawing.captions import round_it, rule_of
from boxwright.drawing.filling import filling_of
from boxwright.drawing.lettering import mass, millimetres, ranges, shortened, wrapped
from boxwright.drawing.palette import line_colour, mix
from boxwright.drawing.svg import DOTS, INK, MUTED, label, safe, tag

_SIZE = 12.0
_LEADING = 16.0
_NAME_WIDTH = 92.0
_SWATCH = 14.0
_PARTS = (
    (Component.BOX, "box"),
    (Component.INNER_BOX, "inner boxes"),
    (Component.CUSHIONING, "cushioning"),
    (Component.VOID_FILL, "void fill"),
    (Component.BLOCKING, "blocking"),
    (Component.TAPE, "tape"),
)


def facts_of(parcel: Parcel, box: BoxType) -> list[tuple[str, str]]:
    """Return the parcel's figures as names and values."""
    inner = (box.inner_length_mm, box.inner_width_mm, box.inner_height_mm)
    rows = [
        (
            "unit as it is" if parcel.ships_in_own_container else "inside",
            f"{' × '.join(millimetres(edge) for edge in inner)} mm",
        ),
        ("units", str(len(parcel.placements))),
        ("gross weight", f"{mass(parcel.gross_mg)}, goods {mass(parcel.net_mg)}"),
    ]
    if parcel.handling_marks:
        rows.append(("marks", ", ".join(each.words for each in parcel.handling_marks)))
    fill = filling_of(parcel, box)
    named = {Component.CUSHIONING: f" of {parcel.cushioning_id}" if parcel.cushioning_id else ""}
    parts = [
        f"{name} {mass(weight)}{named.get(part, '')}" for part, name in _PARTS if (weight := parcel.packaging_mg(part))
    ]
    if parts:
        rows.append(("packaging", ", ".join(parts)))
    if fill is not None:
        rows.append(("void fill", f"{fill.words}: {fill.where}"))
    if parcel.chargeable:
        rows.append(("chargeable", f"{mass(parcel.chargeable.chargeable_mg)} ({parcel.chargeable.service_id})"))
    if not parcel.ships_in_own_container:
        rows.append(("empty space", f"{100 * parcel.empty_space_ratio:.1f} % of the inside"))
    rows.extend(("CO2e", footprint_text(footprint)) for footprint in parcel.footprints)
    return rows


def footprint_text(footprint: Footprint) -> str:
    """Return a footprint's total with its profile, allocation and what it lacks or rests on unverified figures."""
    allocation = footprint.allocation.words
    text = f"{footprint.total_co2e_mg / 1_000:,.1f} g ({footprint.profile_id}, transport by {allocation})"
    if footprint.missing:
        text += f"; no factor for {', '.join(footprint.missing)}"
    if footprint.missing_scope:
        # One word for both halves of a way: fuel burnt, and fuel made.
        scopes = dict.fromkeys((each.component.value, each.subject) for each in footprint.missing_scope)
        text += f"; without {', '.join(f'{component} ({why})' for component, why in scopes)}"
    if footprint.unverified_share:
        text += f"; {100 * footprint.unverified_share:.0f} % on unverified figures"
    return text


def facts_svg(rows: Iterable[tuple[str, str]], left: float, top: float, width: float) -> tuple[str, float]:
    """Return names and values as two columns, and the y below them, in px."""
    y, written = top, []
    last = ""
    for name, value in rows:
        if name != last:
            written.append(label(left, y + _SIZE, name, _SIZE, fill=MUTED))
        last = name
        for text in wrapped(value, width - _NAME_WIDTH, _SIZE):
            written.append(label(left + _NAME_WIDTH, y + _SIZE, text, _SIZE))
            y += _LEADING
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
    numbered: dict[str, list[tuple[int, Placement]]] = {}
    for number, placement in enumerate(parcel.placements, start=1):
        numbered.setdefault(placement.line_id, []).append((number, placement))
    y, written = top, []
    for index, line in enumerate(order.lines):
        if line.line_id in numbered:
            entry, y = _entry_svg(line, parcel, begun, line_colour(index), numbered[line.line_id], left, y, width)
            written.append(entry)
    if unseen:
        text = f"Not numbered in the picture, being hidden or too thin from this side: {ranges(unseen)}"
        for part in wrapped(text, width, 11):
            written.append(label(left, y + 11, part, 11, fill=MUTED))
            y += 14
    return "".join(written), y


def _entry_svg(
    line: Item,
    parcel: Parcel,
    begun: Collection[int],
    colour: str,
    numbered: list[tuple[int, Placement]],
    left: float,
    top: float,
    width: float,
) -> tuple[str, float]:
    first = numbered[0][1]
    rule = rule_of(first, parcel)
    wrapped_up = rule is not None and rule.wrap_layers and not first.compartment
    swatch = tag(
        "rect", x=left, y=top + 1, width=_SWATCH, height=_SWATCH, rx=2, fill=colour, stroke=mix(colour, "#000000", 0.45)
    )
    if wrapped_up:
        swatch += tag("rect", x=left, y=top + 1, width=_SWATCH, height=_SWATCH, rx=2, fill=f"url(#{DOTS})")
    text_left, room = left + _SWATCH + 8, width - _SWATCH - 8
    steps = f"{'number' if len(numbered) == 1 else 'numbers'} {ranges(number for number, _ in numbered)}"
    name = shortened(line.line_id, room, _SIZE + 1)
    title = f"<title>{safe(line.line_id)}</title>" if name != line.line_id else ""
    heading = tag("g", title, label(text_left, top + _SIZE + 1, name, _SIZE, font_weight="bold", fill=INK))
    share = f"{len(numbered)} of {line.quantity}" if len(numbered) < line.quantity else str(line.quantity)
    edges = " × ".join(millimetres(edge) for edge in (line.length_mm, line.width_mm, line.height_mm))
    each = f"{edges} mm, {mass(line.mass_mg)}"
    details = each if line.quantity == 1 else f"{share} units, each {each}"
    rows = wrapped(steps, room, 11) + wrapped(details, room, 11)
    if line.description:
        rows = [shortened(line.description, room, 11), *rows]
    marks = {"wrap": " (dotted)", "inner box": " (brown)", "free round it": " (hatched)", "pads": " (hatched)"}
    for part in itertools.chain(*round_it(first, rule, parcel)):
        shown = next((mark for word, mark in marks.items() if word in part), "")
        rows += wrapped(part + shown, room, 11)
    if there := [number for number, _ in numbered if number in begun]:
        rows += wrapped(f"already in the box (grey): {ranges(there)}", room, 11)
    y = top + _LEADING
    for row in rows:
        heading += label(text_left, y + 11, row, 11, fill=MUTED)
        y += 14
    return swatch + heading, y + 7
