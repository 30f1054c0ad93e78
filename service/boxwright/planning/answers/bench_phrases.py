"""Phrases for the person at the bench, in English: most are templates for ``str.format``.

Of a pair, the first is for one and the second for more. Nothing else says a word to a packer, so that another language
is one more table like this.
"""

from collections.abc import Iterable

from boxwright.domain.factor import Component
from boxwright.domain.order import Item
from boxwright.domain.plan import HandlingMark
from boxwright.domain.pose import Pose

LANGUAGE = "en"
"""Of the table, as BCP 47 tags it."""

# What to take, or to go on with, and how its tape begins.
BOX = "Take box {box}, {size} mm inside."
MAILER = "Take mailer {box}, {size} mm."
WRAPPER = "Take book wrap {box}, {size} mm, and lay it open."
STARTED = "Go on with parcel {started}, box {box}."
STARTED_ANEW = "Go on with parcel {started}, box {box}: take out what is in it, which goes back in as follows."
OWN_CONTAINER = "Ship {what} as it is, without a box."
BOTTOM_TAPED = " Fold it up and tape its bottom: {strips}."
END_TAPED = " Fold it up and tape one end: {strips}."
END_OPENS = " Lay it down with the open end at the right."
SEAMS = ("1 strip along the seam", "{count} strips along the seam")
ENDS = "{strips}, {count} across its ends, {overlap} mm round each corner"
BOTTOM = "Lay {depth} mm of {name} on the floor of the box."

# What a unit is called.
BARE_ARTICLE = "bare {article}"
ARTICLE = "the {article} {name}"
SKU = "SKU {sku}"
OF_LINE = "of line {line}"
LINE = "line {line}"
UNIT = "{name} ({index} of {quantity})"
IT = "it"

# What goes round it, and packing it in an inner box.
WRAP = ("Wrap {what} in 1 layer of {name}. ", "Wrap {what} in {count} layers of {name}. ")
PADS = "Put a pad of {name}, {edge} mm square and {thickness} mm thick, on each face of {what}. "
INNER_TAKE = "Take inner box {box}, {size} mm inside."
INNER_BOTTOM = "Lay {depth} mm of {name} in the inner box."
INNER_GOODS = "Put {what}, {pose}, in the middle of the inner box{gap}."
INNER_GAP = ", at least {gap} mm from each side"
INNER_CLOSE = "Fill the inner box up, {litres} L of {name} in all ({mass}), and close it."
INNER_SHUT = "Close the inner box."
INNER_TAPED = " Tape its top: {strips}."
INNER_BOX = "the inner box"

# How it is put down: in a box, in a mailer, on a book wrap, into a box that opens at its end.
POSES = {
    Pose.UPRIGHT: "Stand {what} upright",
    Pose.FLAT: "Lay {what} flat",
    Pose.ON_ITS_SIDE: "Lay {what} on its side",
    Pose.ON_ITS_LONG_SIDE: "Put {what} on its long side",
    Pose.ON_ITS_END: "Put {what} on its end",
}
SLIDE = "Slide {what} into the mailer"
LAY = "Lay {what} on the book wrap"
SLIDE_IN = "Slide {what} in at the open end, {pose}"
FOLDED = ("folded once", "folded {count} times")
ALREADY = "Already in the box: {what}, {where}."

# What it stands on; the bottom layer is the fill under all units.
FLOOR = "on the floor"
BOTTOM_LAYER = "on the fill"
ON_FILL = "on {depth} mm of fill"
RAISED = "{depth} mm above the floor, for which the plan has no fill"
ON_PADS = "on its pads"
ON = "on {units}"
FILL_OVER = "on {depth} mm of fill over {units}"
ABOVE = "on what is there"

# Where in the box: by the side that is nearer along x and y, -1 left and front, 0 neither, 1 right and back, None where
# a neighbour says it; by the axis and side of a neighbour; by the walls; by the compartment's row and column.
CORNERS = {
    (-1, -1): "at the front left",
    (0, -1): "at the front, in the middle",
    (1, -1): "at the front right",
    (-1, 0): "at the left, in the middle",
    (0, 0): "in the middle",
    (1, 0): "at the right, in the middle",
    (-1, 1): "at the back left",
    (0, 1): "at the back, in the middle",
    (1, 1): "at the back right",
    (None, -1): "at the front",
    (None, 1): "at the back",
    (-1, None): "at the left",
    (1, None): "at the right",
    (None, 0): "in the middle",
    (0, None): "in the middle",
}
NEIGHBOURS = {
    (0, -1): "left of {unit}",
    (0, 1): "right of {unit}",
    (1, -1): "before {unit}",
    (1, 1): "behind {unit}",
}
APART_BY = "{gap} mm {side}"
WALLS = "at least {walls} mm from the walls"
ONLY_COMPARTMENT = "in its compartment"
COMPARTMENT = "in compartment {number} ({place})"
ROWS = ("front row", "back row", "{ordinal} row from the front")
COLUMNS = ("left", "right", "{ordinal} from the left")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
LAST = " and "

# Filling, closing, marking, weighing.
FILLINGS = {
    Component.VOID_FILL: "Fill the gaps{top}: {litres} L of {name} in all ({mass}).",
    Component.BLOCKING: "Block {where}: {litres} L of {name} ({mass}).",
}
TOP = " and the {depth} mm on top"
AT_END = " and the {depth} mm at the open end"
SPACES = ("the space {sides}", "the spaces {sides}")
MORE_SPACES = "{count} more beside goods"
TAPE_TOP = "Close it and tape its top: {strips}."
TAPE_END = "Close the open end and tape it: {strips}."
TAPE_ALL = "Tape it: {strips}, half of them over the opening and half opposite it."
NO_TAPE = "Close it without tape."
FRAGILE = "Fragile"
THIS_WAY_UP = "This way up"
LIFTING = {HandlingMark.HEAVY: "Heavy", HandlingMark.TEAM_LIFT: "Team lift"}
MARKS = "Mark it: {marks}."
NO_MARKS = "It needs no mark."
SCALE = "The scale shows {low} to {high}."
UNCOUNTED = "Count {names}: one too few would not show on the scale."

# Why a parcel is one of its own, first by what keeps two parcels apart, then by what is known of fewer parcels.
PARTED = "Why not in {parcels}: {reason}."
PARCEL = "parcel {number}"
PARCELS = "parcels {numbers}"
MORE_PARCELS = "{count} more"
EARLIER_PARCELS = "an earlier parcel"
APART_OWN = "{what} ships as it is, and nothing goes with it"
APART_GROUP = "{what} is of the keep-apart group {group}, {other} of {other_group}"
APART_HEAVY = "{heavy} ({mass}) would crush {light}, beside which at most {most} may lie"
APART_CAP = "together they have {amount} of {property}, and a parcel may have {most}"
APART_BEGUN = "no way was found to pack these goods with what was there already"
APART_PACK = "{what} goes into a pack with compartments, and nothing else goes into that"
APART_PACKS = "{what} and {other} go into different packs with compartments"
APART_FULL = "no compartment is free there"
APART_BOX = "not even {box}, the largest box, takes all: {rule}"
APART_ROOM = "not even {box}, the largest box, has room for all, which is proved"
APART_PROVED = "the order does not go into fewer than {count} parcels, which is proved"
APART_FOUND = "no plan with fewer than {count} parcels was found"
APART_BETTER = "this is the best plan found by {objective}"


def named(line: Item) -> str:
    """Return what a line is called: its description in quotes, else its article with SKU or line, else either.

    An id without a letter is said to be one: steps are called by their numbers, and units are counted.
    """
    if line.description:
        return f'"{line.description}"'
    bare = line.article.removesuffix("_bare")
    article = bare.replace("_", " ")
    if bare != line.article:
        article = BARE_ARTICLE.format(article=article)
    if article and article.casefold() not in line.sku.casefold():
        called = line.sku or (OF_LINE.format(line=line.line_id) if line.line_id.casefold() != article else "")
        return ARTICLE.format(article=article, name=called).strip()
    if line.sku:
        return line.sku if _lettered(line.sku) else SKU.format(sku=line.sku)
    return line.line_id if _lettered(line.line_id) else LINE.format(line=line.line_id)


def _lettered(text: str) -> bool:
    return any(map(str.isalpha, text))


def dunnage_words(dunnage_id: str) -> str:
    """Return what a kind of dunnage is called."""
    return dunnage_id.replace("-", " ").replace(" paper wrap", " paper")


def counted(forms: tuple[str, str], count: int, **said: str) -> str:
    """Return the form for one or for more, filled in."""
    return forms[count != 1].format(count=count, **said)


def listed(words: Iterable[str]) -> str:
    """Return words as a list."""
    *first, end = words
    return f"{', '.join(first)}{LAST}{end}" if first else end
