"""An order: lines of units that go to one consignee together."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass, fields
from types import NoneType

from boxwright import units
from boxwright.domain.fields import (
    Ruled,
    as_tuple,
    coerce,
    coerce_each,
    holds_whole,
    id_rules,
    is_number,
    is_whole,
    label_rules,
    of_kind,
    refuse,
    shown,
)
from boxwright.domain.property_cap import PropertyAmount, unique_properties
from boxwright.domain.sales_packaging import SalesPackaging
from boxwright.domain.soft_goods import SoftGoods, folded_um
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


@dataclass(frozen=True, slots=True)
class Fragility(Ruled):
    """How much a unit needs protection: by a class, by the shock that it survives, or both.

    Parameters
    ----------
    fragility_class : FragilityClass or str, optional
        How it is protected. Default: the class that its G-level falls in.
    g_level : float, optional
        Peak acceleration that the unit survives, in multiples of g (9.80665 m/s2). Default: not known.

    Raises
    ------
    InvalidInputError
        If neither is given, the class is unknown, or the G-level is not a number from 1 to 1000.
    """

    fragility_class: FragilityClass | None = None
    g_level: float | None = None

    def _broken_rules(self) -> Iterator[FieldViolation]:
        if self.fragility_class is None and self.g_level is None:
            yield FieldViolation("fragility", "must give a class, a G-level, or both")
        if self.fragility_class is not None:
            yield from coerce(self, "fragility_class", FragilityClass)
        if self.g_level is not None and not is_number(self.g_level, 1, 1000):
            yield FieldViolation("g_level", f"must be from 1 to 1000 G, got {shown(self.g_level)}")


@holds_whole
@dataclass(frozen=True)
class Item(Ruled):
    """An order line: one SKU with a quantity.

    Parameters
    ----------
    line_id : str
        Unique in its order.
    quantity : int
        Units on the line, at least 1. Default 1.
    length_mm, width_mm, height_mm : float
        Declared edges of one unit with its sales packaging, in mm; snapped to the nearest um.
    mass_g : float
        Mass of one unit in g, zero or more; snapped to the nearest mg.
    orientations : sequence of Orientation, optional
        Allowed orientations. Default all six; ``UPRIGHT`` keeps the height vertical.
    max_load_g : float, optional
        Mass that one unit may carry on top, in g; 0 is "nothing on top". Default: that of its fragility class, else
        what its mass and density make plausible; of soft goods, other soft goods without limit and nothing rigid.
    fragility : Fragility, optional
        How much protection it needs. Default: that of its article, else ``easy``. Soft goods have none.
    article : str, optional
        What it is, such as ``mug``: an id of ``articles.csv``, which says how to protect it where the line does not.
        Default empty: not said.
    dimension_status : DimensionStatus, optional
        Default ``declared``. ``missing`` units are never packed: they are reported as unpacked.
    sku, description : str, optional
        Carried through to pictures, bench sentences and reports. Each up to 200 characters, none of them a control
        character. Default empty.
    keep_together_group : str, optional
        All units of lines with the same value go into one parcel, or none is packed. Default empty: no such rule.
    keep_apart_group : str, optional
        A parcel holds units of at most one value; units without a value go with any. Default empty: no such rule.
    property_amounts : sequence of PropertyAmount, optional
        What one unit adds to properties that the policy caps. Default none.
    soft_goods : SoftGoods, optional
        How far a unit folds and gives way; the edges are then those of it lying flat and at rest. Default None: rigid.
    ships_in_own_container : bool, optional
        Whether the unit may ship as it is, without a box of ours. Default False.
    sales_packaging : SalesPackaging, optional
        The packaging that is part of the unit as declared. Default not described.
    barcode : str, optional
        What a scanner reads on a unit, such as its GTIN; carried through as the description is. Default empty.

    Raises
    ------
    InvalidInputError
        With every broken rule.
    """

    line_id: str
    quantity: int = 1
    length_mm: float = 0.0
    width_mm: float = 0.0
    height_mm: float = 0.0
    mass_g: float = 0.0
    orientations: tuple[Orientation, ...] = ALL_ORIENTATIONS
    max_load_g: float | None = None
    fragility: Fragility | None = None
    article: str = ""
    dimension_status: DimensionStatus = DimensionStatus.DECLARED
    sku: str = ""
    description: str = ""
    keep_together_group: str = ""
    keep_apart_group: str = ""
    property_amounts: tuple[PropertyAmount, ...] = ()
    soft_goods: SoftGoods | None = None
    ships_in_own_container: bool = False
    sales_packaging: SalesPackaging | None = None
    barcode: str = ""
    length_um = units.InWhole[int]()
    width_um = units.InWhole[int]()
    height_um = units.InWhole[int]()
    mass_mg = units.InWhole[int]()
    max_load_mg = units.InWhole[int | None]()

    def _broken_rules(self) -> Iterator[FieldViolation]:
        yield from id_rules("line_id", self.line_id)
        if not is_whole(self.quantity, 1):
            yield FieldViolation("quantity", f"must be a whole number of 1 or more, got {shown(self.quantity)}")
        yield from coerce(self, "dimension_status", DimensionStatus)
        missing = self.dimension_status is DimensionStatus.MISSING
        for name in ("length_mm", "width_mm", "height_mm"):
            if rule := units.length_rule(getattr(self, name), zero=missing):
                yield FieldViolation(name, rule)
        if rule := units.mass_rule(self.mass_g):
            yield FieldViolation("mass_g", rule)
        if self.max_load_g is not None and (rule := units.mass_rule(self.max_load_g)):
            yield FieldViolation("max_load_g", rule)
        yield from coerce_each(self, "orientations", Orientation)
        if not self.orientations:
            yield FieldViolation("orientations", "must allow at least one orientation")
        yield from of_kind(self, (Fragility, NoneType), "a Fragility", "fragility")
        for name in LABELS:
            if (text := getattr(self, name)) != "":
                yield from label_rules(name, text)
        if type(self.property_amounts) is not tuple or self.property_amounts:
            yield from as_tuple(self, "property_amounts", PropertyAmount, "a PropertyAmount")
            yield from unique_properties("property_amounts", self.property_amounts)
        yield from of_kind(self, bool, "true or false", "ships_in_own_container")
        if self.soft_goods is not None:
            yield from self._soft_rules()
        if self.sales_packaging is not None:
            yield from self._sales_packaging_rules()

    def _sales_packaging_rules(self) -> Iterator[FieldViolation]:
        inside = self.sales_packaging
        if not isinstance(inside, SalesPackaging):
            yield FieldViolation("sales_packaging", f"must be a SalesPackaging, got {shown(inside)}")
            return
        if not units.mass_rule(self.mass_g) and inside.mass_mg > units.to_mg(self.mass_g):
            rule = f"must weigh at most the unit with it, {self.mass_g:g} g, got {units.exact(inside.mass_mg)}"
            yield FieldViolation("sales_packaging.materials", rule)
        if inside.cushion_mm and self.soft_goods is not None:
            yield FieldViolation("sales_packaging.cushion_mm", "must be 0 for soft goods, which are not cushioned")
        edges = (self.length_mm, self.width_mm, self.height_mm)
        known = not any(units.length_rule(edge) for edge in edges)
        if inside.cushion_mm and known and 2 * inside.cushion_mm >= min(edges):
            rule = f"must be less than half the shortest edge, {min(edges):g} mm, got {inside.cushion_mm:g}"
            yield FieldViolation("sales_packaging.cushion_mm", rule)

    def _soft_rules(self) -> Iterator[FieldViolation]:
        if not isinstance(self.soft_goods, SoftGoods):
            yield FieldViolation("soft_goods", f"must be a SoftGoods, got {shown(self.soft_goods)}")
            return
        thinnest = self.soft_goods.min_thickness_mm
        if thinnest is not None and not units.length_rule(self.height_mm) and thinnest > self.height_mm:
            rule = f"must be at most the height at rest, {self.height_mm:g} mm, got {thinnest:g}"
            yield FieldViolation("soft_goods.min_thickness_mm", rule)
        if self.fragility is not None:
            yield FieldViolation("fragility", "must be absent for soft goods: no cushion fits a shape that gives way")

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
        """The field that says how it is protected: ``fragility`` before ``article``; empty where neither is stated."""
        return "fragility" if self.fragility is not None else "article" if self.article else ""

    def shape_um(self, folds: int = 0) -> tuple[int, int, int]:
        """Return length, width and thickness at which one unit is packed, in um: soft goods are pressed and folded."""
        if self.soft_goods is None:
            return self.edges_um
        length, width, thickness = self.edges_um
        least = self.soft_goods.min_thickness_um
        return folded_um((length, width, thickness if least is None else least), folds)


LABELS = tuple(field.name for field in fields(Item) if field.default == "")
"""Texts of a line that may be empty."""


@dataclass(frozen=True)
class Order:
    """The lines that go to one consignee together.

    Parameters
    ----------
    order_id : str
        The caller's name for the order.
    lines : sequence of Item
        At least one; ``line_id`` unique.
    boxes_used : sequence of str, optional
        Names of the boxes that a past order really left in, one a parcel. No plan looks at them: evaluations compare
        with them. Default none: not recorded.

    Raises
    ------
    InvalidInputError
        If a line id repeats, there is no line, there are more than ``MAX_UNITS_PER_ORDER`` units, or lines of one
        keep-together group must be kept apart.
    """

    order_id: str
    lines: tuple[Item, ...]
    boxes_used: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        broken = [
            *id_rules("order_id", self.order_id),
            *as_tuple(self, "lines", Item, "an Item"),
            *as_tuple(self, "boxes_used", str, "a text"),
        ]
        if not self.lines and not any(each.field.startswith("lines") for each in broken):
            broken.append(FieldViolation("lines", "must hold at least one line"))
        seen: set[str] = set()
        for index, line in enumerate(self.lines):
            if line.line_id in seen:
                broken.append(
                    FieldViolation(f"lines[{index}].line_id", f"must be unique in its order, {line.line_id!r} repeats")
                )
            seen.add(line.line_id)
        if self.unit_count > MAX_UNITS_PER_ORDER:
            broken.append(
                FieldViolation("lines", f"must hold at most {MAX_UNITS_PER_ORDER} units, got {self.unit_count}")
            )
        broken += self._contradictions()
        refuse(broken)

    def _contradictions(self) -> Iterator[FieldViolation]:
        """Yield each line that must go with another one and must not: no catalog and no policy can help."""
        apart: dict[str, str] = {}
        for index, line in enumerate(self.lines):
            together, value = line.keep_together_group, line.keep_apart_group
            if together and value and apart.setdefault(together, value) != value:
                rule = f"must be {apart[together]!r} as for others of keep-together group {together!r}, got {value!r}"
                yield FieldViolation(f"lines[{index}].keep_apart_group", rule)

    @property
    def unit_count(self) -> int:
        """Number of units over all lines."""
        return sum(line.quantity for line in self.lines)

    @property
    def goods_mg(self) -> int:
        """Mass of all units, in mg."""
        return sum(line.quantity * line.mass_mg for line in self.lines)
