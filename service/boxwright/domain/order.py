"""An order: lines of units that go to one consignee together."""

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
    """Which declared edge (Length, Width, Height) lies along x, y and z."""

    LWH = "LWH"
    WLH = "WLH"
    LHW = "LHW"
    HLW = "HLW"
    WHL = "WHL"
    HWL = "HWL"

    def rotate(self, length: int, width: int, height: int) -> tuple[int, int, int]:
        """Return the extents along x, y, z of a unit of the given declared edges."""
        edge = {"L": length, "W": width, "H": height}
        along_x, along_y, along_z = self
        return edge[along_x], edge[along_y], edge[along_z]

    def edges_of(self, x: int, y: int, z: int) -> tuple[int, int, int]:
        """Return the declared edges of a unit of the given extents: the inverse of ``rotate``."""
        extent = dict(zip(self.value, (x, y, z), strict=True))
        return extent["L"], extent["W"], extent["H"]


ALL_ORIENTATIONS = tuple(Orientation)
UPRIGHT = (Orientation.LWH, Orientation.WLH)
"""The declared height stays vertical ("keep flat", "this way up")."""


ECHOED = ("sku", "description", "barcode")
"""Fields of a line for people and scanners: they are repeated on request and never change a plan."""
FOR_PEOPLE = (*ECHOED, "picture_uri")
"""All fields of a line that never change a plan."""


class DimensionStatus(enum.StrEnum):
    """How much a line's dimensions can be trusted."""

    DECLARED = "declared"
    MEASURED = "measured"
    DEFAULTED = "defaulted"
    MISSING = "missing"


class FragilityClass(enum.StrEnum):
    """How goods are protected, sturdiest first; ``fragility_classes.csv`` has the gaps and rules of each."""

    SHIP_READY = "ship_ready"
    EASY = "easy"
    BOXED = "boxed"
    FRAGILE = "fragile"
    VERY_FRAGILE = "very_fragile"

    @property
    def sturdy(self) -> bool:
        """Whether goods of it need nothing round them: plans do not speak of their protection."""
        return self in (FragilityClass.SHIP_READY, FragilityClass.EASY)

    @property
    def breakable(self) -> bool:
        """Whether goods of it break under a heavy unit, and their parcel is marked fragile."""
        return self in (FragilityClass.FRAGILE, FragilityClass.VERY_FRAGILE)


class SpecialHandling(enum.StrEnum):
    """What goods ask of packer and carrier besides fragility; ``special_handling.csv`` has the rules of each."""

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
    """How much a unit needs protection: by a class, by the shock that it survives, or both."""

    fragility_class: FragilityClass | None = None
    """How it is protected. Default: the class that its G-level falls in."""
    g_level: Annotated[float, within(1, 1_000)] | None = None
    """Peak acceleration that the unit survives, in multiples of g (9.80665 m/s2). Default: not known."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.fragility_class is None and self.g_level is None:
            yield FieldViolation("fragility", "must give a class, a G-level, or both")


MAX_FOLDS = 6


@holds_whole
@dataclass(frozen=True)
class SoftGoods(Ruled):
    """How far a unit folds and gives way."""

    min_thickness_mm: Length | None = None
    """Thickness to which an unfolded unit may be pressed without harm, in mm, at most its height. None: it is firm."""
    max_folds: Annotated[int, within(0, MAX_FOLDS)] = 0
    """How many times it may be folded in half, 0 to 6."""
    min_thickness_um = units.InWhole[int | None]()


def folded_um(edges_um: tuple[int, int, int], folds: int) -> tuple[int, int, int]:
    """Return length, width and thickness after some folds, in um; half an odd number of um is rounded up."""
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
    """A mass of one material."""

    material_id: Id
    mass_g: Annotated[Mass, within(0, above=True)]
    """In g, above 0; snapped to the nearest mg."""
    mass_mg = units.InWhole[int]()


@holds_whole
@dataclass(frozen=True)
class SalesPackaging(Ruled):
    """The sales packaging of one unit; size and mass of its line include it."""

    cushion_mm: Annotated[LengthOrZero, within(0, MAX_CUSHION_MM)] = 0.0
    """Thickness of the cushion that it holds on each face, in mm, 0 to 1,000: it is taken off the cushion to add."""
    cushion_material_id: Label = ""
    """Material of that cushion. Default empty: unknown."""
    materials: Annotated[tuple[MaterialMass, ...], unique("material_id")] = ()
    """What it is made of, each material once. Default empty: unknown."""
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
    """Unique in its order."""
    quantity: Annotated[int, within(1)] = 1
    """Units on the line, at least 1."""
    length_mm: LengthOrZero = 0.0
    width_mm: LengthOrZero = 0.0
    height_mm: LengthOrZero = 0.0
    """Declared edges of one unit with its sales packaging, in mm; snapped to the nearest um."""
    mass_g: Mass = 0.0
    """Mass of one unit in g, zero or more; snapped to the nearest mg."""
    orientations: Annotated[tuple[Orientation, ...], some("must allow at least one orientation"), unique()] = (
        ALL_ORIENTATIONS
    )
    """Allowed orientations. Default all six; ``UPRIGHT`` keeps the height vertical."""
    max_load_g: Mass | None = None
    """Mass that one unit may carry on top, in g; 0 is "nothing on top". Default: that of its fragility class, else what
    its mass and density make plausible; soft goods bear at least all soft goods of the order."""
    fragility: Fragility | None = None
    """How much protection it needs. Default: that of its article, else ``easy``. Soft goods have none."""
    article: Label = ""
    """What it is, such as ``mug``: an id of ``articles.csv``, which says how to protect it where the line does not."""
    dimension_status: DimensionStatus = DimensionStatus.DECLARED
    """Default ``declared``. ``missing`` units are never packed: they are reported as unpacked."""
    sku: Label = ""
    description: Label = ""
    """Carried through to pictures, bench sentences and reports; up to 200 characters each, none a control character."""
    keep_together_group: Label = ""
    """All units of lines with the same value go into one parcel, or none is packed. Default empty: no such rule."""
    keep_apart_group: Label = ""
    """A parcel holds units of at most one value; units without a value go with any. Default empty: no such rule."""
    property_amounts: Amounts = ()
    """What one unit adds to properties that the policy caps."""
    soft_goods: SoftGoods | None = None
    """How far a unit folds and gives way; the edges are then those of it lying flat and at rest. None: rigid."""
    ships_in_own_container: bool = False
    """Whether the unit may ship as it is, without a box of ours."""
    sales_packaging: SalesPackaging | None = None
    barcode: Label = ""
    """What a scanner reads on a unit, such as its GTIN; carried through as the description is."""
    special_handling: Annotated[tuple[SpecialHandling, ...], unique()] = ()
    """What it asks of packer and carrier, beside what its article says: liquid, sharp, a battery. Default none."""
    picture_uri: Note = ""
    """Address of a picture of a unit, by https; pages link to it. Default empty: none."""
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
                rule = "must be absent for soft goods: no cushion fits a shape that gives way"
                yield FieldViolation("fragility", rule)
        inside = self.sales_packaging
        if inside is not None and inside.mass_mg > units.to_mg(self.mass_g):
            rule = f"must weigh at most the unit with it, {self.mass_g:g} g, got {units.exact(inside.mass_mg)}"
            yield FieldViolation("sales_packaging.materials", rule)
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
        """Thickness of the cushion that the sales packaging holds on each face, in um."""
        return 0 if self.sales_packaging is None else self.sales_packaging.cushion_um

    @property
    def care_field(self) -> str:
        """The first of ``fragility``, ``article`` and ``special_handling`` that is stated; empty where none is."""
        fields = "fragility", "article", "special_handling"
        return next((name for name in fields if getattr(self, name)), "")

    def shape_um(self, folds: int = 0) -> tuple[int, int, int]:
        """Return length, width and thickness at which one unit is packed, in um: soft goods are pressed and folded."""
        if self.soft_goods is None:
            return self.edges_um
        length, width, thickness = self.edges_um
        least = self.soft_goods.min_thickness_um
        return folded_um((length, width, thickness if least is None else least), folds)


@dataclass(frozen=True)
class Order(Ruled):
    """The lines that go to one consignee together, of at most ``MAX_UNITS_PER_ORDER`` units.

    Lines of one keep-together group have no two keep-apart groups.
    """

    order_id: Id
    """The caller's name for the order."""
    lines: Annotated[tuple[Item, ...], some("must hold at least one line"), unique("line_id")]
    """At least one; ``line_id`` unique."""
    boxes_used: tuple[str, ...] = ()
    """Names of the boxes that a past order really left in, one a parcel. No plan looks at them: evaluations compare
    with them. Default none: not recorded."""
    destination: str = ""
    """Where it goes: a country as the order names it, in capitals, with the postal code after a colon where it is known
    (``DE:10115``). No plan looks at it: a run of many orders picks a lane by it. Default: not known."""

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.unit_count > MAX_UNITS_PER_ORDER:
            yield FieldViolation("lines", f"must hold at most {MAX_UNITS_PER_ORDER} units, got {self.unit_count}")
        # Lines that must go together and must not: no catalog and no policy can help.
        apart: dict[str, str] = {}
        for index, line in enumerate(self.lines):
            together, value = line.keep_together_group, line.keep_apart_group
            if together and value and apart.setdefault(together, value) != value:
                rule = f"must be {apart[together]!r} as for others of keep-together group {together!r}, got {value!r}"
                yield FieldViolation(f"lines[{index}].keep_apart_group", rule)

    @property
    def country(self) -> str:
        """The country that it goes to; empty where it is not known."""
        return self.destination.partition(":")[0]

    @property
    def unit_count(self) -> int:
        """Number of units over all lines."""
        return sum(line.quantity for line in self.lines)

    @property
    def goods_mg(self) -> int:
        """Mass of all units, in mg."""
        return sum(line.quantity * line.mass_mg for line in self.lines)
