"""SVG elements as text, escaped and with a fixed number format."""

import re
from collections.abc import Iterable
from html import escape

from boxwright.drawing.isometric import Point

FONT = "Helvetica, Arial, 'DejaVu Sans', sans-serif"
INK = "#1f2328"
MUTED = "#57606a"
RULE = "#d0d7de"

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def safe(text: str) -> str:
    """Return a string escaped for XML, with forbidden characters replaced."""
    return escape(_NOT_XML.sub("\ufffd", text), quote=True)


def number(value: float) -> str:
    """Return a coordinate with at most two decimals."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def tag(name: str, *content: str, **attributes: str | float | None) -> str:
    """Return an element; underscores in attribute names become hyphens, None leaves an attribute out.

    Attribute values are escaped; ``content`` is markup and must be escaped already.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{safe(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(content)
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def polygon(corners: Iterable[Point], **attributes: str | float | None) -> str:
    """Return a polygon."""
    return tag("polygon", points=" ".join(f"{number(x)},{number(y)}" for x, y in corners), **attributes)


def line(start: Point, end: Point, **attributes: str | float | None) -> str:
    """Return a line."""
    return tag("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], **attributes)


def label(x: float, y: float, text: str, size: float = 12, **attributes: str | float | None) -> str:
    """Return a text element whose baseline starts at a point, in px."""
    attributes.setdefault("fill", INK)
    return tag("text", safe(text), x=x, y=y, font_size=size, **attributes)


def stacked(
    texts: Iterable[str], left: float, top: float, size: float = 11, leading: float = 14, fill: str = MUTED
) -> tuple[str, float]:
    """Return strings one below another, and the y below them, in px."""
    written = [label(left, top + size + leading * row, text, size, fill=fill) for row, text in enumerate(texts)]
    return "".join(written), top + leading * len(written)


def document(width: float, height: float, title: str, description: str, body: str) -> str:
    """Return a whole SVG file on a white background, readable in print and on a dark page."""
    return tag(
        "svg",
        tag("title", safe(title)),
        tag("desc", safe(description)),
        _PATTERNS if "url(#" in body else "",
        tag("rect", width=width, height=height, rx=8, fill="#ffffff"),
        body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role="img",
        font_family=FONT,
        stroke_linejoin="round",
    )


WRAP_PATTERN, FILL_PATTERN, HATCH_PATTERN = "boxwright-wrap", "boxwright-fill", "boxwright-hatch"
"""Ids of the patterns of wrap, void fill and half-gap; the last is followed by the name of a face, such as ``-top``."""

_PATTERNS = f"""\
<defs><pattern id="{WRAP_PATTERN}" width="6" height="6" patternUnits="userSpaceOnUse">\
<circle cx="3" cy="3" r="1.3" fill="#ffffff" fill-opacity="0.85" stroke="#1f2328" stroke-width="0.4"/></pattern>\
<pattern id="{FILL_PATTERN}" width="12" height="11" patternUnits="userSpaceOnUse">\
<path d="M0 5l3-3 3 4 3-5 3 4M1 10l3-2 3 2 3-3 2 1" fill="none" stroke="#8a6a3c" stroke-width="0.6"/></pattern>"""
for _face, _turn in (("top", 90), ("front", -25), ("right", 25)):
    _PATTERNS += f"""\
<pattern id="{HATCH_PATTERN}-{_face}" width="3.2" height="5" patternUnits="userSpaceOnUse" patternTransform="\
rotate({_turn})"><path d="M0 0V5" stroke="#1f2328" stroke-opacity="0.45" stroke-width="1"/></pattern>"""
_PATTERNS += "</defs>"

_FRAGILE = "M14 4h20l-2 15c-1 5-4 8-6 8v12h7v5H15v-5h7V27c-2 0-5-3-6-8zM26 4l-4 6 4 4-4 6"
_WAY_UP = "M13 36V16H7L16 4l9 12h-6v20zM29 36V16h-6L32 4l9 12h-6v20zM5 40h38v4H5z"
_KEEP_DRY = (
    "M24 12a18 15 0 0 1 18 15H25v11a5 5 0 0 1-10 0h3a2 2 0 0 0 4 0V27H6a18 15 0 0 1 18-15zM12 3l-3 7M24 1v7M36 3l3 7"
)


def _symbol(path: str) -> str:
    shape = tag("path", d=path, fill="none", stroke="currentColor", stroke_width=2.5, stroke_linejoin="round")
    return tag("svg", shape, viewBox="0 0 48 48", width=48, height=48, aria_hidden="true")


SYMBOLS = {"Fragile": _symbol(_FRAGILE), "This way up": _symbol(_WAY_UP), "Keep dry": _symbol(_KEEP_DRY)}
"""Handling marks in our own drawings after ISO 780: SVG elements by name, in the colour of the surrounding text."""
