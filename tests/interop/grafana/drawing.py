"""Draws a dashboard from data of Prometheus, as a page of which Chromium takes a picture."""

import html
import math
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[1]))
from browser import CHROMIUM

COLORS = ("#3274d9", "#37872d", "#e0752d", "#a352cc", "#c4162a", "#0f8a8a", "#b58900", "#6d6d6d", "#d683ce", "#5b8c5a")
PICTURE = 1_400
WIDE, HIGH = 440, 150
LEFT, BOTTOM = 62, 18
MOST_LINES = 10

STYLE = """
* { box-sizing: border-box; }
body { margin: 0; padding: 14px; background: #f4f5f5; color: #24292e; font: 13px/1.35 "DejaVu Sans", sans-serif; }
h1 { font-size: 19px; margin: 0 0 2px; } p { margin: 0 0 10px; color: #555; }
h2 { font-size: 14px; margin: 14px 0 6px; }
.row { display: grid; grid-template-columns: repeat(24, minmax(0, 1fr)); gap: 8px; }
.panel { background: #fff; border: 1px solid #dcdfe3; border-radius: 3px; padding: 7px 9px; min-width: 0; }
.panel h3 { font-size: 12.5px; margin: 0 0 4px; }
.number { font-size: 25px; font-weight: 600; padding: 4px 0 8px; overflow-wrap: anywhere; }
svg { width: 100%; height: auto; display: block; }
.legend { font-size: 11px; line-height: 1.5; }
.legend span { display: inline-block; margin-right: 10px; overflow-wrap: anywhere; }
.legend i { display: inline-block; width: 9px; height: 9px; border-radius: 2px; margin-right: 4px; }
.bar { font-size: 11.5px; margin: 4px 0; } .bar div { background: #3274d9; height: 9px; border-radius: 2px; }
table { border-collapse: collapse; font-size: 11px; width: 100%; table-layout: fixed; }
td, th { text-align: left; padding: 2px 4px; border-bottom: 1px solid #e5e7ea; overflow-wrap: anywhere; }
"""

Lines = list[dict[str, Any]]


def draw(dashboard: dict[str, Any], found: list[tuple[dict[str, Any], list[Lines]]], picture: Path) -> None:
    """Write a picture of a dashboard, 1400 pixels wide and as high as its page."""
    picture.parent.mkdir(parents=True, exist_ok=True)
    options = (*CHROMIUM, "--hide-scrollbars", "--virtual-time-budget=3000", f"--window-size={PICTURE},9000")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(_page(dashboard, found), encoding="utf-8")
        said = _run(*options, "--dump-dom", page.as_uri())
        title = re.search(r"<title>(\d+)</title>", said)
        if title is None:
            raise RuntimeError("Chromium does not say how high the page is")
        _run(*options[:-1], f"--window-size={PICTURE},{title[1]}", f"--screenshot={picture}", page.as_uri())


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def _page(dashboard: dict[str, Any], found: list[tuple[dict[str, Any], list[Lines]]]) -> str:
    drawn = {panel["id"]: _panel(panel, lines) for panel, lines in found}
    parts, inside = [], False
    for panel in dashboard["panels"]:
        if panel["type"] == "row":
            parts.append(("</div>" if inside else "") + f'<h2>{html.escape(panel["title"])}</h2><div class="row">')
            inside = True
        else:
            parts.append(drawn[panel["id"]])
    head = f"<h1>{html.escape(dashboard['title'])}</h1><p>{html.escape(dashboard['description'])}</p>"
    return (
        f"<!doctype html><meta charset='utf-8'><style>{STYLE}</style>"
        f"<body><main>{head}{''.join(parts)}</div></main>"
        "<script>document.title = document.querySelector('main').offsetHeight + 28</script></body>"
    )


def _panel(panel: dict[str, Any], queries: list[Lines]) -> str:
    unit, width = panel["fieldConfig"]["defaults"]["unit"], panel["gridPos"]["w"]
    kind = panel["type"]
    if kind in ("bargauge", "table"):  # the latest values only
        end = max(line["values"][-1][0] for lines in queries for line in lines)
        queries = [[line for line in lines if line["values"][-1][0] == end] for lines in queries]
    named = [
        (_name(line["metric"], target["legendFormat"]), line)
        for target, lines in zip(panel["targets"], queries, strict=True)
        for line in lines
    ]
    if kind == "stat":
        inner = f'<div class="number">{written(_last(named[0][1]), unit)}</div>'
    elif kind == "bargauge":
        inner = _bars(named, unit)
    elif kind == "table":
        inner = _table([line["metric"] for _, line in named])
    else:
        stacked = panel["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"] == "normal"
        inner = _graph(named, unit, panel["fieldConfig"]["defaults"].get("max"), WIDE * width // 8, stacked=stacked)
    heading = html.escape(panel["title"])
    return f'<div class="panel" style="grid-column: span {width}"><h3>{heading}</h3>{inner}</div>'


def _name(labels: dict[str, str], legend: str) -> str:
    if legend == "__auto":
        return " ".join(value for key, value in labels.items() if key not in ("__name__", "job")) or "all"
    filled = re.sub(r"\{\{(\w+)\}\}", lambda match: labels.get(match[1], ""), legend)
    return re.sub(r"127\.0\.0\.1:\d+", "replica 1", filled).strip()


def _last(line: dict[str, Any]) -> float:
    values = [float(value) for _, value in line["values"] if math.isfinite(float(value))]
    return values[-1] if values else math.nan


def _bars(named: list[tuple[str, dict[str, Any]]], unit: str) -> str:
    values = sorted(((_last(line), name) for name, line in named), reverse=True)[:MOST_LINES]
    most = max([value for value, _ in values] + [1e-9])
    return "".join(
        f'<div class="bar">{html.escape(name)}: <b>{written(value, unit)}</b>'
        f'<div style="width:{max(0.5, 100 * value / most):.1f}%"></div></div>'
        for value, name in values
    )


def _table(rows: list[dict[str, str]]) -> str:
    keys = ("kind", "id", "version")
    cells = sorted({tuple(row.get(key, "") for key in keys) for row in rows})[:9]
    head = "".join(f"<th>{key}</th>" for key in keys)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in cells)
    return f"<table><tr>{head}</tr>{body}</table>"


def _graph(named: list[tuple[str, dict[str, Any]]], unit: str, end: float | None, wide: int, *, stacked: bool) -> str:
    lines = [
        (name, [(float(at), float(value)) for at, value in line["values"] if math.isfinite(float(value))])
        for name, line in named
    ]
    lines = sorted((line for line in lines if line[1]), key=lambda line: -max(value for _, value in line[1]))
    hidden, lines = len(lines[MOST_LINES:]), lines[:MOST_LINES]
    if stacked:
        lines = _on_each_other(lines)
    values = [value for _, points in lines for _, value in points]
    low, high = min(0.0, *values), end or max(values) * 1.08 or 1.0
    first = min(points[0][0] for _, points in lines)
    last = max(points[-1][0] for _, points in lines)

    def place(at: float, value: float) -> str:
        across = LEFT + (at - first) / max(last - first, 1e-9) * (wide - LEFT - 6)
        return f"{across:.1f},{6 + (high - value) / ((high - low) or 1) * (HIGH - BOTTOM - 6):.1f}"

    parts = []
    for share in (0.0, 0.5, 1.0):
        level = low + share * (high - low)
        height = place(first, level).partition(",")[2]
        parts.append(
            f'<line x1="{LEFT}" x2="{wide}" y1="{height}" y2="{height}" stroke="#e3e6ea"/>'
            f'<text x="{LEFT - 5}" y="{float(height) + 3.5:.1f}" text-anchor="end">{written(level, unit)}</text>'
        )
    seconds = round(last - first)
    parts += [
        f'<text x="{LEFT}" y="{HIGH - 3}">0 s</text>',
        f'<text x="{wide - 6}" y="{HIGH - 3}" text-anchor="end">{seconds} s</text>',
    ]
    for index, (_, points) in reversed(list(enumerate(lines))):
        color = COLORS[index % len(COLORS)]
        path = " ".join(place(*point) for point in points)
        if stacked:
            bottom = f"{place(points[-1][0], low)} {place(points[0][0], low)}"
            parts.append(f'<polygon points="{path} {bottom}" fill="{color}" fill-opacity="0.45"/>')
        parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="1.6"/>')
    legend = "".join(
        f'<span><i style="background:{COLORS[index % len(COLORS)]}"></i>{html.escape(name)}</span>'
        for index, (name, _) in enumerate(lines)
    )
    more = f"<span>and {hidden} more</span>" if hidden else ""
    return (
        f'<svg viewBox="0 0 {wide} {HIGH}" font-size="10.5" fill="#555">{"".join(parts)}</svg>'
        f'<div class="legend">{legend}{more}</div>'
    )


def _on_each_other(lines: list[tuple[str, list[tuple[float, float]]]]) -> list[tuple[str, list[tuple[float, float]]]]:
    """Return stacked lines, the highest first."""
    times = sorted({at for _, points in lines for at, _ in points})
    below = dict.fromkeys(times, 0.0)
    found = []
    for name, points in reversed(lines):
        own = dict(points)
        below = {at: below[at] + own.get(at, 0.0) for at in times}
        found.append((name, list(below.items())))
    return found[::-1]


def written(value: float, unit: str) -> str:
    """Return a short text of a value with its unit."""
    if math.isnan(value):
        return "n/a"
    if unit == "percentunit":
        return f"{_short(100 * value)} %"
    if unit == "bytes":
        for power, name in ((3, "GB"), (2, "MB"), (1, "kB")):
            if abs(value) >= 1_000**power:
                return f"{_short(value / 1_000**power)} {name}"
        return f"{_short(value)} B"
    if unit == "s":
        if abs(value) >= 172_800:
            return f"{_short(value / 86_400)} d"
        return f"{_short(value * 1_000)} ms" if 0 < abs(value) < 1 else f"{_short(value)} s"
    if unit == "massg" and abs(value) >= 1_000:
        return f"{_short(value / 1_000)} kg"
    names = {"percent": " %", "massg": " g", "masskg": " kg", "lengthmm": " mm", "reqps": " /s", "cps": " /s"}
    return _short(value) + names.get(unit, "")


def _short(value: float) -> str:
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
