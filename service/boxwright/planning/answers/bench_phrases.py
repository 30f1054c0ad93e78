"""Phrases for the person at the bench, a table a language: another language is one more table."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from boxwright.domain.factor import Component
from boxwright.domain.handling_mark import HandlingMark
from boxwright.domain.order import Item
from boxwright.domain.pose import Pose, Turn


@dataclass(frozen=True)
class Phrases:
    """Phrases of one language, most of them templates for ``str.format``.

    Attributes
    ----------
    box, mailer, wrapper, started, started_anew, own_container : str
        What to take, a book wrap being the wrapper, or to go on with.
    bottom_taped, end_taped, end_opens, seams, ends : str or mapping
        Put after a box whose bottom, or other end, is taped, and after one that opens at its end; strips along a seam
        and across its ends, ``one`` and ``more``.
    bottom : str
        The layer of fill under all units.
    articles, dunnage : callable
        Return the words for an article and a dunnage, given by id.
    article, sku, line, bare_line, unit, it : str
        What a unit is called: with its article; without a description; without either; of several; the second time.
    wrap, pads : mapping or str
        What goes round a unit before it is put down; by number of layers, ``one`` and ``more``.
    inner_take, inner_bottom, inner_goods, inner_gap, inner_close, inner_shut, inner_taped, inner_box : str
        Packing a unit in its inner box: taking it, the fill under the goods, the goods, their gap, filling and closing
        it, closing it without fill, and taping it; and what that box is called.
    poses, turns : mapping of str
        Putting a unit down, by how it lies; and which way it runs.
    slide, lay, slide_in, folded : str or mapping
        Putting it into a mailer, on a book wrap, or into a box that opens at its end, by how it lies; how often it is
        folded, ``one`` and ``more``.
    already : str
        A unit that lies in a started parcel.
    floor, bottom_layer, on_fill, raised, on_pads, on, fill_over, above : str
        What a unit stands on: the floor, the bottom layer, fill of some mm, nothing stated, its pads, other units,
        fill over them, and what cannot be named.
    corners : mapping of (int or None, int or None) to str
        Where in the box, by the side that is nearer along x and y: -1 left and front, 0 neither, 1 right and back; None
        where a neighbour says it.
    neighbours, apart : mapping of (int, int) to str, and str
        Which side of a neighbour, by axis and side; put before it where a gap is kept.
    walls : str
        How far from the walls.
    only_compartment, compartment, rows, columns, ordinals
        Which compartment: the only one; one of several, with row and column, which have words where there are two.
    last : str
        Between the last two of a list.
    parts, top, at_end, weighed : mapping and str
        Fillings by component: their litres; with a layer on top, or at the open end; without a density.
    spaces, more_spaces : mapping and str
        Spaces to block: which, ``one`` and ``more``; and how many more.
    tape_top, tape_end, tape_all, no_tape : str
        Taping the top, or the end that was open; all seams of a box whose bottom is no seam; and nothing.
    fragile, this_way_up : str
        Names of marks in ISO 780.
    lifting : mapping of HandlingMark to str
        Marks for those who lift it.
    marks, no_marks, scale, uncounted : str
        What the parcel is marked with, what the scale shows, and which units it does not miss.
    parted, one_parcel, parcels, more_parcels, earlier_parcels : str
        Why a parcel is one of its own, and which earlier ones its goods are not in: one, several, how many more, all.
    apart_own, apart_group, apart_heavy, apart_cap, apart_begun, apart_pack, apart_packs, apart_full : str
        What keeps goods of two parcels apart: a unit that ships as it is, keep-apart groups, a unit that would crush
        another, a capped property, a started parcel that takes no more of them, one pack with compartments, two for
        other articles, two of which one is full.
    apart_box, apart_room, apart_proved, apart_found, apart_better : str
        What is known of fewer parcels: the largest box was refused, by a rule or as too small; none hold the order;
        none were found; and that another objective comes first.
    """

    box: str
    mailer: str
    wrapper: str
    bottom_taped: str
    end_taped: str
    end_opens: str
    seams: Mapping[str, str]
    ends: str
    started: str
    started_anew: str
    own_container: str
    bottom: str
    articles: Callable[[str], str]
    dunnage: Callable[[str], str]
    article: str
    sku: str
    line: str
    bare_line: str
    unit: str
    it: str
    wrap: Mapping[str, str]
    inner_take: str
    inner_bottom: str
    inner_goods: str
    inner_gap: str
    inner_close: str
    inner_shut: str
    inner_taped: str
    inner_box: str
    pads: str
    poses: Mapping[Pose, str]
    turns: Mapping[Turn, str]
    slide: str
    lay: str
    slide_in: str
    folded: Mapping[str, str]
    already: str
    floor: str
    bottom_layer: str
    on_fill: str
    raised: str
    on_pads: str
    on: str
    fill_over: str
    above: str
    corners: Mapping[tuple[int | None, int | None], str]
    neighbours: Mapping[tuple[int, int], str]
    apart: str
    walls: str
    only_compartment: str
    compartment: str
    rows: tuple[str, str, str]
    columns: tuple[str, str, str]
    ordinals: tuple[str, ...]
    last: str
    parts: Mapping[Component, str]
    top: str
    at_end: str
    weighed: Mapping[Component, str]
    spaces: Mapping[str, str]
    more_spaces: str
    tape_top: str
    tape_end: str
    tape_all: str
    no_tape: str
    fragile: str
    this_way_up: str
    lifting: Mapping[HandlingMark, str]
    marks: str
    no_marks: str
    scale: str
    uncounted: str
    parted: str
    one_parcel: str
    parcels: str
    more_parcels: str
    earlier_parcels: str
    apart_own: str
    apart_group: str
    apart_heavy: str
    apart_cap: str
    apart_begun: str
    apart_pack: str
    apart_packs: str
    apart_full: str
    apart_box: str
    apart_room: str
    apart_proved: str
    apart_found: str
    apart_better: str


def _article(article_id: str) -> str:
    bare = article_id.removesuffix("_bare")
    return ("bare " if bare != article_id else "") + bare.replace("_", " ")


def _dunnage(dunnage_id: str) -> str:
    return dunnage_id.replace("-", " ").replace(" paper wrap", " paper")


ENGLISH = Phrases(
    box="Take box {box}, {size} mm inside.",
    mailer="Take mailer {box}, {size} mm.",
    wrapper="Take book wrap {box}, {size} mm, and lay it open.",
    bottom_taped=" Fold it up and tape its bottom: {strips}.",
    end_taped=" Fold it up and tape one end: {strips}.",
    end_opens=" Lay it down with the open end at the right.",
    seams={"one": "1 strip along the seam", "more": "{count} strips along the seam"},
    ends="{strips}, {count} across its ends, {overlap} mm round each corner",
    started="Go on with parcel {started}, box {box}.",
    started_anew="Go on with parcel {started}, box {box}: take out what is in it, which goes back in as follows.",
    own_container="Ship {what} as it is, without a box.",
    bottom="Lay {depth} mm of {name} on the floor of the box.",
    articles=_article,
    dunnage=_dunnage,
    article="the {article} {name}",
    sku="SKU {sku}",
    line="of line {line}",
    bare_line="line {line}",
    unit="{name} ({index} of {quantity})",
    it="it",
    wrap={"one": "Wrap {what} in 1 layer of {name}. ", "more": "Wrap {what} in {count} layers of {name}. "},
    inner_take="Take inner box {box}, {size} mm inside.",
    inner_bottom="Lay {depth} mm of {name} in the inner box.",
    inner_goods="Put {what}, {pose}, in the middle of the inner box{gap}.",
    inner_gap=", at least {gap} mm from each side",
    inner_close="Fill the inner box up, {litres} L of {name} in all ({mass}), and close it.",
    inner_shut="Close the inner box.",
    inner_taped=" Tape its top: {strips}.",
    inner_box="the inner box",
    pads="Put a pad of {name}, {edge} mm square and {thickness} mm thick, on each face of {what}. ",
    poses={
        Pose.UPRIGHT: "Stand {what} upright",
        Pose.FLAT: "Lay {what} flat",
        Pose.ON_ITS_SIDE: "Lay {what} on its side",
        Pose.ON_ITS_LONG_SIDE: "Put {what} on its long side",
        Pose.ON_ITS_END: "Put {what} on its end",
    },
    turns={each: each.value for each in Turn},
    slide="Slide {what} into the mailer",
    lay="Lay {what} on the book wrap",
    slide_in="Slide {what} in at the open end, {pose}",
    folded={"one": "folded once", "more": "folded {count} times"},
    already="Already in the box: {what}, {where}.",
    floor="on the floor",
    bottom_layer="on the fill",
    on_fill="on {depth} mm of fill",
    raised="{depth} mm above the floor, for which the plan has no fill",
    on_pads="on its pads",
    on="on {units}",
    fill_over="on {depth} mm of fill over {units}",
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
        (None, -1): "at the front",
        (None, 1): "at the back",
        (-1, None): "at the left",
        (1, None): "at the right",
        (None, 0): "in the middle",
        (0, None): "in the middle",
    },
    neighbours={
        (0, -1): "left of {unit}",
        (0, 1): "right of {unit}",
        (1, -1): "before {unit}",
        (1, 1): "behind {unit}",
    },
    apart="{gap} mm {side}",
    walls="at least {walls} mm from the walls",
    only_compartment="in its compartment",
    compartment="in compartment {number} ({place})",
    rows=("front row", "back row", "{ordinal} row from the front"),
    columns=("left", "right", "{ordinal} from the left"),
    ordinals=("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    last=" and ",
    parts={
        Component.VOID_FILL: "Fill the gaps{top}: {litres} L of {name} in all ({mass}).",
        Component.BLOCKING: "Block {where}: {litres} L of {name} ({mass}).",
    },
    top=" and the {depth} mm on top",
    at_end=" and the {depth} mm at the open end",
    weighed={
        Component.VOID_FILL: "Fill the gaps{top}: {mass} of {name} in all.",
        Component.BLOCKING: "Block {where}: {mass} of {name}.",
    },
    spaces={"one": "the space {sides}", "more": "the spaces {sides}"},
    more_spaces="{count} more beside goods",
    tape_top="Close it and tape its top: {strips}.",
    tape_end="Close the open end and tape it: {strips}.",
    tape_all="Tape it: {strips}, half of them over the opening and half opposite it.",
    no_tape="Close it without tape.",
    fragile="Fragile",
    this_way_up="This way up",
    lifting={HandlingMark.HEAVY: "Heavy", HandlingMark.TEAM_LIFT: "Team lift"},
    marks="Mark it: {marks}.",
    no_marks="It needs no mark.",
    scale="The scale shows {low} to {high}.",
    uncounted="Count {names}: one too few would not show on the scale.",
    parted="Why not in {parcels}: {reason}.",
    one_parcel="parcel {number}",
    parcels="parcels {numbers}",
    more_parcels="{count} more",
    earlier_parcels="an earlier parcel",
    apart_own="{what} ships as it is, and nothing goes with it",
    apart_group="{what} is of the keep-apart group {group}, {other} of {other_group}",
    apart_heavy="{heavy} ({mass}) would crush {light}, beside which at most {most} may lie",
    apart_cap="together they have {amount} of {property}, and a parcel may have {most}",
    apart_begun="no way was found to pack these goods with what was there already",
    apart_pack="{what} goes into a pack with compartments, and nothing else goes into that",
    apart_packs="{what} and {other} go into different packs with compartments",
    apart_full="no compartment is free there",
    apart_box="not even {box}, the largest box, takes all: {rule}",
    apart_room="not even {box}, the largest box, has room for all, which is proved",
    apart_proved="the order does not go into fewer than {count} parcels, which is proved",
    apart_found="no plan with fewer than {count} parcels was found",
    apart_better="this is the best plan found by {objective}",
)

PHRASES: Mapping[str, Phrases] = MappingProxyType({"en": ENGLISH})
"""By language, as BCP 47 tags it."""


def named(line: Item, phrases: Phrases) -> str:
    """Return what a line is called: its description in quotes, else its article with SKU or line, else either.

    An id without a letter is said to be one: steps are called by their numbers, and units are counted.
    """
    if line.description:
        return f'"{line.description}"'
    article = phrases.articles(line.article)
    if article and article.casefold() not in line.sku.casefold():
        called = line.sku or (phrases.line.format(line=line.line_id) if line.line_id.casefold() != article else "")
        return phrases.article.format(article=article, name=called).strip()
    if line.sku:
        return line.sku if _lettered(line.sku) else phrases.sku.format(sku=line.sku)
    return line.line_id if _lettered(line.line_id) else phrases.bare_line.format(line=line.line_id)


def _lettered(text: str) -> bool:
    return any(map(str.isalpha, text))


def counted(forms: Mapping[str, str], count: int, **said: str) -> str:
    """Return the form for one or for more, filled in."""
    return forms["one" if count == 1 else "more"].format(count=count, **said)


def listed(words: Iterable[str], last: str) -> str:
    """Return words as a list with ``last`` before the last of them."""
    *first, end = words
    return f"{', '.join(first)}{last}{end}" if first else end
