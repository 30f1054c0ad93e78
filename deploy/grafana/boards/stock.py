"""Stock and outcomes: which boxes go, and whether what was shipped is what was planned."""

from panels import Board, Panel, bars, graph, percentile, stat

RATE = "[$__rate_interval]"

NUMBERS = [
    stat(
        "Packed as planned",
        "Which share of orders was packed as planned?",
        "percentunit",
        'sum(increase(boxwright_shipped_orders_total{%i,how="as_planned"}[$__range]))'
        " / sum(increase(boxwright_shipped_orders_total{%i}[$__range]))",
        steps=((None, "red"), (0.8, "orange"), (0.95, "green")),
    ),
    stat(
        "Outcomes recorded",
        "Of which share of stored plans was an outcome recorded?",
        "percentunit",
        "sum(increase(boxwright_shipped_orders_total{%i}[$__range]))"
        " / sum(increase(boxwright_stored_plans_total{%i}[$__range]))",
    ),
    stat(
        "Boxes shipped",
        "How many boxes left the stock?",
        "none",
        "sum(increase(boxwright_shipped_boxes_total{%i}[$__range]))",
    ),
    stat(
        "Measured against planned mass",
        "How much heavier are parcels than planned?",
        "percentunit",
        'sum(increase(boxwright_shipped_gross_grams_total{%i,basis="measured"}[$__range]))'
        ' / sum(increase(boxwright_shipped_gross_grams_total{%i,basis="planned"}[$__range])) - 1',
        steps=((None, "green"), (0.05, "orange"), (0.1, "red")),
    ),
    stat(
        "Boxes not at hand",
        "How often was another box taken because the planned one was not there?",
        "none",
        'sum(increase(boxwright_shipped_overrides_total{%i,reason="box_not_at_hand"}[$__range])) or vector(0)',
        steps=((None, "green"), (1, "orange"), (10, "red")),
    ),
    stat(
        "Did not fit",
        "How often did a packer say that a plan did not fit?",
        "none",
        'sum(increase(boxwright_shipped_overrides_total{%i,reason="did_not_fit"}[$__range])) or vector(0)',
        steps=((None, "green"), (1, "orange"), (10, "red")),
    ),
]

STOCK = [
    bars(
        "Boxes shipped, by type",
        "Which boxes have to be bought again?",
        "none",
        (
            "topk(12, sum by (catalog, box_type) (increase(boxwright_shipped_boxes_total{%i}[$__range])))",
            "{{catalog}} {{box_type}}",
        ),
    ),
    graph(
        "Boxes shipped less planned",
        "Which box is taken more often than planned, and which less?",
        "none",
        (
            (
                "sum by (catalog, box_type) (increase(boxwright_shipped_boxes_total{%i}[$__rate_interval]))"
                " - (sum by (catalog, box_type) (increase(boxwright_shipped_planned_boxes_total{%i}[$__rate_interval]))"
                " or 0 * sum by (catalog, box_type) (increase(boxwright_shipped_boxes_total{%i}[$__rate_interval])))"
            ),
            "{{catalog}} {{box_type}}",
        ),
    ),
    bars(
        "Boxes planned for shipment, by type",
        "Which boxes do plans take, shipped or not?",
        "none",
        (
            (
                "topk(12, sum by (catalog, box_type) (increase("
                'boxwright_boxes_used_total{%i,purpose="shipment"}[$__range])))'
            ),
            "{{catalog}} {{box_type}}",
        ),
    ),
]

OUTCOMES = [
    graph(
        "Orders, as planned or not",
        "Do packers follow plans?",
        "cps",
        (f"sum by (how) (rate(boxwright_shipped_orders_total{{%i}}{RATE}))", "{{how}}"),
        stacked=True,
    ),
    graph(
        "Why parcels were packed otherwise",
        "What keeps packers from a plan?",
        "cps",
        (f"sum by (reason) (rate(boxwright_shipped_overrides_total{{%i}}{RATE}))", "{{reason}}"),
    ),
    graph(
        "Measured less planned mass",
        "How far are the masses of articles and packaging off?",
        "percentunit",
        *(
            (
                percentile(share, "boxwright_shipped_mass_deviation_ratio"),
                name,
            )
            for share, name in ((0.1, "a tenth is below"), (0.5, "half"), (0.9, "a tenth is above"))
        ),
    ),
    graph(
        "Measured less planned size",
        "How much do parcels bulge, or are boxes wrong in the catalog?",
        "lengthmm",
        *(
            (
                percentile(share, "boxwright_shipped_size_deviation_mm"),
                name,
            )
            for share, name in ((0.5, "half"), (0.9, "a tenth is above"))
        ),
    ),
    graph(
        "Grams shipped and planned",
        "How do scale readings compare with plans?",
        "massg",
        (f"sum by (basis) (rate(boxwright_shipped_gross_grams_total{{%i}}{RATE}))", "{{basis}} a second"),
    ),
    Panel(
        "Catalogs and data in use",
        "With which versions are plans made, on each replica?",
        "none",
        (("boxwright_loaded_info{%i}", ""),),
        "table",
        8,
    ),
]

BOARD = Board(
    "stock",
    "stock and outcomes",
    "Which boxes go, and is what was shipped what was planned?",
    {"In short": NUMBERS, "Stock": STOCK, "Outcomes": OUTCOMES},
    hours=24,
)
