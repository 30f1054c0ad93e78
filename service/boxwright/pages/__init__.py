"""A plan as an HTML page for packers, for those who pay the bill, and for auditors of emissions.

Uses planning, drawing, contract and the packages below them.
"""

from boxwright.pages.plan_page import Sheet, html_template, plan_page
from boxwright.pages.shipped import Shipped, ShippedParcel

__all__ = ["Sheet", "Shipped", "ShippedParcel", "html_template", "plan_page"]
