"""Edges of cuboids."""

from boxwright import units
from boxwright.v1 import geometry_pb2

EDGES = ("length_mm", "width_mm", "height_mm")


def dimensions_to_wire(edges_um: tuple[int, int, int]) -> geometry_pb2.Dimensions:
    """Return the message of three edges in um."""
    length, width, height = edges_um
    return geometry_pb2.Dimensions(
        length_mm=units.to_mm(length), width_mm=units.to_mm(width), height_mm=units.to_mm(height)
    )
