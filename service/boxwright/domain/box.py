"""Box types and catalogs."""

import enum
import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from boxwright import units
from boxwright.domain.compartments import Cell, Compartments, Size
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
from boxwright.domain.order import Item
from boxwright.domain.property_cap import Caps
from boxwright.domain.source_grade import SourceGrade, grade_rule
from boxwright.errors import FieldViolation
from boxwright.lazy import cached_property
from boxwright.units import MG_PER_KG

MOST_ROWS = 64
"""Maximum number of row lengths of rigid units that are compared with an inner edge."""


class BoxStyle(enum.StrEnum):
    """Construction of a box type; numbers are FEFCO codes."""

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
"""Shells of styles whose height follows from their content."""


SLENDER_PERCENT = 15
"""Own rule: a slender carton bends or falls over, so it is chosen only if every other box is larger by more."""
TRAY_PERCENT = 50
TRAY_UM = 500_000
"""Own rule: a tray wider than this sags and is bulky goods for carriers, so it is for goods that fit nothing else."""


class Opening(enum.StrEnum):
    """The side of the box that opens."""

    TOP = "top"
    END = "end"


@dataclass(frozen=True, slots=True)
class PriceTier(Ruled):
    """A price for orders of at least this quantity."""

    min_quantity: Annotated[int, within(1)]
    """Minimum number of pieces per purchase, 1 or more."""
    price_minor: Annotated[int, within(0)]
    """Price of one piece in minor units of the catalog's currency (cents, fen), 0 or more."""


def _rising(tiers: tuple[PriceTier, ...]) -> Iterator[tuple[str, str]]:
    for index, (earlier, later) in enumerate(itertools.pairwise(tiers), start=1):
        if later.min_quantity <= earlier.min_quantity:
            begins = f"{earlier.min_quantity}, the start of the tier before it"
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
    """Usable space in mm. For mailers and bags: length and width of the flat inside, without the closing flap, and the
    greatest thickness at which they close."""
    outer_length_mm: Length | None = None
    outer_width_mm: Length | None = None
    outer_height_mm: Length | None = None
    """Outer size in mm, at least the inner. Default: the inner size."""
    tare_g: Mass = 0.0
    """Mass of the empty box in g."""
    max_gross_g: Mass | None = None
    """Maximum mass of goods, dunnage and box, in g. Default: unlimited."""
    max_net_g: Mass | None = None
    """Maximum mass of goods and dunnage, in g. Default: unlimited."""
    material_id: str = ""
    """Id of a material of ``materials/``. Default: unknown, so that production has no factor."""
    style: BoxStyle = BoxStyle.RSC_0201
    opening: Opening = Opening.TOP
    fit_clearance_mm: LengthOrZero = 0.0
    """Slack along each inner edge, in mm, so that goods go in and flaps close. Slotted boxes of a catalog that does not
    state it get the slack of the materials."""
    board_id: str = ""
    """Board that the tare was derived from."""
    price_minor: Annotated[int, within(0)] | None = None
    """Price of a box in minor units of the catalog's currency (cents, fen). Default: unknown."""
    available: Annotated[int, within(0)] | None = None
    """Boxes in stock. Default: unlimited."""
    trips: Annotated[int, within(1)] = 1
    """Number of uses of a reusable box."""
    name: Name = ""
    source: Note = ""
    note: Note = ""
    """Text for people: ``name`` of up to 200 characters, ``source`` and ``note`` of up to 2,000."""
    size_basis: Annotated[str, one_of("inner", "outer")] = "inner"
    """The published size, ``inner`` or ``outer``; the other was derived from the board."""
    read_in_source: bool = True
    """Whether the size was read in its source. For tare and trips, see ``tare_weighed`` and ``trips_counted``."""
    price_tiers: Tiers = ()
    """Prices by quantity, rising. Default: ``price_minor`` for any quantity."""
    minimum_order_quantity: Annotated[int, within(0)] = 0
    """Minimum number per purchase. Default 0: not stated."""
    property_caps: Caps = ()
    """Maximum amounts of properties of the goods in a box."""
    flute: Name = ""
    grade: Name = ""
    """Flute letters such as ``BC``, and grade in trade, such as ``32 ECT``."""
    caliper_mm: Annotated[float, within(0, 100, above=True)] | None = None
    grammage_g_per_m2: Annotated[float, within(0, 10_000, above=True)] | None = None
    edge_crush_kn_per_m: Annotated[float, within(0, 1_000, above=True)] | None = None
    """Thickness of the board in mm, mass per area in g/m2 and edge crush resistance (ECT) in kN/m, as the caller's own
    figures. Default: those of the board that ``board_id`` names."""
    recycled_content: Share | None = None
    """Share of recycled fibre in the board, 0 to 1. Default: that of the material, if known."""
    blank_g: Mass | None = None
    """Mass of board per box, trim included, in g; at least the tare. Default: the tare."""
    idle_share: IdleShare = 0.0
    """Idle pieces per piece in use, 0 to 10."""
    washing_factor_id: Name = ""
    """Factor of washing, as in ``Reuse``. Default: not stated."""
    return_distance_km: ReturnDistance = 0.0
    """Empty return trip per use, in km as driven, 0 to 50,000."""
    tare_basis: Annotated[str, one_of("stated", "board")] = "stated"
    """Basis of the tare: ``stated``, or ``board`` if it was derived from size and board."""
    tare_weighed: bool = False
    """Whether the tare was weighed or read in its source; otherwise footprints count it as unverified."""
    trips_counted: bool = False
    """Whether trips were counted or read in their source; otherwise footprints count them as unverified."""
    source_grade: SourceGrade = SourceGrade.OWN
    compartments: Compartments | None = None
    """Inserts of a pack such as a bottle shipper, for one unit per compartment and no dunnage; the tare includes them.
    Only for rigid boxes that open at the top. Default: none."""
    inner_length_um = units.InWhole[int]()
    inner_width_um = units.InWhole[int]()
    inner_height_um = units.InWhole[int]()
    outer_assumed = False
    """Whether the outer size was not given; copies made with ``changed`` lose this mark."""
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
            yield FieldViolation("compartments", f"must be absent for {self.style.value}, which has no fixed height")
        if self.opening is not Opening.TOP:
            yield FieldViolation(
                "compartments", f"must be absent unless the box opens at the top, got {self.opening.value}"
            )
        length, width, height = map(units.to_um, (self.inner_length_mm, self.inner_width_mm, self.inner_height_mm))
        for broken in grid.beyond((length, width, height)):
            yield broken.under("compartments")

    def price_at(self, quantity: int) -> int | None:
        """Return the price of a box in minor units at a quantity, or at the minimum order if that is more; or None.

        The highest tier that the quantity reaches applies; below all tiers, the price without a tier; if there is none,
        the first tier, since it is the smallest purchase that the seller offers.
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
        # Only integers are hashed, so that the hash is the same in other processes.
        limits = (self.max_gross_mg, self.max_net_mg, self.price_minor, self.available)
        stated = tuple(-1 if limit is None else limit for limit in limits)
        return hash((self.inner_um, self.outer_um, self.tare_mg, stated, self.trips))

    @cached_property
    def flexible(self) -> bool:
        """Whether it is a mailer, bag or book wrap, whose height follows from its content."""
        return self.style in FLEXIBLE_SHELLS

    @cached_property
    def tie_order(self) -> tuple[int, int, str]:
        """Sort key of box types of equal price: mailers before boxes, then low before high, then light before heavy."""
        return 0 if self.flexible else self.inner_um[2], self.tare_mg, self.box_type_id

    @cached_property
    def shell(self) -> Shell:
        """The shell, which gives the size of the box with its content."""
        return FLEXIBLE_SHELLS.get(self.style, RIGID)

    @cached_property
    def has_fill(self) -> bool:
        """Whether it takes void fill and blocking, unlike mailers and compartments."""
        return not self.flexible and self.compartments is None

    def may_be_tight(self, rigid: Sequence[Item]) -> bool:
        """Whether rigid units in a row, with soft ones pressed between them, may leave less than its slack.

        True as well if there are more than ``MOST_ROWS`` lengths of rows along an inner edge.
        """
        for inner in self.inner_um:
            rows = {0}
            for unit in itertools.chain.from_iterable(itertools.repeat(line, line.quantity) for line in rigid):
                rows |= {row + edge for row in rows for edge in unit.edges_um if row + edge <= inner}
                if max(rows) > inner - self.fit_clearance_um or len(rows) > MOST_ROWS:
                    return True
        return False

    def slack_um(self, stated_um: int | None, *, needed: bool) -> int:
        """Return the slack along each inner edge, in um.

        It is ``stated_um`` of the policy; if the policy states none, that of the box type if ``needed``, otherwise 0.
        """
        if stated_um is not None:
            return stated_um
        return self.fit_clearance_um if needed else 0

    @cached_property
    def cells_um(self) -> tuple[Cell, ...]:
        """Its compartments as in ``Compartments.cells_um``; empty without inserts."""
        return () if self.compartments is None else self.compartments.cells_um(self.inner_um)

    @property
    def cell_sizes_um(self) -> list[Size]:
        """Length, width and height of each of ``cells_um``."""
        return [(x2 - x, y2 - y, z2 - z) for x, y, z, x2, y2, z2 in self.cells_um]

    @property
    def is_carton(self) -> bool:
        """Whether it is a box without inserts, not a mailer or a tote, as inner boxes must be."""
        return not self.flexible and self.style is not BoxStyle.TOTE and self.compartments is None

    @property
    def has_certificate(self) -> bool:
        """Whether it can bear a box certificate; mailers and bags cannot."""
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
        """Inner volume in cubic um, for mailers and bags the largest one; it exceeds 64 bits above about 9 m3."""
        return self.shell.capacity_um3(self.inner_um)

    def counted_um3(self, volume_um3: int) -> int:
        """Return an inner volume as the objective ``inner_volume`` counts it, in cubic um, rounded down.

        That of a slender carton counts ``SLENDER_PERCENT`` more, that of a tray ``TRAY_PERCENT``. A carton is slender
        if its longest edge is more than twice the next one, or if its height is at least twice the narrower edge of its
        base. It is a tray if that edge is above ``TRAY_UM`` and more than four times the height.
        """
        if not (self.ours and self.is_carton):
            return volume_um3
        length, width, height = self.inner_um
        _, middle, longest = sorted(self.inner_um)
        slender = longest > 2 * middle or height >= 2 * min(length, width)
        tray = min(length, width) > max(TRAY_UM, 4 * height)
        return volume_um3 * (100 + (TRAY_PERCENT if tray else SLENDER_PERCENT if slender else 0)) // 100

    @property
    def ours(self) -> bool:
        """Whether it is a catalog box, not a unit's own container."""
        return True

    def has_room(self, volume_um3: float) -> bool:
        """Return whether a volume fits inside; always true for mailers, whose inside varies."""
        return self.flexible or volume_um3 <= self.inner_volume_um3

    @cached_property
    def reuse(self) -> Reuse | None:
        """Its reuse without trips; None if nothing is stated."""
        stated = Reuse(self.idle_share, self.washing_factor_id, self.return_distance_km)
        return None if stated == Reuse() else stated

    @property
    def board_mg(self) -> int:
        """Mass of board per box in mg, trim included; the tare if unknown."""
        return self.tare_mg if self.blank_mg is None else self.blank_mg

    def with_max_gross_mg(self, gross_mg: int | None) -> "BoxType":
        """Return a copy with a lower gross limit in mg, or itself if the limit is not lower."""
        if gross_mg is None or (self.max_gross_mg is not None and self.max_gross_mg <= gross_mg):
            return self
        return changed(self, max_gross_mg=gross_mg)

    @cached_property
    def max_load_mg(self) -> int | None:
        """Maximum mass of goods and dunnage without tape, in mg, by the net and the gross limit."""
        return self.load_limit_mg(0)

    def load_limit_mg(self, tape_mg: int) -> int | None:
        """Return the maximum mass of goods, cushioning and void fill, in mg; tape counts in the gross limit only."""
        limits = [] if self.max_net_mg is None else [self.max_net_mg]
        if self.max_gross_mg is not None:
            limits.append(self.max_gross_mg - self.tare_mg - tape_mg)
        return min(limits, default=None)


@dataclass(frozen=True)
class Catalog(Ruled):
    """A named, versioned, hashed set of box types, dunnage and tapes."""

    catalog_id: Id
    """Id of the catalog, such as ``china-post``."""
    box_types: Annotated[tuple[BoxType, ...], some("must hold at least one box type"), unique("box_type_id")]
    version: Label = "1"  # stored in a column, so it must not have control characters
    """Version, up to 200 characters without control characters."""
    dunnage: Annotated[tuple[Dunnage, ...], unique("dunnage_id")] = ()
    """Cushioning, void fill, tape and other dunnage in stock."""
    currency: Name = ""
    """ISO 4217 code of the prices. Default: no prices."""
    name: Name = ""
    source: Note = ""
    """Text for people: ``name`` of up to 200 characters, ``source`` of up to 2,000."""
    purchase_quantity: Annotated[int, within(0)] = 0
    """Quantity per purchase, which selects price tiers. Default 0: the minimum order."""

    def box_type(self, box_type_id: str) -> BoxType:
        """Return a box type by id; KeyError if unknown."""
        return self._by_id[box_type_id]

    def field_of(self, box_type_id: str) -> str:
        """Return the field path of a box type, such as ``catalog.box_types[3]``; KeyError if unknown."""
        return f"catalog.box_types[{list(self._by_id).index(box_type_id)}]"

    @cached_property
    def at_hand(self) -> tuple[BoxType, ...]:
        """Box types in stock, in the order of ``BoxType.tie_order``."""
        ranked = sorted(self.box_types, key=lambda box: box.tie_order)
        return tuple(box for box in ranked if box.available != 0)

    def stocked(self, quantities: Mapping[str, int | None]) -> "Catalog":
        """Return a copy with these quantities in stock, by box type id; None is unlimited."""
        boxes = (
            changed(box, available=quantities[box.box_type_id]) if box.box_type_id in quantities else box
            for box in self.box_types
        )
        return replace(self, box_types=tuple(boxes))

    def price_minor(self, box: BoxType) -> int | None:
        """Return the price of a box in minor units at the catalog's purchase quantity; None if unknown."""
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
    """Return plain data in which 90, 90.0 and Decimal("90") are equal, since files and messages differ in the type."""
    if is_dataclass(value):
        return {field.name: _content(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_content(entry) for entry in value]
    return float(value) if isinstance(value, Decimal) or type(value) is int else value


def box_component(box: BoxType, *, inner: bool = False) -> PackagingComponent:
    """Return the packaging component of a box type; an ``inner`` box names its type, since parcels may hold several."""
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
    """Return the price of dunnage or an inner box in minor units, rounded half to even.

    Dunnage without a price counts as 0; the price of an inner box without one is None.
    """
    if part.component is Component.INNER_BOX:
        return catalog.price_minor(catalog.box_type(part.dunnage_id))
    found = next((dunnage for dunnage in catalog.dunnage if dunnage.dunnage_id == part.dunnage_id), None)
    return round(Fraction((found and found.price_per_kg_minor) or 0) * part.mass_mg / MG_PER_KG)
