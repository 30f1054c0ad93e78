"""Orders: lines of units that go to one consignee together."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from boxwright import units
from boxwright.domain.fields import (
    Id,
    Label,
    Length,
    LengthOrZero,
    Mass,
    Note,
    Ruled,
    holds_whole,
    some,
    unique,
    within,
)
from boxwright.domain.property_cap import Amounts
from boxwright.errors import FieldViolation
from boxwright.lazy import cached_property

MAX_UNITS_PER_ORDER = 10_000


class Orientation(enum.StrEnum):
    """The declared edges (Length, Width, Height) along x, y and z."""

    LWH = "LWH"
    WLH = "WLH"
    LHW = "LHW"
    HLW = "HLW"
    WHL = "WHL"
    HWL = "HWL"

    def rotate(self, length: int, width: int, height: int) -> tuple[int, int, int]:
        """Return the extents along x, y, z of declared edges."""
        edge = {"L": length, "W": width, "H": height}
        along_x, along_y, along_z = self
        return edge[along_x], edge[along_y], edge[along_z]

    def edges_of(self, x: int, y: int, z: int) -> tuple[int, int, int]:
        """Return the declared edges of extents: the inverse of ``rotate``."""
        extent = dict(zip(self.value, (x, y, z), strict=True))
        return extent["L"], extent["W"], extent["H"]


ALL_ORIENTATIONS = tuple(Orientation)
UPRIGHT = (Orientation.LWH, Orientation.WLH)
"""The orientations that keep the declared height vertical ("this way up")."""


ECHOED = ("sku", "description", "barcode")
"""Fields of a line that answers repeat on request."""
FOR_PEOPLE = (*ECHOED, "picture_uri")
"""Fields of a line that never change a plan."""


class DimensionStatus(enum.StrEnum):
    """Origin of a line's dimensions."""

    DECLARED = "declared"
    MEASURED = "measured"
    DEFAULTED = "defaulted"
    MISSING = "missing"


class FragilityClass(enum.StrEnum):
    """Fragility classes, sturdiest first; ``fragility_classes.csv`` has their gaps and rules."""

    SHIP_READY = "ship_ready"
    EASY = "easy"
    BOXED = "boxed"
    FRAGILE = "fragile"
    VERY_FRAGILE = "very_fragile"

    @property
    def sturdy(self) -> bool:
        """Whether goods need no protection."""
        return self in (FragilityClass.SHIP_READY, FragilityClass.EASY)

    @property
    def breakable(self) -> bool:
        """Whether goods break under a heavy unit, and their parcel is marked fragile."""
        return self in (FragilityClass.FRAGILE, FragilityClass.VERY_FRAGILE)


class SpecialHandling(enum.StrEnum):
    """Special handling of goods; ``special_handling.csv`` has its rules."""

    LIQUID = "liquid"
    SHARP = "sharp"
    AEROSOL = "aerosol"
    LITHIUM_IN_EQUIPMENT = "lithium_in_equipment"
    LITHIUM_WITH_EQUIPMENT = "lithium_with_equipment"
    LITHIUM_ALONE = "lithium_alone"
    DRY_ICE = "dry_ice"
    PERISHABLE = "perishable"


@dataclass(frozen=True, slots=True)
class Fragility(Ruled):
    """Fragility of a unit: a class, the shock that it survives, or both."""

    fragility_class: FragilityClass | None = None
    """Fragility class. Default: the class of its G-level."""
    g_level: Annotated[float, within(1, 1_000)] | None = None
    """Peak acceleration that the unit survives, in multiples of g (9.80665 m/s2). Default: unknown."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.fragility_class is None and self.g_level is None:
            yield FieldViolation("fragility", "must give a class, a G-level, or both")


MAX_FOLDS = 6


@holds_whole
@dataclass(frozen=True)
class SoftGoods(Ruled):
    """Folding and pressing of a soft unit."""

    min_thickness_mm: Length | None = None
    """Thickness to which an unfolded unit may be pressed, in mm, at most its height. Default: not pressed."""
    max_folds: Annotated[int, within(0, MAX_FOLDS)] = 0
    """Maximum number of folds in half, 0 to 6."""
    min_thickness_um = units.InWhole[int | None]()


def folded_um(edges_um: tuple[int, int, int], folds: int) -> tuple[int, int, int]:
    """Return length, width and thickness after folds, in um, halves rounded up."""
    length, width, thickness = edges_um
    for _ in range(folds):
        if length >= width:
            length = (length + 1) // 2
        else:
            width = (width + 1) // 2
        thickness *= 2
    return length, width, thickness


MAX_CUSHION_MM = 1_000.0


@holds_whole
@dataclass(frozen=True)
class MaterialMass(Ruled):
    """Mass of a material."""

    material_id: Id
    mass_g: Annotated[Mass, within(0, above=True)]
    """Mass in g, above 0; rounded to mg."""
    mass_mg = units.InWhole[int]()


@holds_whole
@dataclass(frozen=True)
class SalesPackaging(Ruled):
    """Sales packaging of a unit, included in the size and mass of its line."""

    cushion_mm: Annotated[LengthOrZero, within(0, MAX_CUSHION_MM)] = 0.0
    """Thickness of its cushion on each face, in mm, 0 to 1,000; less cushioning is then added."""
    cushion_material_id: Label = ""
    """Material of that cushion. Default: unknown."""
    materials: Annotated[tuple[MaterialMass, ...], unique("material_id")] = ()
    """Its materials, each once. Default: unknown."""
    cushion_um = units.InWhole[int]()

    @property
    def mass_mg(self) -> int:
        """Mass of the stated materials, in mg."""
        return sum(material.mass_mg for material in self.materials)


@holds_whole
@dataclass(frozen=True)
class Item(Ruled):
    """An order line: one SKU with a quantity."""

    line_id: Id
    """Id of the line, unique in the order."""
    quantity: Annotated[int, within(1)] = 1
    """Number of units of the line, at least 1."""
    length_mm: LengthOrZero = 0.0
    width_mm: LengthOrZero = 0.0
    height_mm: LengthOrZero = 0.0
    """Declared edges of a unit with its sales packaging, in mm; rounded to um."""
    mass_g: Mass = 0.0
    """Mass of a unit in g, 0 or more; rounded to mg."""
    orientations: Annotated[tuple[Orientation, ...], some("must allow at least one orientation"), unique()] = (
        ALL_ORIENTATIONS
    )
    """Allowed orientations. Default: all six; ``UPRIGHT`` keeps the height vertical."""
    max_load_g: Mass | None = None
    """Mass that a unit may carry, in g; 0 is "nothing on top". Default: by its fragility class or, if that has no
    limit, by mass and density. Soft goods carry at least all soft goods of the order."""
    fragility: Fragility | None = None
    """Fragility of a unit; must be absent for soft goods. Default: that of its article if it has one, otherwise
    ``easy``."""
    article: Label = ""
    """Id of ``articles.csv``, such as ``mug``; the article gives the protection unless the line states it."""
    dimension_status: DimensionStatus = DimensionStatus.DECLARED
    """Origin of the dimensions; units with ``missing`` ones are reported as unpacked."""
    sku: Label = ""
    description: Label = ""
    """Texts for pictures, packing instructions and reports; up to 200 characters without control characters."""
    keep_together_group: Label = ""
    """All units of lines with the same value go into one parcel, or none is packed. Default: no rule."""
    keep_apart_group: Label = ""
    """A parcel holds units of at most one group, and any units without a group. Default: no rule."""
    property_amounts: Amounts = ()
    """Amounts of properties in a unit, for caps of the policy."""
    soft_goods: SoftGoods | None = None
    """Folding and pressing of a soft unit, whose edges are those when it lies flat and unpressed. Default: rigid."""
    ships_in_own_container: bool = False
    """Whether the unit may ship without a catalog box."""
    sales_packaging: SalesPackaging | None = None
    barcode: Label = ""
    """Scanner code, such as a GTIN; used like ``sku``."""
    special_handling: Annotated[tuple[SpecialHandling, ...], unique()] = ()
    """Special handling in addition to that of its article."""
    picture_uri: Note = ""
    """Address of a picture by https, which pages link to. Default: none."""
    length_um = units.InWhole[int]()
    width_um = units.InWhole[int]()
    height_um = units.InWhole[int]()
    mass_mg = units.InWhole[int]()
    max_load_mg = units.InWhole[int | None]()

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.picture_uri and not (self.picture_uri.startswith("https://") and self.picture_uri.isprintable()):
            yield FieldViolation("picture_uri", "must begin with https:// and hold no control characters")
        edges = (self.length_mm, self.width_mm, self.height_mm)
        if 0 in edges and self.dimension_status is not DimensionStatus.MISSING:
            for name, edge in zip(("length_mm", "width_mm", "height_mm"), edges, strict=True):
                if rule := units.length_rule(edge):
                    yield FieldViolation(name, rule)
        if self.soft_goods is not None:
            thinnest = self.soft_goods.min_thickness_mm
            if thinnest is not None and thinnest > self.height_mm > 0:
                rule = f"must be at most the height at rest, {self.height_mm:g} mm, got {thinnest:g}"
                yield FieldViolation("soft_goods.min_thickness_mm", rule)
            if self.fragility is not None:
                rule = "must be absent for soft goods, which cannot be cushioned"
                yield FieldViolation("fragility", rule)
        inside = self.sales_packaging
        if inside is not None and inside.mass_mg > units.to_mg(self.mass_g):
            rule = f"must not exceed the mass of the unit, which includes it ({self.mass_g:g} g)"
            yield FieldViolation("sales_packaging.materials", f"{rule}, got {units.exact(inside.mass_mg)}")
        if inside is not None and inside.cushion_mm:
            if self.soft_goods is not None:
                yield FieldViolation("sales_packaging.cushion_mm", "must be 0 for soft goods, which are not cushioned")
            if 2 * inside.cushion_mm >= min(edges) > 0:
                rule = f"must be less than half the shortest edge, {min(edges):g} mm, got {inside.cushion_mm:g}"
                yield FieldViolation("sales_packaging.cushion_mm", rule)

    @cached_property
    def edges_um(self) -> tuple[int, int, int]:
        """Declared length, width and height of one unit, in um."""
        return self.length_um, self.width_um, self.height_um

    @cached_property
    def inner_cushion_um(self) -> int:
        """Thickness of the sales packaging's cushion on each face, in um."""
        return 0 if self.sales_packaging is None else self.sales_packaging.cushion_um

    @property
    def care_field(self) -> str:
        """The first stated field of ``fragility``, ``article`` and ``special_handling``; empty if none."""
        fields = "fragility", "article", "special_handling"
        return next((name for name in fields if getattr(self, name)), "")

    def shape_um(self, folds: int = 0) -> tuple[int, int, int]:
        """Return length, width and thickness of a unit as packed, in um; soft goods are pressed and folded."""
        if self.soft_goods is None:
            return self.edges_um
        length, width, thickness = self.edges_um
        least = self.soft_goods.min_thickness_um
        return folded_um((length, width, thickness if least is None else least), folds)


@dataclass(frozen=True)
class Order(Ruled):
    """Lines that go to one consignee together, with at most ``MAX_UNITS_PER_ORDER`` units.

    A keep-together group must not contain two keep-apart groups.
    """

    order_id: Id
    """The caller's id of the order."""
    lines: Annotated[tuple[Item, ...], some("must hold at least one line"), unique("line_id")]
    boxes_used: tuple[str, ...] = ()
    """Boxes that a past order actually shipped in, one per parcel, which evaluations compare with. Default: not
    recorded."""
    destination: str = ""
    """Country in capitals, with the postal code after a colon if known (``DE:10115``); it selects the lane in runs of
    many orders. Default: unknown."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.unit_count > MAX_UNITS_PER_ORDER:
            yield FieldViolation("lines", f"must hold at most {MAX_UNITS_PER_ORDER} units, got {self.unit_count}")
        # Lines that must be both together and apart can never be packed.
        apart: dict[str, str] = {}
        for index, line in enumerate(self.lines):
            together, value = line.keep_together_group, line.keep_apart_group
            if together and value and apart.setdefault(together, value) != value:
                rule = f"must be {apart[together]!r} as for others of keep-together group {together!r}, got {value!r}"
                yield FieldViolation(f"lines[{index}].keep_apart_group", rule)

    @property
    def country(self) -> str:
        """Destination country; empty if unknown."""
        return self.destination.partition(":")[0]

    @property
    def unit_count(self) -> int:
        """Number of units of all lines."""
        return sum(line.quantity for line in self.lines)

    @property
    def goods_mg(self) -> int:
        """Mass of all units, in mg."""
        return sum(line.quantity * line.mass_mg for line in self.lines)
