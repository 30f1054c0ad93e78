"""Handling marks as pictures: our own drawings of the marks defined in ISO 780."""

from boxwright.drawing.svg import tag

_FRAGILE = "M14 4h20l-2 15c-1 5-4 8-6 8v12h7v5H15v-5h7V27c-2 0-5-3-6-8zM26 4l-4 6 4 4-4 6"
_WAY_UP = "M13 36V16H7L16 4l9 12h-6v20zM29 36V16h-6L32 4l9 12h-6v20zM5 40h38v4H5z"
_KEEP_DRY = (
    "M24 12a18 15 0 0 1 18 15H25v11a5 5 0 0 1-10 0h3a2 2 0 0 0 4 0V27H6a18 15 0 0 1 18-15zM12 3l-3 7M24 1v7M36 3l3 7"
)


def _symbol(path: str) -> str:
    shape = tag("path", d=path, fill="none", stroke="currentColor", stroke_width=2.5, stroke_linejoin="round")
    return tag("svg", shape, viewBox="0 0 48 48", width=48, height=48, aria_hidden="true")


SYMBOLS = {"Fragile": _symbol(_FRAGILE), "This way up": _symbol(_WAY_UP), "Keep dry": _symbol(_KEEP_DRY)}
"""SVG element by name of the mark, in the colour of the surrounding text."""
