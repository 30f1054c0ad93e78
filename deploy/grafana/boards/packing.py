"""Packing: how well orders are packed, in which boxes, at what price, and what cannot be packed."""

from panels import Board, bars, graph, percentile, stat

RATE = "[$__rate_interval]"

NUMBERS = [
    stat(
        "Plans a minute", "How many orders are planned?", "none", f"60 * sum(rate(boxwright_plans_total{{%p}}{RATE}))"
    ),
    stat(
        "Parcels an order",
        "Into how many parcels does an order go?",
        "none",
        f"sum(rate(boxwright_parcels_total{{%p}}{RATE})) / sum(rate(boxwright_plans_total{{%p}}{RATE}))",
    ),
    stat(
        "Units a parcel",
        "How many units does a parcel hold?",
        "none",
        f"sum(rate(boxwright_packed_units_total{{%p}}{RATE})) / sum(rate(boxwright_parcels_total{{%p}}{RATE}))",
    ),
    stat(
        "Fill",
        "Which share of the room inside parcels do goods take on average?",
        "percentunit",
        f"sum(rate(boxwright_parcel_fill_ratio_sum{{%p}}{RATE}))"
        f" / sum(rate(boxwright_parcel_fill_ratio_count{{%p}}{RATE}))",
    ),
    stat(
        "Proved",
        "Of which share of plans is it proved that no better choice of boxes exists?",
        "percentunit",
        f'sum(rate(boxwright_certificates_total{{%p,status="proved"}}{RATE}))'
        f" / sum(rate(boxwright_certificates_total{{%p}}{RATE}))",
    ),
    stat(
        "Complete",
        "Which share of plans packs the whole order?",
        "percentunit",
        f'sum(rate(boxwright_plans_total{{%p,status="complete"}}{RATE}))'
        f" / sum(rate(boxwright_plans_total{{%p}}{RATE}))",
    ),
]

PARCELS = [
    graph(
        "Plans by completeness",
        "Are orders packed whole, in part or not at all?",
        "cps",
        (f"sum by (status) (rate(boxwright_plans_total{{%p}}{RATE}))", "{{status}}"),
        stacked=True,
    ),
    graph(
        "Fill of parcels",
        "How full are the emptiest, the middle and the fullest tenth of parcels?",
        "percentunit",
        *(
            (percentile(share, "boxwright_parcel_fill_ratio", where="%p"), name)
            for share, name in ((0.1, "a tenth is below"), (0.5, "half"), (0.9, "a tenth is above"))
        ),
        most=1,
    ),
    bars(
        "Boxes most used",
        "Which boxes do plans take?",
        "none",
        (
            "topk(12, sum by (catalog, box_type) (increase(boxwright_boxes_used_total{%p}[$__range])))",
            "{{catalog}} {{box_type}}",
        ),
    ),
    graph(
        "Certificates",
        "What is proved of plans, and among which plans?",
        "cps",
        (f"sum by (status, scope) (rate(boxwright_certificates_total{{%p}}{RATE}))", "{{status}}, {{scope}}"),
        stacked=True,
    ),
    graph(
        "Packaging of a parcel",
        "How many grams of box, cushioning, void fill and tape does a parcel take?",
        "massg",
        (
            (
                f"sum by (component) (rate(boxwright_packaging_grams_total{{%p}}{RATE}))"
                f" / on () group_left () sum(rate(boxwright_parcels_total{{%p}}{RATE}))"
            ),
            "{{component}}",
        ),
        stacked=True,
    ),
    graph(
        "Heavy parcels",
        "How many parcels in a hundred are marked as heavy or for two people?",
        "percent",
        (
            (
                f"100 * sum by (mark) (rate(boxwright_marked_parcels_total{{%p}}{RATE}))"
                f" / on () group_left () sum(rate(boxwright_parcels_total{{%p}}{RATE}))"
            ),
            "{{mark}}",
        ),
    ),
]

PRICES = [
    graph(
        "Packaging, an order",
        "What do boxes and dunnage of an order cost, by currency?",
        "none",
        (
            (
                f"sum by (currency) (rate(boxwright_packaging_cost_total{{%p}}{RATE}))"
                f" / on () group_left () sum(rate(boxwright_plans_total{{%p}}{RATE}))"
            ),
            "{{currency}}",
        ),
    ),
    graph(
        "Carriage, an order",
        "What does carriage cost by the price tables of lanes?",
        "none",
        (
            (
                f"sum by (currency) (rate(boxwright_carriage_cost_total{{%p}}{RATE}))"
                f" / on () group_left () sum(rate(boxwright_plans_total{{%p}}{RATE}))"
            ),
            "{{currency}}",
        ),
    ),
    graph(
        "Plans without a price",
        "Of which share of plans is the price of packaging not known?",
        "percentunit",
        (
            f"sum(rate(boxwright_unpriced_plans_total{{%p}}{RATE})) / sum(rate(boxwright_plans_total{{%p}}{RATE}))",
            "share",
        ),
        most=1,
    ),
]

TROUBLE = [
    graph(
        "Units not packed",
        "Why are units not packed?",
        "cps",
        (f"sum by (reason) (rate(boxwright_unpacked_units_total{{%p}}{RATE}))", "{{reason}}"),
    ),
    graph(
        "Orders without a plan",
        "Why do orders end in an error?",
        "cps",
        (f"sum by (reason) (rate(boxwright_refused_orders_total{{%p}}{RATE}))", "{{reason}}"),
    ),
    graph(
        "Warnings",
        "What do plans warn of?",
        "cps",
        (f"sum by (code) (rate(boxwright_plan_warnings_total{{%p}}{RATE}))", "{{code}}"),
    ),
    graph(
        "Time of planning",
        "How long does a worker take for an order?",
        "s",
        *(
            (
                percentile(share, "boxwright_planning_duration_seconds", where="%p"),
                name,
            )
            for share, name in ((0.5, "half"), (0.95, "95 %"), (0.99, "99 %"))
        ),
    ),
    graph(
        "Plans of sites",
        "What does each site plan?",
        "cps",
        (f"sum by (site, status) (rate(boxwright_site_plans_total{{%p}}{RATE}))", "{{site}}, {{status}}"),
    ),
    graph(
        "Plans that were checked",
        "Are packings valid that others made and had judged?",
        "cps",
        (f"sum by (verdict) (rate(boxwright_checked_plans_total{{%i}}{RATE}))", "{{verdict}}"),
    ),
]

BOARD = Board(
    "packing",
    "packing",
    "How well are orders packed, in which boxes and at what price, and what cannot be packed?",
    {"Plans": NUMBERS, "Parcels": PARCELS, "Prices": PRICES, "Not packed, warnings and time": TROUBLE},
    by_purpose=True,
    hours=6,
)
