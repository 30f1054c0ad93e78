"""Violations: broken rules, with figures to the um and mg."""

import enum
from dataclasses import dataclass
from typing import Self

from boxwright import units


class ViolationKind(enum.StrEnum):
    """Every rule that a plan can break; ``constraint`` is the broader rule to which it belongs."""

    constraint: str

    def __new__(cls, value: str, constraint: str) -> Self:
        """Return the member with a value and the constraint to which it belongs."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.constraint = constraint
        return member

    MALFORMED = "malformed", "stated_figures"
    """A part of the plan has a wrong type, such as a parcel that is not a ``Parcel``."""
    WRONG_ORDER = "wrong_order", "stated_figures"
    """The plan names another order."""
    WRONG_CATALOG = "wrong_catalog", "stated_figures"
    """The plan names another catalog, version or content."""
    UNKNOWN_LINE = "unknown_line", "units"
    """A placement or unpacked unit names a line that the order does not have."""
    UNKNOWN_UNIT = "unknown_unit", "units"
    """A unit index is not a whole number from 0 to the line's quantity less 1."""
    DUPLICATE_UNIT = "duplicate_unit", "units"
    """A unit is placed twice, or listed as unpacked twice."""
    PACKED_AND_UNPACKED = "packed_and_unpacked", "units"
    """A unit is placed and listed as unpacked."""
    LOST_UNIT = "lost_unit", "units"
    """A unit of the order is neither placed nor listed as unpacked."""
    NO_REASON = "no_reason", "units"
    """An unpacked unit has no known reason code, or no text that names the rule."""
    MISSING_DIMENSIONS = "missing_dimensions", "units"
    """A unit whose dimensions are missing is placed."""
    WRONG_STATUS = "wrong_status", "stated_figures"
    """The status does not follow from the units packed."""
    PARTIAL_NOT_ALLOWED = "partial_not_allowed", "units"
    """Units are not packed, although the policy requires the whole order."""
    TOO_MANY_PARCELS = "too_many_parcels", "max_parcels"
    """More parcels than the policy allows."""
    UNKNOWN_BOX_TYPE = "unknown_box_type", "availability"
    """The catalog has no such box type."""
    BOX_NOT_AVAILABLE = "box_not_available", "availability"
    """More boxes of a type than are in stock."""
    EMPTY_PARCEL = "empty_parcel", "units"
    """A parcel holds no unit."""
    GROUP_SPLIT = "group_split", "groups"
    """Units of a keep-together group are in several parcels, or some are packed and others are not."""
    GROUPS_MIXED = "groups_mixed", "groups"
    """A parcel holds units of several keep-apart groups."""
    OVER_PROPERTY_CAP = "over_property_cap", "property_caps"
    """A parcel holds more of a property than the policy or its box type allows."""
    WRONG_MATERIAL = "wrong_material", "materials"
    """A part of the packaging is of a material that is not known to meet the policy."""
    OWN_CONTAINER = "own_container", "units"
    """A parcel without a box is not a single unit that may ship in its own container, or has packaging or a gap."""
    STARTED_PARCEL = "started_parcel", "started_parcels"
    """A started parcel is missing, has another box type, or a unit in it has moved."""
    INVALID_NUMBER = "invalid_number", "size"
    """A coordinate, extent, half-gap or margin is not a number of mm in its range."""
    ORIENTATION_NOT_ALLOWED = "orientation_not_allowed", "orientation"
    """The line does not allow the stated orientation."""
    WRONG_EXTENTS = "wrong_extents", "size"
    """The extents are not the declared edges in the stated orientation plus two half-gaps."""
    WRONG_SHAPE = "wrong_shape", "size"
    """A rigid unit is folded, or soft goods are folded too often, too thin or too thick."""
    CUSHION_TOO_THIN = "cushion_too_thin", "cushioning"
    """A unit is closer to others or to the walls than its fragility allows."""
    WRONG_CUSHIONING = "wrong_cushioning", "cushioning"
    """A parcel names a wrap that may not be used or is not needed."""
    WRONG_INNER_BOX = "wrong_inner_box", "cushioning"
    """A very fragile unit has no inner box or an unsuitable inner box, a less fragile unit has an inner box, or the
    units of a line have inner boxes of several types."""
    HEAVY_BESIDE_FRAGILE = "heavy_beside_fragile", "cushioning"
    """A unit is too heavy to lie beside a fragile or boxed unit in the same open box."""
    OUTSIDE_PACK = "outside_pack", "cushioning"
    """A unit that needs a pack with compartments lies in an open box, although an available pack takes it."""
    WRONG_PROTECTION = "wrong_protection", "stated_figures"
    """The protection stated for a line (rule, class, gaps, wrap or pads) differs from the protection of its units."""
    OUTSIDE_BOX = "outside_box", "inside"
    """A unit extends beyond the box."""
    TOO_MUCH_GIRTH = "too_much_girth", "inside"
    """The girth of the goods is greater than that of the mailer."""
    NO_CLEARANCE = "no_clearance", "inside"
    """A unit, or the girth of goods in a mailer, extends into the clearance of the policy."""
    WRONG_COMPARTMENT = "wrong_compartment", "inside"
    """A unit names no known compartment, shares it with another unit, is off its floor, or extends beyond its walls."""
    OVERLAP = "overlap", "overlap"
    """Two units overlap, or a unit lies in the wall margin under another."""
    OVERFILLED = "overfilled", "fill_limit"
    """The envelopes take more of the box than the fill limit."""
    TOO_EMPTY = "too_empty", "empty_space"
    """The goods leave more of the box's outer volume empty than the policy allows."""
    UNSUPPORTED = "unsupported", "support"
    """Too little of a unit's base is supported."""
    UNSTABLE = "unstable", "support"
    """The combined centre of mass of a unit and its load lies outside the hull of its contacts."""
    COUNTERBALANCED = "counterbalanced", "support"
    """A combined centre of mass lies outside the hull, but other units hold the unit: contact forces can balance."""
    OVERLOADED = "overloaded", "load_bearing"
    """A unit carries more than its load limit, or soft goods without a load limit carry rigid goods."""
    BLOCKED = "blocked", "pack_sequence"
    """A unit cannot be set down from above, because an earlier unit is in the way."""
    OVER_NET_LIMIT = "over_net_limit", "weight"
    """Goods and dunnage weigh more than the box type may hold."""
    OVER_GROSS_LIMIT = "over_gross_limit", "weight"
    """The packed parcel weighs more than the box type allows."""
    OVER_LIFTING_LIMIT = "over_lifting_limit", "weight"
    """The gross mass of a parcel of several units is above the policy's lifting profile."""
    WRONG_HANDLING_MARK = "wrong_handling_mark", "stated_figures"
    """The handling marks do not follow from the gross mass."""
    OVER_STACK_LOAD = "over_stack_load", "box_strength"
    """The parcels above a box weigh more than it bears under the policy's stacking condition."""
    OVER_CERTIFICATE = "over_certificate", "box_strength"
    """A parcel is heavier or larger than the box certificate allows for the grade of its board."""
    WRONG_STRENGTH = "wrong_strength", "stated_figures"
    """The stated strength of a box, or the stated grade of its board, is wrong."""
    CARRIER_REFUSES = "carrier_refuses", "carrier_limits"
    """The lane's carrier service does not accept a parcel of this size or gross weight."""
    WRONG_BILL = "wrong_bill", "stated_figures"
    """The stated bill or price of carriage does not follow from the carrier's rules for the parcel."""
    WRONG_NET_MASS = "wrong_net_mass", "stated_figures"
    """The stated net mass is not that of the goods."""
    WRONG_GOODS_VOLUME = "wrong_goods_volume", "stated_figures"
    """The stated volume of the goods is wrong."""
    WRONG_BOX_SIZE = "wrong_box_size", "stated_figures"
    """A stated size or volume is not that of the box in the catalog or of the filled mailer."""
    WRONG_PACKAGING = "wrong_packaging", "stated_figures"
    """The stated packaging differs from the box of the catalog and the dunnage that follows from the rules."""
    WRONG_EMPTY_SPACES = "wrong_empty_spaces", "stated_figures"
    """The listed empty spaces are not cuboids that make up all the space that the units leave."""
    WRONG_FOOTPRINT = "wrong_footprint", "stated_figures"
    """A line of a parcel is not amount x factor, a footprint of the plan is not the sum over its parcels, or a derived
    leg is longer or shorter than its ends allow."""
    WRONG_FIGURE = "wrong_figure", "stated_figures"
    """A figure in a plan made elsewhere differs from the figure computed here."""
    NO_LAYOUT = "no_layout", "size"
    """No layout was found for units named without positions."""


@dataclass(frozen=True, slots=True)
class PlanViolation:
    """One broken rule of a plan.

    Attributes
    ----------
    kind : ViolationKind
        The rule.
    detail : str
        One sentence with figures in mm, g or cm3.
    parcel_index : int or None
        The parcel, from 0; None for the plan as a whole.
    line_id, unit_index : str or None, int or None
        The unit; None if no single unit is concerned.
    step : int or None
        First step of the pack sequence, from 1, that breaks the rule; None if the closed parcel breaks the rule.
    other_unit : tuple of (str, int) or None
        Line id and unit index of a second unit.
    """

    kind: ViolationKind
    detail: str
    parcel_index: int | None = None
    line_id: str | None = None
    unit_index: int | None = None
    step: int | None = None
    other_unit: tuple[str, int] | None = None

    @property
    def constraint(self) -> str:
        """The broken constraint: ``pack_sequence`` if only a step breaks it, otherwise the constraint of ``kind``."""
        return "pack_sequence" if self.step is not None else self.kind.constraint

    def __str__(self) -> str:
        where = [] if self.parcel_index is None else [f"parcel {self.parcel_index}"]
        if self.line_id is not None:
            where.append(f"{self.line_id}#{self.unit_index}")
        if self.step is not None:
            where.append(f"step {self.step}")
        return f"{self.kind.value}{' in ' if where else ''}{', '.join(where)}: {self.detail}"


def mm(*lengths_um: float) -> str:
    """Return lengths in um as text in mm."""
    return " x ".join(_plain(length / units.UM_PER_MM) for length in lengths_um) + " mm"


def g(mass_mg: float) -> str:
    """Return a mass in mg as text in g."""
    return f"{_plain(mass_mg / units.MG_PER_G)} g"


def cm3(volume_um3: int) -> str:
    """Return a volume in cubic um as text in cubic cm."""
    return f"{_plain(volume_um3 / 10**12)} cm3"


def percent(share: float) -> str:
    """Return a share as text in percent, with up to four decimals, so that a narrow miss shows."""
    return f"{share * 100:.4f}".rstrip("0").rstrip(".") + " %"


def _plain(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
