"""Carbon: grams of CO2e, by accounting profile, and the packaging behind them."""

from panels import Board, bars, graph

RATE = "[$__rate_interval]"
_NET = (
    'sum by (profile, kind, allocation) (rate(boxwright_co2e_grams_total{%p,sign="emitted"}'
    + RATE
    + "))"
    + ' - (sum by (profile, kind, allocation) (rate(boxwright_co2e_grams_total{%p,sign="credited"}'
    + RATE
    + ')) or 0 * sum by (profile, kind, allocation) (rate(boxwright_co2e_grams_total{%p,sign="emitted"}'
    + RATE
    + ")))"
)
"""Grams per second less the credits of the profile, by profile, kind and allocation."""

_PARCELS = f"on () group_left () sum(rate(boxwright_boxes_used_total{{%p}}{RATE}))"

GRAMS = [
    graph(
        "Grams CO2e per parcel, by profile",
        "What does a parcel emit by each accounting profile? The profiles count the same parcels: never add them up.",
        "massg",
        (f"({_NET}) / {_PARCELS}", "{{profile}} {{kind}} {{allocation}}"),
        width=16,
    ),
    bars(
        "Grams CO2e in the time shown",
        "What do all plans emit, by profile, kind and allocation?",
        "massg",
        (
            'sum by (profile, kind, allocation) (increase(boxwright_co2e_grams_total{%p,sign="emitted"}[$__range]))',
            "{{profile}} {{kind}} {{allocation}}",
        ),
    ),
    graph(
        "Footprints that lack a factor",
        "What share of plans lacks a factor of a profile, so that its grams are too low?",
        "percentunit",
        (
            (
                f"sum by (profile) (rate(boxwright_incomplete_footprints_total{{%p}}{RATE}))"
                f" / on () group_left () sum(rate(boxwright_plans_total{{%p}}{RATE}))"
            ),
            "{{profile}}",
        ),
    ),
    graph(
        "Packaging by component",
        "How many grams of each component does a parcel take?",
        "massg",
        (f"sum by (component) (rate(boxwright_packaging_grams_total{{%p}}{RATE})) / {_PARCELS}", "{{component}}"),
        stacked=True,
    ),
    graph(
        "Parcels below half full",
        "What share of parcels is less than half full of goods?",
        "percentunit",
        (
            (
                f'sum(rate(boxwright_parcel_fill_ratio_bucket{{%p,le="0.5"}}{RATE}))'
                f" / sum(rate(boxwright_parcel_fill_ratio_count{{%p}}{RATE}))"
            ),
            "share",
        ),
        most=1,
    ),
]

BOARD = Board(
    "carbon",
    "carbon",
    "What do packaging and transport emit, under which accounting profile, and where is packaging saved?",
    {"Grams CO2e and packaging": GRAMS},
    by_purpose=True,
    hours=24,
)
