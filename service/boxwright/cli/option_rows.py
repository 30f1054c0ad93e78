"""Options that set a field of a policy or lane."""

import re
from typing import NamedTuple


class Row(NamedTuple):
    """An option that sets a field and has its type and default."""

    field: str
    help: str
    """Help text; it states the default if the default of the field says too little."""
    metavar: str = ""
    named: str = ""

    @property
    def flag(self) -> str:
        """Name of the option: ``named`` or, by default, the field without its unit, such as ``--fit-clearance``."""
        return self.named or "--" + re.sub("_(mm|ids?)$", "", self.field).replace("_", "-")


POLICY_ROWS = (
    Row("objectives", "Objective; repeat for ties.  [default: parcel_count, inner_volume]", named="--objective"),
    Row("support_ratio", "Minimum share of each base that rests on something, 0 to 1; 0 also switches stability off."),
    Row(
        "fit_clearance_mm",
        "Slack along each inner edge of the box, in mm.  [default: as the box type states]",
        "MM",
    ),
    Row("max_empty_space_ratio", "Largest share of a box's outer volume that goods may leave empty, 0 to 1.", "SHARE"),
    Row("fill_limit", "Largest share of the box that goods and cushioning may take, above 0, at most 1."),
    Row("max_parcels", "Maximum number of parcels of an order.  [default: unlimited]", "N"),
    Row("max_effort", "Number of steps after which the search ends with the best plan so far.", "N"),
    Row("allow_partial", "Accept plans that leave units out."),
    Row("mode", "Effort of the search."),
    Row("engine", "Engine that places the units; py3dbp is a baseline to compare with."),
    Row("void_fill_id", "Void fill.  [default: the catalog's]", "ID|none"),
    Row("void_fill_share", "Share of the empty space that void fill takes, 0 to 1.  [default: 1]", "SHARE"),
    Row("cushioning_ids", "Cushioning that may be used, one in a parcel; repeatable.  [default: the catalog's]", "ID"),
    Row(
        "handling_profile",
        "Handling profile, such as ista-2a, with the drop heights for cushioning.  [default: ista-1a]",
        "NAME[@VERSION]",
    ),
    Row(
        "lifting_profile",
        "Lifting profile, such as freight, with limit and marks of heavy parcels.  [default: manual]",
        "NAME[@VERSION]",
    ),
    Row("tape_id", "Tape.  [default: the catalog's]", "ID|none"),
    Row("label_id", "Label.  [default: the catalog's, if any]", "ID|none"),
    Row(
        "blocking_id",
        "Blocking, for spaces that fill alone does not hold.  [default: the catalog's, if any]",
        "ID|none",
    ),
    Row("tape_rule", "Seams that are taped: centre-seams, h-seal.  [default: centre-seams, from the data]", "ID"),
    Row(
        "material_requirements",
        "Claim that all packaging must meet, including dunnage and tape: plastic_free, recyclable,"
        " recyclable_at_destination, compostable, home_compostable, reusable; repeatable.",
        "CLAIM",
        "--require",
    ),
    Row("min_recycled_content", "Minimum recycled content of packaging materials, 0 to 1.  [default: 0]", "SHARE"),
    Row("excluded_materials", "Material that packaging must not contain; repeatable.", "ID", "--exclude-material"),
    Row("prefer_reusable", "On a tie of objectives, take the plan with fewer parcels in single-use boxes."),
    Row(
        "emissions_basis",
        "Profile and allocation of the grams to compare, such as uk-desnz:dimensional_weight.  [default: the first"
        " profile, by mass]",
        "PROFILE[:ALLOCATION]",
    ),
    Row(
        "unverified_factor_rule",
        "Value of unverified factors where plans are compared by emissions.",
        named="--unverified-factors",
    ),
    Row("accept_incomplete_footprint", "Compare by emissions although the profile lacks a factor."),
    Row(
        "carbon_price_per_tonne_minor",
        "Price of a tonne of CO2e that objectives in money add, in minor units of the catalog's currency. Needs"
        " --emissions-basis.",
        "MINOR",
        "--carbon-price",
    ),
    Row(
        "property_caps",
        "Limit per parcel of a property of order lines, such as lithium_wh=100; repeatable.",
        "NAME=MOST",
        "--property-cap",
    ),
    Row("plausibility", "Handling of orders whose densities or edges suggest a wrong unit or decimal point."),
    Row("protection", "Protection of fragile units: gaps and wrap by class, or pads by G-level where possible."),
    Row(
        "stacking",
        "Pile of equal parcels that the lowest box bears: layers or stack_height_mm; days, humidity_percent,"
        " pattern (column_aligned, column, interlocked), overhang, deckboard_gap, rough_handling; or safety_factor in"
        " place of these, such as layers=5,days=90,humidity_percent=80,pattern=column.",
        "NAME=VALUE,...",
        "--stack",
    ),
    Row("box_certificate", "Keep to the limits of the US box certificate: gross mass and sum of sides by board grade."),
)

LANE_ROWS = (
    Row(
        "origin_country",
        "Country where the first --leg starts, such as CN; the class of a flight depends on it.",
        "CODE",
    ),
    Row(
        "destination_country",
        "Country of destination, such as DE; --require recyclable_at_destination needs it.",
        "CODE",
    ),
    Row(
        "profiles",
        "Accounting profile, such as uk-desnz or us-epa@2025; repeatable.  [default: uk-desnz, us-epa]",
        "ID",
        "--profile",
    ),
    Row(
        "legs",
        "A transport leg, such as road:500, air:9000 or road:20:van_diesel_avg; repeat it in travel order. DENSITY is"
        " the mean of the vehicle's load in kg per m3, for --volume-share.",
        "MODE:KM[:VEHICLE[:DENSITY]]",
        "--leg",
    ),
    Row(
        "origin",
        "Place of departure as COUNTRY[:POSTAL_CODE][@GATEWAY], such as CN:518000 or CN:518000@HKG; with --to, in"
        " place of --leg. The gateway is an airport (IATA) or a port (UN/LOCODE).",
        "PLACE",
        "--from",
    ),
    Row("destination", "Place of destination, such as DE:20457 or DE@DEHAM.", "PLACE", "--to"),
    Row("main_mode", "Main mode between --from and --to.  [default: by the routing rule]", named="--by"),
    Row(
        "include_hubs",
        "Count a hub between legs, and at handovers from and to derived vans.  [default: not counted, and"
        " the plan says so]",
        named="--hubs/--no-hubs",
    ),
    Row(
        "include_radiative_forcing",
        "Count the climate effects of flights beyond the CO2e of their fuel, as separate lines.",
        named="--radiative-forcing",
    ),
    Row(
        "include_volume_share",
        "Also allocate transport by volume; needs the mean density of each leg's load.",
        named="--volume-share",
    ),
    Row("carrier_service", "Carrier service for limits and chargeable weight, such as ups/us-daily.", "ID"),
    Row("ship_date", "Ship date, such as 2025-03-31, on which the carrier rules must apply.  [default: today]", "DATE"),
    Row("zone", "Zone of the carrier's tariff.", "NAME"),
    Row("price_tables", "Price tables of carriage by zone and weight, .toml or .csv.", "FILE", "--prices"),
)

_OPTION_OF_FIELD = {
    name: row.flag.partition("/")[0]
    for above, rows in (("policy", POLICY_ROWS), ("lane", LANE_ROWS))
    for row in rows
    for name in (row.field, f"{above}.{row.field}")
} | {
    "catalog": "--catalog",
    "alternatives": "--alternatives",
    "lane.rows": "--destinations",
    "policy.stacking.days": "--stack days",
    "policy.stacking.humidity_percent": "--stack humidity_percent",
}


def option_of(field: str) -> str:
    """Return the option that sets a field, or the field that contains it; the field itself if no option does."""
    name = field.partition("[")[0]
    while name not in _OPTION_OF_FIELD and "." in name:
        name = name.rpartition(".")[0]
    return _OPTION_OF_FIELD.get(name, field)
