"""The nouns of the trade as frozen dataclasses: orders, boxes, plans, factors.

Type, default, range and meaning of a field are declared together, in one place. The constructor of a ``Ruled`` class
raises InvalidInputError with every rule that its fields break. Uses units and errors only; every other package uses it.
"""
