"""Estimates the width of text, and breaks or shortens text to fit a width."""

import unicodedata
from collections.abc import Iterable

_NARROW = frozenset("iljftrI.,:;'|!()[] -/")
_BROAD = frozenset("mwMWQ@%&#+=×→")


def text_width_px(text: str, size_px: float) -> float:
    """Return an upper bound on the width of a text in a sans-serif font, in px.

    The widths of characters are those of DejaVu Sans, the widest of the fonts that the pictures name.
    """
    return size_px * sum(_advance(character) for character in text)


def _advance(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    if character in _NARROW:
        return 0.42
    if character in _BROAD:
        return 0.95
    return 0.70 if character.isupper() else 0.64


def shortened(text: str, width_px: float, size_px: float) -> str:
    """Return text that fits a width: in full, or with an ellipsis in place of its middle."""
    if text_width_px(text, size_px) <= width_px:
        return text
    keep = len(text) - 1
    while keep > 2:
        head, tail = (keep + 1) // 2, keep // 2
        shorter = f"{text[:head]}…{text[len(text) - tail :]}"
        if text_width_px(shorter, size_px) <= width_px:
            return shorter
        keep -= 1
    return f"{text[:1]}…"


def wrapped(text: str, width_px: float, size_px: float) -> list[str]:
    """Return text as lines that fit a width, broken at plain spaces; a longer word is shortened."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width_px(longer, size_px) <= width_px:
            lines[-1] = longer
        else:
            lines.append(shortened(word, width_px, size_px))
    return lines


def ranges(numbers: Iterable[int]) -> str:
    """Return whole numbers as ranges, such as ``1–3, 5``."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)
