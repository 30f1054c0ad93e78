"""Designs the set of box sizes to stock for past orders, with a lower bound, and evaluates it on held-out orders.

Uses ``evaluation``, ``planning`` and what lies below them.
"""

from boxwright.design.catalog_file import catalog_toml
from boxwright.design.design import design
from boxwright.design.figures_dict import design_dict
from boxwright.design.judge import judge
from boxwright.design.result import Design, Figures, Outside, Suite
from boxwright.design.wording import notes, premises
from boxwright.domain.wishes import BoxPrice, DesignObjective, Wishes

__all__ = [
    "BoxPrice",
    "Design",
    "DesignObjective",
    "Figures",
    "Outside",
    "Suite",
    "Wishes",
    "catalog_toml",
    "design",
    "design_dict",
    "judge",
    "notes",
    "premises",
]
