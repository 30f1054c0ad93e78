"""Plots as inline SVG that stretches with the page: bars in percent, text outside or unscaled, colours from the page.

Colours are CSS variables of the page (``--series-0`` and so on), so that plots follow its light and dark dress.
"""

from collections.abc import Sequence

from boxwright.domain.factor import Component
from boxwright.drawing.svg import number, safe, tag
from boxwright.evaluation.wording import COMPONENT_NAMES

MOST_POINTS = 400
"""Most bars of a plot of single orders; past that, each stands for orders at equal ranks."""
_HEIGHT_PX = 150.0
_HEADROOM = 0.88


def counts_by_bin(values: Sequence[float], bins: int) -> list[int]:
    """Return how many values (0 to 1) lie in each of some equal bins; 1 lies in the last, below 0 in the first."""
    counts = [0] * bins
    for value in values:
        counts[min(max(int(value * bins), 0), bins - 1)] += 1
    return counts


def histogram(counts: Sequence[int], highest: int, series: int, name: str) -> str:
    """Return bars of counts over 0 to 100 %, drawn to a highest count that several plots share."""
    width = 100 / len(counts)
    bars = []
    for index, count in enumerate(counts):
        height = _HEIGHT_PX * _HEADROOM * count / highest if highest else 0
        low, high = round(index * width), round((index + 1) * width)
        bars.append(
            _bar(
                index * width, width, _HEIGHT_PX - height, height, f"var(--series-{series})", f"{low}–{high} %: {count}"
            )
        )
        if count:
            x, y = f"{number((index + 0.5) * width)}%", _HEIGHT_PX - height - 4
            bars.append(tag("text", str(count), x=x, y=y, text_anchor="middle", class_="count"))
    axis = tag("line", x1="0", x2="100%", y1=_HEIGHT_PX, y2=_HEIGHT_PX, class_="axis")
    ticks = [
        tag("text", f"{at} %", x=f"{at}%", y=_HEIGHT_PX + 16, text_anchor=anchor, class_="tick")
        for at, anchor in ((0, "start"), (25, "middle"), (50, "middle"), (75, "middle"), (100, "end"))
    ]
    return _plot(_HEIGHT_PX + 22, name, *bars, axis, *ticks)


def single_bar(value: float, highest: float, series: int, name: str) -> str:
    """Return one horizontal bar as a share of a highest value."""
    return _plot(16, name, _bar(0, 100 * value / highest if highest else 0, 2, 12, f"var(--series-{series})", name))


def stacked_bar(parts: Sequence[tuple[Component, int]], highest: int, name: str) -> str:
    """Return one horizontal bar of components; parts below zero (credits) are drawn left to right as well, hatched."""
    left, bars = 0.0, []
    for kind, amount in parts:
        width = 100 * abs(amount) / highest if highest else 0.0
        title = f"{COMPONENT_NAMES[kind]}: {amount / 1_000:,.1f} g CO2e"
        bars.append(_bar(left, width, 2, 24, f"var(--{kind.value})", title, "credit" if amount < 0 else None))
        left += width
    return _plot(28, name, *bars)


def ranked_differences(differences: Sequence[int], name: str, least: str, most: str) -> str:
    """Return one bar per order, from the lowest difference to the highest, below and above a zero line.

    ``least`` and ``most`` are the two ends of the vertical scale in words; an end without bars is not written.
    """
    ranked = sorted(differences)
    points = min(len(ranked), MOST_POINTS)
    shown = [ranked[(len(ranked) - 1) * k // max(points - 1, 1)] for k in range(points)]
    low, high = min(0, *shown), max(0, *shown)
    span = (high - low) or 1
    zero = _HEIGHT_PX * high / span
    width = 100 / len(shown)
    bars = [
        _bar(k * width, width, zero - max(each, 0) / span * _HEIGHT_PX, abs(each) / span * _HEIGHT_PX, _SIDES[each > 0])
        for k, each in enumerate(shown)
    ]
    axis = tag("line", x1="0", x2="100%", y1=zero, y2=zero, class_="axis")
    ends = [
        tag("text", safe(text), x=x, y=y, text_anchor=anchor, class_="tick")
        for text, x, y, anchor, there in (
            (most, "0", 11.0, "start", high > 0),
            (least, "100%", _HEIGHT_PX, "end", low < 0),
        )
        if there
    ]
    return _plot(_HEIGHT_PX + 4, name, *bars, axis, *ends)


_SIDES = {False: "var(--lower)", True: "var(--higher)"}


def _bar(
    left: float, width: float, top: float, height: float, fill: str, title: str = "", class_: str | None = None
) -> str:
    """Return a rectangle with x and width in percent, y and height in px, and a title for the pointer."""
    inner = f"<title>{safe(title)}</title>" if title else ""
    return tag(
        "rect",
        inner,
        x=f"{number(left)}%",
        width=f"{number(width)}%",
        y=top,
        height=height,
        style=f"fill:{fill}",
        class_=class_,
    )


def _plot(height: float, name: str, *shapes: str) -> str:
    return tag("svg", *shapes, width="100%", height=height, role="img", aria_label=name, class_="plot")
