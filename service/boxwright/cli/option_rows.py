"""Options that several commands share, a row each: what is typed, and the field of a policy or lane that it sets."""

from typing import NamedTuple


class Row(NamedTuple):
    """An option.

    Attributes
    ----------
    flag : str
        What is typed, such as ``--tape``.
    field : str
        The field that it sets; its type and default say what the option takes.
    help : str
        Says its default where the option has none of its own.
    metavar : str
        What stands for its value in the help. Default: as the type says.
    """

    flag: str
    field: str
    help: str
    metavar: str = ""


POLICY_ROWS = (
    Row(
        "--objective",
        "objectives",
        "What to minimise; repeat for the next one where plans tie.  [default: parcel_count, inner_volume]",
    ),
    Row(
        "--support-ratio",
        "support_ratio",
        "Least share of each base that rests on something, 0 to 1; 0 also switches stability off.",
    ),
    Row("--fit-clearance", "fit_clearance_mm", "Slack kept along each inner edge of the box, in mm.", "MM"),
    Row("--fill-limit", "fill_limit", "Largest share of the box that goods and cushioning may take, above 0 to 1."),
    Row("--max-parcels", "max_parcels", "Most parcels of an order.  [default: unlimited]", "N"),
    Row("--max-effort", "max_effort", "Steps after which the search ends with the best so far.", "N"),
    Row("--allow-partial", "allow_partial", "Accept plans that leave units out."),
    Row("--mode", "mode", "Effort of the search."),
    Row("--engine", "engine", "What places the units; py3dbp is a baseline to compare with."),
    Row("--void-fill", "void_fill_id", "Void fill.  [default: the catalog's]", "ID|none"),
    Row(
        "--void-fill-share",
        "void_fill_share",
        "Share of the empty space that void fill takes, 0 to 1.  [default: 1]",
        "SHARE",
    ),
    Row(
        "--cushioning",
        "cushioning_ids",
        "Cushioning; repeat for others that may be used as well, one in a parcel.  [default: the catalog's]",
        "ID",
    ),
    Row(
        "--handling-profile",
        "handling_profile",
        "Drops to cushion for, such as ista-2a (see `boxwright materials list`).  [default: ista-1a]",
        "NAME[@VERSION]",
    ),
    Row(
        "--lifting-profile",
        "lifting_profile",
        "What several units of a parcel may weigh and which parcels are marked, such as freight (see `boxwright"
        " materials list`).  [default: manual]",
        "NAME[@VERSION]",
    ),
    Row("--tape", "tape_id", "Tape.  [default: the catalog's]", "ID|none"),
    Row("--label", "label_id", "Label.  [default: the catalog's, if any]", "ID|none"),
    Row(
        "--blocking",
        "blocking_id",
        "Blocks spaces that fill alone does not hold.  [default: the catalog's, if any]",
        "ID|none",
    ),
    Row(
        "--tape-rule",
        "tape_rule",
        "Which seams are taped: centre-seams or h-seal.  [default: the data's, centre-seams]",
        "ID",
    ),
    Row(
        "--require",
        "material_requirements",
        "Claim that all packaging meets, dunnage and tape too: plastic_free, recyclable, recyclable_at_destination,"
        " compostable, home_compostable, reusable; may be repeated.",
        "CLAIM",
    ),
    Row(
        "--min-recycled-content",
        "min_recycled_content",
        "Least recycled content of each packaging material, 0 to 1.  [default: 0]",
        "SHARE",
    ),
    Row("--exclude-material", "excluded_materials", "Material that no packaging may be of; may be repeated.", "ID"),
    Row(
        "--prefer-reusable",
        "prefer_reusable",
        "Of plans equal in the objectives take the one with fewer parcels in single-use boxes.",
    ),
    Row(
        "--emissions-basis",
        "emissions_basis",
        "Whose grams the objective emissions compares, such as us-epa or uk-desnz:dimensional_weight.  [default: the"
        " first profile, by mass]",
        "PROFILE[:ALLOCATION]",
    ),
    Row(
        "--unverified-factors",
        "unverified_factor_rule",
        "How unverified factors count where plans are compared by emissions.",
    ),
    Row(
        "--accept-incomplete-footprint",
        "accept_incomplete_footprint",
        "Compare by emissions although the profile lacks a factor.",
    ),
    Row(
        "--carbon-price",
        "carbon_price_per_tonne_minor",
        "Price of a tonne of CO2e that objectives in money add, in minor units of the catalog's currency; needs"
        " --emissions-basis.",
        "MINOR",
    ),
    Row(
        "--property-cap",
        "property_caps",
        "The most of a property of the order's lines that one parcel may hold, such as lithium_wh=100; may be"
        " repeated.",
        "NAME=MOST",
    ),
    Row(
        "--plausibility",
        "plausibility",
        "What becomes of orders whose densities or edges look like a slip of unit or decimal point.",
    ),
    Row(
        "--protection",
        "protection",
        "Which rule protects fragile units: gaps and wrap by class, or pads by G-level where they can be worked out.",
    ),
    Row(
        "--stack",
        "stacking",
        "Pile of equal parcels that the lowest box bears: layers or stack_height_mm; days, humidity_percent,"
        " pattern (column_aligned, column, interlocked), overhang, deckboard_gap, rough_handling; or safety_factor in"
        " place of these, such as layers=5,days=90,humidity_percent=80,pattern=column.",
        "NAME=VALUE,...",
    ),
    Row(
        "--box-certificate",
        "box_certificate",
        "Keep to the gross mass and sum of sides of the US box certificate, by the grade of each box's board.",
    ),
)

DESTINATION_ROW = Row(
    "--destination-country",
    "destination_country",
    "Country where the order goes, as DE; recyclable_at_destination needs it.  [default: unknown]",
    "CODE",
)

CARRIER_ROWS = (
    Row(
        "--carrier-service",
        "carrier_service",
        "Whose rules give limits and chargeable weight, such as ups/us-daily.",
        "ID",
    ),
    Row("--ship-date", "ship_date", "Picks the carrier rule, as 2025-03-31.  [default: today]", "DATE"),
    Row("--zone", "zone", "Zone of the carrier's tariff that the parcel goes to.", "NAME"),
    Row("--prices", "price_tables", "Price tables, .toml or .csv: what carriage costs by zone and weight.", "FILE"),
)

WAY_ROWS = (
    Row(
        "--origin-country",
        "origin_country",
        "Country where the way of --leg begins, as CN: it settles the class of a flight.  [default: unknown]",
        "CODE",
    ),
    DESTINATION_ROW,
    Row(
        "--profile",
        "profiles",
        "Accounting profile, such as uk-desnz or us-epa@2025; may be repeated.  [default: uk-desnz, us-epa]",
        "ID",
    ),
    Row(
        "--leg",
        "legs",
        "One leg of the way, such as road:500, air:9000 or road:20:van_diesel_avg; in travel order. The density is"
        " the mean of the vehicle's load in kg per m3, for --volume-share.",
        "MODE:KM[:VEHICLE[:DENSITY]]",
    ),
    Row(
        "--from",
        "origin",
        "Where the way starts, as COUNTRY[:POSTAL_CODE][@GATEWAY], such as CN:518000 or CN:518000@HKG; with --to"
        " in place of --leg. The gateway is an airport (IATA) or a port (UN/LOCODE).",
        "PLACE",
    ),
    Row("--to", "destination", "Where the way ends, such as DE:20457 or DE@DEHAM.", "PLACE"),
    Row("--by", "main_mode", "Main mode between --from and --to.  [default: by the routing rule]"),
    Row(
        "--hubs/--no-hubs",
        "include_hubs",
        "Whether to count a hub between each two legs, at handovers from and to derived vans too.  [default: not"
        " counted, and the plan says so]",
    ),
    Row(
        "--radiative-forcing",
        "include_radiative_forcing",
        "Count what flights warm beyond the CO2e of their fuel, as lines of their own.",
    ),
    Row(
        "--volume-share",
        "include_volume_share",
        "Share transport out by volume too; needs a mean density of each leg's load.",
    ),
)
LANE_ROWS = (*WAY_ROWS, *CARRIER_ROWS)

_OTHERS = {
    "catalog": "--catalog",
    "alternatives": "--alternatives",
    "policy.stacking.days": "--stack days",
    "policy.stacking.humidity_percent": "--stack humidity_percent",
}
_OPTION_OF_FIELD = {
    name: row.flag.partition("/")[0]
    for above, rows in (("policy", POLICY_ROWS), ("lane", LANE_ROWS))
    for row in rows
    for name in (row.field, f"{above}.{row.field}")
} | _OTHERS


def option_of(field: str) -> str:
    """Return the option that sets a field or what it is part of, else the field: users know what they typed."""
    name = field.partition("[")[0]
    while name not in _OPTION_OF_FIELD and "." in name:
        name = name.rpartition(".")[0]
    return _OPTION_OF_FIELD.get(name, field)
