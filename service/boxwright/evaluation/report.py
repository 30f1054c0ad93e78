"""An evaluation as one HTML page that needs nothing else: no request leaves it, on paper or in light or dark."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boxwright.evaluation import wording
from boxwright.evaluation.comparison import Comparison
from boxwright.evaluation.records import PER_BOX
from boxwright.evaluation.report_boxes import (
    audit_rows,
    baseline_line,
    box_saving_view,
    flow_view,
    worth_views,
)
from boxwright.evaluation.report_catalogs import catalog_rows, curve_view
from boxwright.evaluation.report_notes import coverage_views, note_lines, warning_views
from boxwright.evaluation.report_plots import (
    SERIES,
    box_use_views,
    components_of,
    histogram_views,
    stack_views,
    worst_views,
)
from boxwright.evaluation.report_regret import regret_views
from boxwright.evaluation.report_tables import comparison_view, totals_view, unpacked_view
from boxwright.evaluation.report_verdict import main_comparison, objective_line, tiles, verdict_view
from boxwright.evaluation.result import CatalogResult, Evaluation
from boxwright.pages import html_template

if TYPE_CHECKING:
    from jinja2 import Template

View = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """A cell of a table.

    Attributes
    ----------
    text : str
        What stands in it.
    value : float or None
        What it is sorted by; None for its text.
    """

    text: str
    value: float | None = None


@dataclass(frozen=True)
class Panel:
    """A section that a caller adds to the page.

    Attributes
    ----------
    title : str
        Its heading.
    lead, notes : tuple of str
        Sentences before its table, and after its plot.
    columns, rows : tuple of str, tuple of tuple of Cell
        Its table; the first cell of a row names it.
    plot, plot_words : str
        SVG and what it shows; empty for none.
    folded : str
        What is said beside the heading of a section that readers unfold; empty for an open one.
    sortable : bool
        Whether readers may sort the table.
    words : tuple of str
        Columns that hold words: those of figures are set to the right.
    """

    title: str
    lead: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...]
    plot: str = ""
    plot_words: str = ""
    folded: str = ""
    sortable: bool = False
    words: tuple[str, ...] = ()


SCRIPT = Path(__file__).parent / "report.js"


def report(evaluation: Evaluation, files: Sequence[tuple[str, str]] = (), panels: Sequence[Panel] = ()) -> str:
    """Return an evaluation as one HTML page.

    Parameters
    ----------
    evaluation : Evaluation
        The evaluation.
    files : sequence of (str, str), optional
        Files of rows that the page links to: address as seen from the page, and name. Default none.
    panels : sequence of Panel, optional
        Sections that follow the key figures. Default none.

    Returns
    -------
    str
        A whole HTML file with its styles, plots and pictures inside, and a script that sorts tables. Apart from times,
        the same evaluation gives the same text.
    """
    template = page_template()
    comparison = main_comparison(evaluation)
    catalogs = [_catalog(index, result) for index, result in enumerate(evaluation.results)]
    script = SCRIPT.read_text(encoding="utf-8")
    compared = [] if comparison is None else [comparison]
    compared += [each for each in evaluation.comparisons if each is not comparison]
    return template.render(
        script=script,
        script_hash=f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}",
        order_count=evaluation.order_count,
        noun=evaluation.results[0].variant.noun,
        axes=_axes(evaluation),
        catalogs=catalogs,
        series={each["letter"]: each["series"] for each in catalogs},
        verdict=verdict_view(evaluation),
        objective=objective_line(evaluation),
        baseline=baseline_line(evaluation),
        yearly=evaluation.yearly and evaluation.yearly.sentence,
        tiles=tiles(evaluation),
        remarks=evaluation.remarks,
        comparisons=[comparison_view(evaluation, each) for each in compared],
        main=comparison and comparison_view(evaluation, comparison),
        **_of_catalogs(evaluation, comparison),
        **_of_boxes(evaluation, comparison),
        **_of_orders(evaluation),
        notes=note_lines(evaluation),
        coverage=coverage_views(evaluation),
        warnings=warning_views(evaluation),
        files=files,
        panels=panels,
    )


def _axes(evaluation: Evaluation) -> list[str]:
    """Return how many catalogs there are, and how many policies and carrier services where there are several."""
    policies, lanes = len(evaluation.policies), len(evaluation.lanes)
    said = [wording.counted(len(evaluation.results) // (policies * lanes), "catalog")]
    said += [f"{policies} policies"] if policies > 1 else []
    return [*said, *([f"{lanes} carrier services"] if lanes > 1 else [])]


def _of_catalogs(evaluation: Evaluation, comparison: Comparison | None) -> View:
    return {
        "head_name": wording.METRIC_NAMES[comparison.headline.metric].lower() if comparison else "",
        "rows_of_catalogs": catalog_rows(evaluation),
        "curve": curve_view(evaluation),
        "totals": totals_view(evaluation),
        "common_count": evaluation.compared,
        "histograms": histogram_views(evaluation),
        "box_use": box_use_views(evaluation),
        "stacks": stack_views(evaluation),
        "components": [(kind.value, wording.COMPONENT_NAMES[kind]) for kind in components_of(evaluation)],
    }


def _of_boxes(evaluation: Evaluation, comparison: Comparison | None) -> View:
    there = comparison is not None and comparison.orders
    return {
        "flow": flow_view(evaluation, comparison) if comparison is not None and there else None,
        "box_savings": box_saving_view(evaluation, comparison) if comparison is not None and there else None,
        "worths": worth_views(evaluation, comparison),
        "per_box": PER_BOX,
        "regrets": regret_views(evaluation),
        "audit": audit_rows(evaluation),
    }


def _of_orders(evaluation: Evaluation) -> View:
    return {"worst": worst_views(evaluation), "unpacked": unpacked_view(evaluation)}


def page_template() -> Template:
    """Return the template of the page."""
    return html_template("evaluation", "report.html.j2")


def _catalog(index: int, result: CatalogResult) -> View:
    catalog = result.catalog
    return {
        "letter": wording.catalog_letter(index),
        "series": index % SERIES,
        "id": result.variant.name,
        "catalog_id": catalog.catalog_id,
        "parts": ", ".join(result.variant.parts),
        "version": catalog.version,
        "name": result.variant.title,
        "source": catalog.source,
        "hash": catalog.content_hash,
        "box_types": len(catalog.box_types),
        "unverified": sum(not box.read_in_source for box in catalog.box_types),
    }
