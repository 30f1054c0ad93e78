"""The one look of tables."""

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from boxwright.domain.rounded import visible

FIGURES = frozenset(
    {
        *("Step", "Units", "Mass", "Cushion", "Orders", "Parcels", "Share", "Fill", "Litres", "Total mass"),
        "Box types",
        *("Packaging", "Transport", "Total", "Per order", "Unverified", "g CO2e", "Factors"),
        *("TTW", "WTT", "WTW", "Forcing", "Hubs", "Range", "km"),
    }
)
"""Columns of figures, by what stands before the comma of their title."""


class PlainTable(Table):
    """A table whose texts are shown as they are: no markup, no control characters."""

    def row(self, *cells: RenderableType) -> None:
        """Add a row."""
        self.add_row(*(Text(visible(cell)) if isinstance(cell, str) else cell for cell in cells))


def plain_table(*columns: str) -> PlainTable:
    """Return a table with a rule under its header; columns of figures are set right and never broken."""
    table = PlainTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    for column in columns:
        figures = column.split(",")[0] in FIGURES
        table.add_column(
            column, justify="right" if figures else "left", overflow="fold", no_wrap=figures or column == "Profile"
        )
    return table
