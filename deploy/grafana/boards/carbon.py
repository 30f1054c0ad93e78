"""Carbon: grams of CO2e, by accounting profile, and the packaging behind them."""

from panels import Board, bars, graph, stat

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
"""Grams a second, what a profile credits taken off, of each view."""

_PARCELS = f"on () group_left () sum(rate(boxwright_parcels_total{{%p}}{RATE}))"

NUMBERS = [
    stat(
        "Packaging, grams CO2e a parcel",
        "What does the packaging of a parcel emit? The highest of all profiles.",
        "massg",
        f'max(sum by (profile) (rate(boxwright_co2e_grams_total{{%p,kind="packaging",sign="emitted"}}{RATE})))'
        f" / sum(rate(boxwright_parcels_total{{%p}}{RATE}))",
    ),
    stat(
        "Transport, grams CO2e a parcel",
        "What does the transport of a parcel emit? The highest of all profiles and allocations.",
        "massg",
        "max(sum by (profile, allocation) (rate("
        f'boxwright_co2e_grams_total{{%p,kind="transport",sign="emitted"}}{RATE})))'
        f" / sum(rate(boxwright_parcels_total{{%p}}{RATE}))",
    ),
    stat(
        "Packaging, grams a parcel",
        "How many grams of packaging does a parcel take?",
        "massg",
        f"sum(rate(boxwright_packaging_grams_total{{%p}}{RATE})) / sum(rate(boxwright_parcels_total{{%p}}{RATE}))",
    ),
    stat(
        "Empty room",
        "Which share of the room inside parcels is not goods?",
        "percentunit",
        f"1 - sum(rate(boxwright_parcel_fill_ratio_sum{{%p}}{RATE}))"
        f" / sum(rate(boxwright_parcel_fill_ratio_count{{%p}}{RATE}))",
    ),
    stat(
        "Incomplete footprints",
        "Which share of plans lacks a factor, so that its grams are too low? The highest of all profiles.",
        "percentunit",
        f"(max(sum by (profile) (rate(boxwright_incomplete_footprints_total{{%p}}{RATE}))) or vector(0))"
        f" / sum(rate(boxwright_plans_total{{%p}}{RATE}))",
        steps=((None, "green"), (0.01, "orange")),
    ),
    stat(
        "Shipments planned, kg CO2e",
        "What do all plans of the time shown emit? The highest of all profiles and allocations.",
        "masskg",
        "max(sum by (profile) (increase(boxwright_co2e_grams_total"
        '{%p,kind="packaging",sign="emitted"}[$__range]))'
        " + max by (profile) (sum by (profile, allocation) (increase(boxwright_co2e_grams_total"
        '{%p,kind="transport",sign="emitted"}[$__range])))) / 1000',
    ),
]

GRAMS = [
    graph(
        "Grams CO2e a parcel, by profile",
        "What does a parcel emit by each accounting profile? Views of the same parcels: never add them.",
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
        "Under which profile are grams too low, since a factor is not known?",
        "cps",
        (f"sum by (profile) (rate(boxwright_incomplete_footprints_total{{%p}}{RATE}))", "{{profile}}"),
    ),
    graph(
        "Transport by allocation",
        "What does transport emit by how it is laid on parcels?",
        "massg",
        (
            (
                "sum by (profile, allocation) (rate(boxwright_co2e_grams_total"
                f'{{%p,kind="transport",sign="emitted"}}{RATE})) / {_PARCELS}'
            ),
            "{{profile}} {{allocation}}",
        ),
        width=16,
    ),
]

MATERIAL = [
    graph(
        "Packaging by component",
        "How many grams of each component does a parcel take?",
        "massg",
        (f"sum by (component) (rate(boxwright_packaging_grams_total{{%p}}{RATE})) / {_PARCELS}", "{{component}}"),
        stacked=True,
    ),
    bars(
        "Packaging in the time shown",
        "How much of each component do all plans take?",
        "massg",
        ("sum by (component) (increase(boxwright_packaging_grams_total{%p}[$__range]))", "{{component}}"),
    ),
    graph(
        "Parcels below half full",
        "Which share of parcels is less than half full of goods?",
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
    {"In short": NUMBERS, "Grams CO2e": GRAMS, "Packaging": MATERIAL},
    by_purpose=True,
    hours=24,
)
