"""The nouns of the trade as frozen dataclasses: orders, boxes, plans, factors.

Uses units and errors only; every other package uses it.
"""
