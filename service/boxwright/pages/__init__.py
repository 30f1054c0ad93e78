"""A plan as a page: for the pack station, for whoever pays the bill, and for whoever audits the grams.

Uses planning, drawing, export and the rooms below them; needs the extra ``report``.
"""

from boxwright.pages.plan_page import Sheet, html_template, plan_page

__all__ = ["Sheet", "html_template", "plan_page"]
