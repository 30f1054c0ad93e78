"""Stock and outcomes: which boxes go, and whether what was shipped is what was planned."""

from panels import Board, Panel, bars, graph

RATE = "[$__rate_interval]"
_SHIPPED = 'sum by (catalog, box_type) (increase(boxwright_shipped_boxes_total{%i,basis="shipped"}[$__rate_interval]))'
_PLANNED = 'sum by (catalog, box_type) (increase(boxwright_shipped_boxes_total{%i,basis="planned"}[$__rate_interval]))'

OUTCOMES = [
    bars(
        "Boxes shipped, by type",
        "Which boxes have to be bought again?",
        "none",
        (
            f"topk(12, {_SHIPPED.replace('$__rate_interval', '$__range')})",
            "{{catalog}} {{box_type}}",
        ),
    ),
    graph(
        "Boxes shipped less planned",
        "Which box is taken more often than planned, and which less?",
        "none",
        (f"{_SHIPPED} - ({_PLANNED} or 0 * {_SHIPPED})", "{{catalog}} {{box_type}}"),
    ),
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
    {"Stock and outcomes": OUTCOMES},
    hours=24,
)
