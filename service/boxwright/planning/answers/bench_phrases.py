"""Phrases for the person at the bench, a table a language: another language is one more table."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from boxwright.domain.factor import Component
from boxwright.domain.handling_mark import HandlingMark


@dataclass(frozen=True)
class Phrases:
    """Phrases of one language, most of them templates for ``str.format``.

    Attributes
    ----------
    step, own_container : str
        A step of a box, and of a unit that ships as it is.
    unit : str
        Which unit of a line with several.
    poses : mapping of str to str
        Which way up, by the declared edge that is vertical: L, W or H.
    turned : str
        Added where it is turned a quarter about the vertical.
    folded, wrapped, pads, gap, walls : mapping or str
        What is round a unit; those by number have the keys ``one`` and ``more``.
    compartment : str
        Which compartment, and how they are counted.
    floor, above : str
        What the unit stands on.
    corners : mapping of (int, int) to str
        Where in the box, by the side that is nearer along x and y: -1 left and front, 0 neither, 1 right and back.
    offset : str
        Distances of the goods from the left wall, the front wall and the floor, in mm.
    filling, weighed, no_filling : str
        A void fill with litres, dunnage without a density, and none.
    tape_seams, tape_edges, no_tape : str
        The tape rule.
    this_way_up, fragile : str
        Names of marks in ISO 780.
    lifting : mapping of HandlingMark to str
        Marks for those who lift it.
    weight, marks, no_marks : str
        What the parcel weighs and is marked with.
    parts : mapping of Component to str
        Kinds of filling.
    """

    step: str
    own_container: str
    unit: str
    poses: Mapping[str, str]
    turned: str
    folded: Mapping[str, str]
    wrapped: Mapping[str, str]
    pads: str
    gap: str
    walls: str
    compartment: str
    floor: str
    above: str
    corners: Mapping[tuple[int, int], str]
    offset: str
    filling: str
    weighed: str
    no_filling: str
    tape_seams: str
    tape_edges: str
    no_tape: str
    this_way_up: str
    fragile: str
    lifting: Mapping[HandlingMark, str]
    weight: str
    marks: str
    no_marks: str
    parts: Mapping[Component, str]


ENGLISH = Phrases(
    step="Put {what} {how}, {where}.",
    own_container="Ship {what} as it is, without a box.",
    unit="{name} ({index} of {quantity})",
    poses={"H": "upright", "W": "on its side", "L": "on its end"},
    turned=", turned",
    folded={"one": "folded once", "more": "folded {count} times"},
    wrapped={"one": "in 1 layer of wrap", "more": "in {count} layers of wrap"},
    pads="on pads of {thickness} mm on each face, {edge} mm square",
    gap="{gap} mm free round it",
    walls="{walls} mm from each wall",
    compartment="in compartment {number}, counted row by row from the front left",
    floor="on the floor",
    above="on what is there",
    corners={
        (-1, -1): "at the front left",
        (0, -1): "at the front, in the middle",
        (1, -1): "at the front right",
        (-1, 0): "at the left, in the middle",
        (0, 0): "in the middle",
        (1, 0): "at the right, in the middle",
        (-1, 1): "at the back left",
        (0, 1): "at the back, in the middle",
        (1, 1): "at the back right",
    },
    offset="its corner {x} mm from the left, {y} mm from the front, {z} mm up",
    filling="{part}: {litres} L of {name} ({mass})",
    weighed="{part}: {mass} of {name}",
    no_filling="Filling: none",
    tape_seams="Tape ({rule}): {seams} strips along the seams of the opening and the side opposite",
    tape_edges=", {edges} strips across their ends, {overlap} mm round each corner",
    no_tape="Tape: none",
    this_way_up="This way up",
    fragile="Fragile",
    lifting={HandlingMark.HEAVY: "Heavy", HandlingMark.TEAM_LIFT: "Team lift"},
    weight="Gross weight: {gross}, give or take {tolerance}",
    marks="Marks: {marks}",
    no_marks="Marks: none",
    parts={Component.VOID_FILL: "Filling", Component.BLOCKING: "Blocking"},
)

PHRASES: Mapping[str, Phrases] = MappingProxyType({"en": ENGLISH})
"""By language, as BCP 47 tags it."""
