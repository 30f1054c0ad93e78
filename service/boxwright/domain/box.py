"""Box types and the catalogs that hold them."""

import enum
import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from boxwright import units
from boxwright.domain.compartments import Cell, Compartments
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.factor import Component
from boxwright.domain.fields import (
    Id,
    Label,
    Length,
    LengthOrZero,
    Mass,
    Name,
    Note,
    Ruled,
    Share,
    changed,
    holds_whole,
    one_of,
    some,
    unique,
    within,
)
from boxwright.domain.footprint import IdleShare, PackagingComponent, ReturnDistance, Reuse
from boxwright.domain.mailer import POUCH, RIGID, WRAP, Shell
from boxwright.domain.property_cap import Caps
from boxwright.domain.source_grade import SourceGrade, grade_rule
from boxwright.errors import FieldViolation
from boxwright.lazy import cached_property
from boxwright.units import MG_PER_KG


class BoxStyle(enum.StrEnum):
    """How a box type is made; numbers are FEFCO codes."""

    RSC_0201 = "rsc_0201"
    TELESCOPE_0300 = "telescope_0300"
    TUCK_0210 = "tuck_0210"
    MAILER_0427 = "mailer_0427"
    FLAT_MAILER = "flat_mailer"
    PADDED_MAILER = "padded_mailer"
    BAG = "bag"
    TOTE = "tote"
    BOOK_WRAP = "book_wrap"


FLEXIBLE_SHELLS: dict[BoxStyle, Shell] = {
    BoxStyle.FLAT_MAILER: POUCH,
    BoxStyle.PADDED_MAILER: POUCH,
    BoxStyle.BAG: POUCH,
    BoxStyle.BOOK_WRAP: WRAP,
}
"""The shells of styles that are as high as what is in them."""


class Opening(enum.StrEnum):
    """Which side of the box opens."""

    TOP = "top"
    END = "end"


@dataclass(frozen=True, slots=True)
class PriceTier(Ruled):
    """A price from a quantity up."""

    min_quantity: Annotated[int, within(1)]
    """Least number of pieces bought at a time for this price, 1 or more."""
    price_minor: Annotated[int, within(0)]
    """Price of one piece in minor units of the catalog's currency (cents, fen), 0 or more."""


def _rising(tiers: tuple[PriceTier, ...]) -> Iterator[tuple[str, str]]:
    for index, (earlier, later) in enumerate(itertools.pairwise(tiers), start=1):
        if later.min_quantity <= earlier.min_quantity:
            begins = f"{earlier.min_quantity}, where the tier before it begins"
            yield f"[{index}].min_quantity", f"must be above {begins}, got {later.min_quantity}"


Tiers = Annotated[tuple[PriceTier, ...], _rising]


@holds_whole
@dataclass(frozen=True)
class BoxType(Ruled):
    """A catalog entry: inner and outer size, tare, limits, material."""

    box_type_id: Id
    """Unique in its catalog."""
    inner_length_mm: Length
    inner_width_mm: Length
    inner_height_mm: Length
    """Usable space in mm. Of mailers and bags: length and width of the flat inside, without the closing flap, and the
    greatest thickness to which it still closes."""
    outer_length_mm: Length | None = None
    outer_width_mm: Length | None = None
    outer_height_mm: Length | None = None
    """Outer size in mm, not below the inner. Default: the inner size (walls of unknown thickness)."""
    tare_g: Mass = 0.0
    """Mass of the empty box in g."""
    max_gross_g: Mass | None = None
    """Most the packed parcel may weigh (goods, dunnage and box), in g. Default unlimited."""
    max_net_g: Mass | None = None
    """Most the goods and dunnage may weigh, in g. Default unlimited."""
    material_id: str = ""
    """Material of the box, as in ``materials/``. Empty: unknown, its production has no factor."""
    style: BoxStyle = BoxStyle.RSC_0201
    opening: Opening = Opening.TOP
    fit_clearance_mm: LengthOrZero = 0.0
    """Slack that goods leave along each inner edge, in mm, so that a packer gets them in and the flaps close. Where a
    catalog does not state it, slotted boxes get that of the materials."""
    board_id: str = ""
    """Board (flute and grades) from which tare was derived."""
    price_minor: Annotated[int, within(0)] | None = None
    """Price of one box in minor units of the catalog's currency (cents, fen). Default unknown."""
    available: Annotated[int, within(0)] | None = None
    """How many there are at this site. Default unlimited; 0 is out of stock."""
    trips: Annotated[int, within(1)] = 1
    """Uses in a life of a reusable box type."""
    name: Name = ""
    source: Note = ""
    note: Note = ""
    """For people: the name up to 200 characters, the others up to 2,000."""
    size_basis: Annotated[str, one_of("inner", "outer")] = "inner"
    """What the published size is: ``inner`` or ``outer``; the other was derived from the board."""
    read_in_source: bool = True
    """Whether the size was read in its source; it says nothing of tare and trips."""
    price_tiers: Tiers = ()
    """Prices from a quantity up, rising in quantity. Default none: ``price_minor`` holds for any quantity."""
    minimum_order_quantity: Annotated[int, within(0)] = 0
    """Least number that can be bought at a time. Default 0: none stated."""
    property_caps: Caps = ()
    """The most of a property of the goods that one of these may hold."""
    flute: Name = ""
    grade: Name = ""
    """Flute letters such as ``BC``, and the grade by which the board is sold, such as ``32 ECT``."""
    caliper_mm: Annotated[float, within(0, 100, above=True)] | None = None
    grammage_g_per_m2: Annotated[float, within(0, 10_000, above=True)] | None = None
    edge_crush_kn_per_m: Annotated[float, within(0, 1_000, above=True)] | None = None
    """Thickness of the board in mm, its mass per area in g/m2 and its edge crush resistance (ECT) in kN/m: the caller's
    own figures, before those of the board that ``board_id`` names. Default those of ``board_id``."""
    recycled_content: Share | None = None
    """Share of recycled fibre in the board, 0 to 1. Default that of the material, where it is known."""
    blank_g: Mass | None = None
    """Mass of the board that goes into one box, trim included, in g; not below the tare. Default the tare."""
    idle_share: IdleShare = 0.0
    """Pieces that lie idle per piece in use, 0 to 10."""
    washing_factor_id: Name = ""
    """Factor of washing one piece, see ``Reuse``. Default empty: not washed."""
    return_distance_km: ReturnDistance = 0.0
    """Way that it travels back empty after each trip, in km as driven, 0 to 50,000."""
    tare_basis: Annotated[str, one_of("stated", "board")] = "stated"
    """Where the tare comes from: ``stated``, or ``board`` where it was derived from size and board."""
    tare_weighed: bool = False
    """Whether the tare was weighed, or read in its source: else footprints count it as unverified."""
    trips_counted: bool = False
    """Whether the trips were counted, or read in their source: else footprints count them as unverified."""
    source_grade: SourceGrade = SourceGrade.OWN
    compartments: Compartments | None = None
    """Of a pack such as a bottle shipper: each unit stands in a compartment of its own, and no dunnage goes in. Its
    tare holds the inserts. Only of rigid boxes that open at the top. Default none: an open box."""
    inner_length_um = units.InWhole[int]()
    inner_width_um = units.InWhole[int]()
    inner_height_um = units.InWhole[int]()
    outer_assumed = False
    """Whether the outer size is the inner for want of one; of a changed copy it is not known."""
    outer_length_um = units.InWhole[int]()
    outer_width_um = units.InWhole[int]()
    outer_height_um = units.InWhole[int]()
    fit_clearance_um = units.InWhole[int]()
    tare_mg = units.InWhole[int]()
    max_gross_mg = units.InWhole[int | None]()
    max_net_mg = units.InWhole[int | None]()
    blank_mg = units.InWhole[int | None]()

    def __post_init__(self) -> None:
        for edge in ("length", "width", "height"):
            if getattr(self, f"outer_{edge}_mm") is None:
                object.__setattr__(self, "outer_assumed", True)
                object.__setattr__(self, f"outer_{edge}_mm", getattr(self, f"inner_{edge}_mm"))
        super().__post_init__()

    def _broken_rules(self) -> Iterator[FieldViolation]:
        for edge in ("length", "width", "height"):
            inner, outer = getattr(self, f"inner_{edge}_mm"), getattr(self, f"outer_{edge}_mm")
            if outer < inner:
                yield FieldViolation(f"outer_{edge}_mm", f"must not be below the inner {inner:g} mm, got {outer:g}")
        if self.blank_g is not None and self.blank_g < self.tare_g:
            yield FieldViolation("blank_g", f"must not be below the tare of {self.tare_g:g} g, got {self.blank_g}")
        if rule := grade_rule(self.source_grade, read_in_source=self.read_in_source):
            yield FieldViolation("source_grade", rule)
        if (grid := self.compartments) is None:
            return
        if self.style in FLEXIBLE_SHELLS:
            yield FieldViolation("compartments", f"must be absent: {self.style.value} is as high as its content")
        if self.opening is not Opening.TOP:
            yield FieldViolation("compartments", f"must be absent where the {self.opening.value} opens, not the top")
        length, width, height = map(units.to_um, (self.inner_length_mm, self.inner_width_mm, self.inner_height_mm))
        for broken in grid.beyond((length, width, height)):
            yield broken.under("compartments")

    def price_at(self, quantity: int) -> int | None:
        """Return the price of one, in minor units, where ``quantity`` are bought, or the least that can be.

        The highest tier that the quantity reaches decides, below the first the price without a tier. Where there is
        none either, the first tier is the smallest purchase that the seller names, so its price holds. None where none
        is known.
        """
        bought = max(quantity, self.minimum_order_quantity, 1)
        reached = [tier.price_minor for tier in self.price_tiers if tier.min_quantity <= bought]
        if not reached and self.price_minor is None:
            reached = [tier.price_minor for tier in self.price_tiers[:1]]
        return reached[-1] if reached else self.price_minor

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        # Of whole numbers alone: kept with a box that is sent to another process, it is the same there.
        limits = (self.max_gross_mg, self.max_net_mg, self.price_minor, self.available)
        stated = tuple(-1 if limit is None else limit for limit in limits)
        return hash((self.inner_um, self.outer_um, self.tare_mg, stated, self.trips))

    @cached_property
    def flexible(self) -> bool:
        """Whether it is a mailer, bag or book wrap, which is as high as what is in it."""
        return self.style in FLEXIBLE_SHELLS

    @cached_property
    def shell(self) -> Shell:
        """How large it is with its content."""
        return FLEXIBLE_SHELLS.get(self.style, RIGID)

    @cached_property
    def has_fill(self) -> bool:
        """Whether void fill and blocking go in: a mailer lies close, and compartments hold their units."""
        return not self.flexible and self.compartments is None

    def slack_um(self, stated_um: int | None, *, needed: bool) -> int:
        """Return what goods leave along each inner edge: what a policy states, else its own where it is needed."""
        if stated_um is not None:
            return stated_um
        return self.fit_clearance_um if needed else 0

    @cached_property
    def cells_um(self) -> tuple[Cell, ...]:
        """Its compartments, see ``Compartments.cells_um``; none of an open box."""
        return () if self.compartments is None else self.compartments.cells_um(self.inner_um)

    @property
    def is_carton(self) -> bool:
        """Whether it is an open box of board, which an inner box has to be: no mailer, no crate, no compartments."""
        return not self.flexible and self.style is not BoxStyle.TOTE and self.compartments is None

    @property
    def has_certificate(self) -> bool:
        """Whether a box certificate can be printed on it: mailers and bags are not boxes."""
        return self.ours and not self.flexible

    @cached_property
    def inner_um(self) -> tuple[int, int, int]:
        """Inner length, width, height in um."""
        return self.inner_length_um, self.inner_width_um, self.inner_height_um

    @cached_property
    def outer_um(self) -> tuple[int, int, int]:
        """Outer length, width, height in um."""
        return self.outer_length_um, self.outer_width_um, self.outer_height_um

    @cached_property
    def inner_volume_um3(self) -> int:
        """Inner volume in cubic um, of mailers and bags the most that goes in.

        Past 64 bits for boxes over about 9 m3, so never in an int64.
        """
        return self.shell.capacity_um3(self.inner_um)

    @property
    def ours(self) -> bool:
        """Whether it is put round units: a unit that ships in its own container has no box of ours."""
        return True

    def has_room(self, volume_um3: float) -> bool:
        """Whether a volume is no more than it has inside; of mailers, whose inside is as filled, any may be."""
        return self.flexible or volume_um3 <= self.inner_volume_um3

    @cached_property
    def reuse(self) -> Reuse | None:
        """What it needs beside its trips; None where nothing is stated."""
        stated = Reuse(self.idle_share, self.washing_factor_id, self.return_distance_km)
        return None if stated == Reuse() else stated

    @property
    def board_mg(self) -> int:
        """Mass of the board that goes into one box, in mg, trim included; the tare where it is not known."""
        return self.tare_mg if self.blank_mg is None else self.blank_mg

    def with_max_gross_mg(self, gross_mg: int | None) -> "BoxType":
        """Return it with a gross limit in mg; itself where that is None, or its own is not above."""
        if gross_mg is None or (self.max_gross_mg is not None and self.max_gross_mg <= gross_mg):
            return self
        return changed(self, max_gross_mg=gross_mg)

    @cached_property
    def max_load_mg(self) -> int | None:
        """Most that goods and dunnage may weigh, in mg: the tighter of the net and the gross limit, tape left out."""
        return self.load_limit_mg(0)

    def load_limit_mg(self, tape_mg: int) -> int | None:
        """Return the most that goods, cushioning and void fill may weigh, in mg. Tape counts to gross, not to net."""
        limits = [] if self.max_net_mg is None else [self.max_net_mg]
        if self.max_gross_mg is not None:
            limits.append(self.max_gross_mg - self.tare_mg - tape_mg)
        return min(limits, default=None)


@dataclass(frozen=True)
class Catalog(Ruled):
    """A named, versioned, hashed set of box types, dunnage and tapes."""

    catalog_id: Id
    """Name, such as ``china-post``."""
    box_types: Annotated[tuple[BoxType, ...], some("must hold at least one box type"), unique("box_type_id")]
    """At least one; ids unique."""
    version: Label = "1"  # a column of the store, as the identifier is
    """Up to 200 characters, none of them a control character."""
    dunnage: Annotated[tuple[Dunnage, ...], unique("dunnage_id")] = ()
    """What is stocked beside the boxes: cushioning, void fill, tape."""
    currency: Name = ""
    """ISO 4217 code of the prices. Default empty: no prices."""
    name: Name = ""
    source: Note = ""
    """For people: the name up to 200 characters, the source up to 2,000."""
    purchase_quantity: Annotated[int, within(0)] = 0
    """How many of a box type are bought at a time: it picks the price tier. Default 0: the least that can be bought."""

    def box_type(self, box_type_id: str) -> BoxType:
        """Return the box type of that id; KeyError if the catalog has none."""
        return self._by_id[box_type_id]

    def field_of(self, box_type_id: str) -> str:
        """Return the path of a box type, such as ``catalog.box_types[3]``; KeyError if the catalog has none."""
        return f"catalog.box_types[{list(self._by_id).index(box_type_id)}]"

    @cached_property
    def at_hand(self) -> tuple[BoxType, ...]:
        """The box types of which there is at least one, the lightest first, by id where alike: ties go by that."""
        ranked = sorted(self.box_types, key=lambda box: (box.tare_mg, box.box_type_id))
        return tuple(box for box in ranked if box.available != 0)

    def stocked(self, quantities: Mapping[str, int | None]) -> "Catalog":
        """Return it with so many of some box types at hand, by id; None is without limit."""
        boxes = (
            changed(box, available=quantities[box.box_type_id]) if box.box_type_id in quantities else box
            for box in self.box_types
        )
        return replace(self, box_types=tuple(boxes))

    def price_minor(self, box: BoxType) -> int | None:
        """Return the price of one box in minor units, at the quantity that is bought; None where it is unknown."""
        return box.price_at(self.purchase_quantity)

    @cached_property
    def _by_id(self) -> dict[str, BoxType]:
        return {box.box_type_id: box for box in self.box_types}

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over the content in sorted-key JSON, as ``sha256:`` and 64 hex digits."""
        text = json.dumps(_content(self), sort_keys=True, separators=(",", ":"))
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _content(value: Any) -> Any:
    """Return plain data; 90, 90.0 and Decimal("90") are one number, as a file and a message may each have it."""
    if is_dataclass(value):
        return {field.name: _content(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_content(entry) for entry in value]
    return float(value) if isinstance(value, Decimal) or type(value) is int else value


def box_component(box: BoxType, *, inner: bool = False) -> PackagingComponent:
    """Return the packaging component of a box type: its mass, trim, recycled content, trips and reuse.

    An ``inner`` box names its type, since a parcel may hold several.
    """
    return PackagingComponent(
        Component.INNER_BOX if inner else Component.BOX,
        box.material_id,
        box.tare_mg,
        box.trips,
        dunnage_id=box.box_type_id if inner else "",
        recycled_content=None if box.recycled_content is None else Decimal(str(box.recycled_content)),
        reuse=box.reuse,
        trim_mg=box.board_mg - box.tare_mg,
    )


def part_cost_minor(part: PackagingComponent, catalog: Catalog) -> int | None:
    """Return the price of a part of a parcel's packaging but for its box, in minor units, half to even.

    Dunnage whose price is not known counts as 0; of an inner box without a price it is None.
    """
    if part.component is Component.INNER_BOX:
        return catalog.price_minor(catalog.box_type(part.dunnage_id))
    found = next((dunnage for dunnage in catalog.dunnage if dunnage.dunnage_id == part.dunnage_id), None)
    return round(Fraction((found and found.price_per_kg_minor) or 0) * part.mass_mg / MG_PER_KG)
