"""Pictures of parcels and of the steps that pack them: isometric SVG, the same bytes for the same plan.

Uses ``domain`` and the packages below it; draws what a plan says and judges nothing.
"""

from boxwright.drawing.parcel import parcel_svg
from boxwright.drawing.plan import plan_svg
from boxwright.drawing.thumbnail import page_pictures, small_svg, thumbnail_svg

__all__ = ["page_pictures", "parcel_svg", "plan_svg", "small_svg", "thumbnail_svg"]
