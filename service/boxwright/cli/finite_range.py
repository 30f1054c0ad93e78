"""Options that are numbers of a range."""

import math
from typing import Any

import click


class FiniteRange(click.FloatRange):
    """As click's, but without NaN, which is below and above nothing, and infinity."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number; click's error names the option where it is none of the range."""
        made: float = super().convert(value, param, ctx)
        if not math.isfinite(made):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return made
