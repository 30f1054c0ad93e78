"""A plot as inline SVG that stretches with the page; its colours are CSS variables, which follow light and dark."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from boxwright.drawing.svg import number, safe, tag

SERIES = 8
"""Number of series colours; additional series repeat them, so letters identify the catalogs."""


class Point(NamedTuple):
    """A catalog on a curve: number of box types, relative change, interval, letter, and whether the line skips it."""

    sizes: int
    change: float
    low: float
    high: float
    letter: str
    alone: bool = False


_TICK = 14.0
"""Height of a line of text at an axis, in px."""


def curve(points: Sequence[Point], name: str) -> str:
    """Return a plot of changes and their intervals over the number of box types, joined by lines; lower is better."""
    height, left, right = 240.0, 12.0, 96.0
    sizes = [point.sizes for point in points]
    low = min(0.0, *(point.low for point in points))
    high = max(0.0, *(point.high for point in points))
    span, wide = (high - low) or 1.0, (max(sizes) - min(sizes)) or 1

    def across(count: int) -> str:
        share = (count - min(sizes)) / wide if max(sizes) > min(sizes) else 0.5
        return f"{number(left + share * (right - left))}%"

    def down(value: float) -> float:
        return 18 + (high - value) / span * (height - 60)

    shapes = [tag("line", x1=f"{number(left)}%", x2="100%", y1=down(0), y2=down(0), class_="axis")]
    shapes += [
        tag(
            "text",
            f"{value * 100:+.0f} %".replace("-", "−") if value else "0 %",
            x="0",
            y=down(value) + 4,
            class_="tick",
        )
        for value in dict.fromkeys((low, 0.0, high))
        if not value or abs(down(value) - down(0)) >= _TICK  # a label near the zero line would cover "0 %"
    ]
    for one, other in itertools.pairwise([point for point in points if not point.alone]):
        x1, x2, y1, y2 = across(one.sizes), across(other.sizes), down(one.change), down(other.change)
        shapes.append(tag("line", x1=x1, x2=x2, y1=y1, y2=y2, class_="joined"))
    for point in points:
        x, y = across(point.sizes), down(point.change)
        label = f"{point.letter}: {point.sizes} box types, {point.change * 100:+.1f} %".replace("-", "−")
        shapes.append(tag("line", x1=x, x2=x, y1=down(point.high), y2=down(point.low), class_="whisker"))
        shapes.append(tag("circle", f"<title>{safe(label)}</title>", cx=x, cy=y, r=5, class_="point"))
        shapes.append(tag("text", safe(point.letter), x=x, y=y - 10, dx=10, class_="count"))
        shapes.append(tag("text", str(point.sizes), x=x, y=height - 18, text_anchor="middle", class_="tick"))
    shapes.append(tag("text", "box types", x="50%", y=height - 2, text_anchor="middle", class_="tick"))
    return tag("svg", *shapes, width="100%", height=height, role="img", aria_label=name, class_="plot")
