"""Panels of dashboards, written short: a title, the question that it answers, a unit, and what Prometheus is asked.

In a query ``%i`` stands for the selected replicas, ``%p`` for these and the selected purpose.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
SELECTED = 'job="boxwright",instance=~"$instance"'
COLUMNS = 24
HEIGHT = 8

Query = tuple[str, str]
"""A query, and the legend of its lines: ``{{label}}`` stands for the value of a label."""


@dataclass(frozen=True)
class Panel:
    """One picture.

    Attributes
    ----------
    title, question : str
        Its heading, and what it answers.
    unit : str
        As Grafana names it.
    queries : tuple
        What is drawn.
    kind : str
        ``timeseries``, ``stat``, ``bargauge`` or ``table``.
    width : int
        In columns, of 24.
    stacked : bool
        Whether lines stand on each other.
    most : float or None
        End of the axis.
    steps : tuple of (float or None, str)
        Colours of a stat, each from a value on.
    """

    title: str
    question: str
    unit: str
    queries: tuple[Query, ...]
    kind: str = "timeseries"
    width: int = 8
    stacked: bool = False
    most: float | None = None
    steps: tuple[tuple[float | None, str], ...] = ((None, "green"),)


@dataclass(frozen=True)
class Board:
    """One dashboard.

    Attributes
    ----------
    name, title, about : str
        Of its file, its heading, and what it is for.
    rows : mapping of str to panels
        Panels by the heading above them.
    by_purpose : bool
        Whether a purpose is selected.
    hours : int
        How far back it looks at first.
    """

    name: str
    title: str
    about: str
    rows: Mapping[str, Sequence[Panel]]
    by_purpose: bool = False
    hours: int = 1
    tags: tuple[str, ...] = field(default=("boxwright",))

    def panels(self) -> list[Panel]:
        """Return all panels in order."""
        return [panel for row in self.rows.values() for panel in row]


def percentile(share: float, name: str, by: str = "", where: str = "%i") -> str:
    """Return the query for a quantile of a histogram, by a label if one is given."""
    labels = ", ".join(filter(None, ("le", by)))
    return f"histogram_quantile({share}, sum by ({labels}) (rate({name}_bucket{{{where}}}[$__rate_interval])))"


def graph(title: str, question: str, unit: str, *queries: Query, **given: Any) -> Panel:
    """Return a panel of lines over time."""
    return Panel(title, question, unit, queries, **given)


def stat(title: str, question: str, unit: str, query: str, **given: Any) -> Panel:
    """Return a panel of one number."""
    return Panel(title, question, unit, ((query, ""),), "stat", 4, **given)


def bars(title: str, question: str, unit: str, *queries: Query, **given: Any) -> Panel:
    """Return a panel of one bar for each label."""
    return Panel(title, question, unit, queries, "bargauge", **given)


def dashboard(board: Board) -> dict[str, Any]:
    """Return the JSON model of a dashboard."""
    panels: list[dict[str, Any]] = []
    top = 0
    for heading, row in board.rows.items():
        panels.append(
            {
                "type": "row",
                "id": len(panels) + 1,
                "title": heading,
                "collapsed": False,
                "gridPos": {"h": 1, "w": COLUMNS, "x": 0, "y": top},
                "panels": [],
            }
        )
        top += 1
        left = 0
        height = 0
        for panel in row:
            if left + panel.width > COLUMNS:
                top, left, height = top + height, 0, 0
            high = 4 if panel.kind == "stat" else HEIGHT
            place = {"h": high, "w": panel.width, "x": left, "y": top}
            panels.append(_panel(panel, len(panels) + 1, place))
            left, height = left + panel.width, max(height, high)
        top += height
    return {
        "uid": f"boxwright-{board.name}",
        "title": f"Boxwright: {board.title}",
        "description": board.about,
        "tags": list(board.tags),
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": f"now-{board.hours}h", "to": "now"},
        "timezone": "browser",
        "links": [{**_LINK, "title": "Other dashboards"}],
        "templating": {"list": _variables(board)},
        "annotations": {"list": []},
        "panels": panels,
    }


_LINK = {
    "type": "dashboards",
    "asDropdown": True,
    "icon": "external link",
    "includeVars": True,
    "keepTime": True,
    "tags": ["boxwright"],
    "targetBlank": False,
    "tooltip": "",
    "url": "",
}


def asked(query: str) -> str:
    """Return a query with the selected labels in it."""
    return query.replace("%i", SELECTED).replace("%p", f'{SELECTED},purpose="$purpose"')


def _panel(panel: Panel, number: int, place: Mapping[str, int]) -> dict[str, Any]:
    # A query over the whole time shown has one value, not a course.
    instant = panel.kind in ("bargauge", "table") or any("$__range]" in query for query, _ in panel.queries)
    targets = [
        {
            "refId": chr(ord("A") + index),
            "datasource": SOURCE,
            "expr": asked(query),
            "legendFormat": legend or "__auto",
            "instant": instant,
            "range": not instant,
            **({"format": "table"} if panel.kind == "table" else {}),
        }
        for index, (query, legend) in enumerate(panel.queries)
    ]
    steps = [{"value": value, "color": color} for value, color in panel.steps]
    defaults: dict[str, Any] = {"unit": panel.unit, "thresholds": {"mode": "absolute", "steps": steps}}
    if panel.most is not None:
        defaults |= {"min": 0, "max": panel.most}
    if panel.kind == "timeseries":
        defaults["custom"] = {
            "lineWidth": 1,
            "fillOpacity": 30 if panel.stacked else 0,
            "showPoints": "never",
            "stacking": {"mode": "normal" if panel.stacked else "none"},
        }
    return {
        "type": panel.kind,
        "id": number,
        "title": panel.title,
        "description": panel.question,
        "datasource": SOURCE,
        "gridPos": dict(place),
        "targets": targets,
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": _OPTIONS[panel.kind],
    }


_OPTIONS: dict[str, dict[str, Any]] = {
    "timeseries": {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "stat": {
        "colorMode": "value",
        "graphMode": "area",
        "justifyMode": "auto",
        "orientation": "auto",
        "textMode": "auto",
        "wideLayout": True,
        "showPercentChange": False,
        "percentChangeColorMode": "standard",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    },
    "bargauge": {
        "displayMode": "gradient",
        "orientation": "horizontal",
        "valueMode": "color",
        "namePlacement": "auto",
        "sizing": "auto",
        "showUnfilled": True,
        "minVizWidth": 8,
        "minVizHeight": 16,
        "maxVizHeight": 300,
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": False, "calcs": []},
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    },
    "table": {"showHeader": True, "cellHeight": "sm", "frameIndex": 0},
}


def _variables(board: Board) -> list[dict[str, Any]]:
    source = {"type": "datasource", "name": "datasource", "label": "Prometheus", "query": "prometheus"}
    instance = {
        "type": "query",
        "name": "instance",
        "label": "Replica",
        "datasource": SOURCE,
        "query": {"query": 'label_values(boxwright_build_info{job="boxwright"}, instance)', "refId": "instances"},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"selected": True, "text": "All", "value": "$__all"},
    }
    purposes = ("shipment", "what_if", "replay")
    purpose = {
        "type": "custom",
        "name": "purpose",
        "label": "Purpose",
        "query": ",".join(purposes),
        "options": [{"selected": each == "shipment", "text": each, "value": each} for each in purposes],
        "current": {"selected": True, "text": "shipment", "value": "shipment"},
    }
    return [source, instance, *([purpose] if board.by_purpose else [])]
