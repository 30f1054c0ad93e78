"""Stock and outcomes: the boxes used, and shipments compared with their plans."""

from panels import Board, Panel, bars, graph

RATE = "[$__rate_interval]"
_SHIPPED = 'sum by (catalog, box_type) (increase(boxwright_shipped_boxes_total{%i,basis="shipped"}[$__rate_interval]))'
_PLANNED = 'sum by (catalog, box_type) (increase(boxwright_shipped_boxes_total{%i,basis="planned"}[$__rate_interval]))'

OUTCOMES = [
    bars(
        "Boxes shipped, by type",
        "Which boxes must be restocked?",
        "none",
        (
            f"topk(12, {_SHIPPED.replace('$__rate_interval', '$__range')})",
            "{{catalog}} {{box_type}}",
        ),
    ),
    graph(
        "Boxes shipped minus planned",
        "Which boxes are used more often than planned, and which less often?",
        "none",
        (f"{_SHIPPED} - ({_PLANNED} or 0 * {_SHIPPED})", "{{catalog}} {{box_type}}"),
    ),
    graph(
        "Orders packed as planned or otherwise",
        "Do packers follow plans?",
        "cps",
        (f"sum by (how) (rate(boxwright_shipped_orders_total{{%i}}{RATE}))", "{{how}}"),
        stacked=True,
    ),
    graph(
        "Why parcels were packed otherwise",
        "Why do packers deviate from plans?",
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
        "Which versions does each replica use?",
        "none",
        (("boxwright_loaded_info{%i}", ""),),
        "table",
        8,
    ),
]

BOARD = Board(
    "stock",
    "stock and outcomes",
    "Which boxes are used, and do shipments match their plans?",
    {"Stock and outcomes": OUTCOMES},
    hours=24,
)
