"""Draws parcels and their packing steps as isometric SVG, the same bytes for the same plan.

Uses ``domain`` and the packages below it; draws what a plan states, without checking it.
"""

from boxwright.drawing.parcel import page_pictures, parcel_svg, small_svg
from boxwright.drawing.plan import plan_svg
from boxwright.drawing.svg import SYMBOLS

__all__ = ["SYMBOLS", "page_pictures", "parcel_svg", "plan_svg", "small_svg"]
