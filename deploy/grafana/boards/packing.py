"""Packing: how well orders are packed, in which boxes, and what cannot be packed."""

from panels import Board, bars, graph, percentile, stat

RATE = "[$__rate_interval]"

NUMBERS = [
    stat(
        "Parcels per order",
        "How many parcels does an order take?",
        "none",
        f"sum(rate(boxwright_boxes_used_total{{%p}}{RATE})) / sum(rate(boxwright_plans_total{{%p}}{RATE}))",
    ),
    stat(
        "Fill",
        "What share of the inner volume do goods take on average? The rest is air and fill.",
        "percentunit",
        f"sum(rate(boxwright_parcel_fill_ratio_sum{{%p}}{RATE}))"
        f" / sum(rate(boxwright_parcel_fill_ratio_count{{%p}}{RATE}))",
    ),
    stat(
        "Proved",
        "For what share of plans is it proved that no better choice of boxes exists?",
        "percentunit",
        f'sum(rate(boxwright_certificates_total{{%p,status="proved"}}{RATE}))'
        f" / sum(rate(boxwright_certificates_total{{%p}}{RATE}))",
    ),
    stat(
        "Complete",
        "What share of plans packs the whole order?",
        "percentunit",
        f'sum(rate(boxwright_plans_total{{%p,status="complete"}}{RATE}))'
        f" / sum(rate(boxwright_plans_total{{%p}}{RATE}))",
    ),
]

PARCELS = [
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
        "Which plans are proved, and in which scope?",
        "cps",
        (f"sum by (status, scope) (rate(boxwright_certificates_total{{%p}}{RATE}))", "{{status}}, {{scope}}"),
        stacked=True,
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
    bars(
        "Market rules",
        "Which verdicts do plans get under the requested market rules?",
        "none",
        (
            "sum by (rule, outcome) (increase(boxwright_verdicts_total{%p}[$__range]))",
            "{{rule}}: {{outcome}}",
        ),
    ),
    graph(
        "Time of planning",
        "How long does a worker take for an order?",
        "s",
        *(
            (percentile(share, "boxwright_planning_duration_seconds", where="%p"), name)
            for share, name in ((0.5, "half"), (0.95, "95 %"), (0.99, "99 %"))
        ),
    ),
    graph(
        "Plans of sites",
        "How many orders does each site plan?",
        "cps",
        (f"sum by (site, status) (rate(boxwright_site_plans_total{{%p}}{RATE}))", "{{site}}, {{status}}"),
    ),
]

BOARD = Board(
    "packing",
    "packing",
    "How well are orders packed, in which boxes, and what cannot be packed?",
    {"Plans": NUMBERS, "Parcels": PARCELS, "Not packed, and time": TROUBLE},
    by_purpose=True,
    hours=6,
)
