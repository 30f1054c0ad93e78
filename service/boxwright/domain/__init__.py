"""The nouns of the trade as frozen dataclasses: orders, boxes, plans, factors.

Type, default, range and meaning of a field stand together, once. The constructor of a ``Ruled`` class raises
InvalidInputError with every rule that its fields break. Uses units and errors only; every other package uses it.
"""
