"""A design as JSON."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from boxwright.design.boxes import layer_share
from boxwright.design.buying import Buying, buying
from boxwright.design.wording import unit_name

if TYPE_CHECKING:
    from boxwright.design.halves import Half
    from boxwright.design.result import Design, Suite

Json = dict[str, Any]
_LIMITS = (
    *("board_ids", "step_mm", "smallest_mm", "largest_mm", "max_aspect", "max_depth", "max_sheet_mm", "min_pieces"),
    "pallet_share",
)
"""Wishes that limit new sizes: mm, and shares from 0 to 1."""


def design_dict(design: Design) -> Json:
    """Return a design for JSON: figures per order in currency units, litres or g; shares from 0 to 1."""
    parts, cut, wishes = design.halves, design.cut_to_size, design.wishes
    first = next((suite.design.orders for suite in design.suites), 0)
    return {
        "objective": wishes.objective.value,
        "unit": unit_name(design),
        "seed": wishes.seed,
        "judged_from": parts.from_day.isoformat() if parts.from_day else None,
        "orders_without_date": parts.undated,
        "orders": parts.of,
        "design_orders": _half(parts.design),
        "judged_orders": _half(parts.judged),
        "candidates": len(design.candidates),
        "new_sizes": {name: getattr(wishes, name) for name in _LIMITS}
        | {"price": wishes.box_price and dataclasses.asdict(wishes.box_price)},
        "today": design.today.catalog_id if design.today else None,
        "orders_per_year": design.yearly.orders if design.yearly else None,
        "orders_per_year_basis": design.yearly.basis if design.yearly else None,
        "bound_holds_for_sample_only": parts.bound_of_sample,
        "added_orders": design.fillers,
        "today_unusable": list(design.unfilled),
        "outside_share": design.outside_share,
        "outside": [{"reason": reason, "orders": count} for reason, count in design.reasons.items()],
        "bound_of_any_number_per_order": design.per_order(design.least_of_any, first),
        "cut_to_size": cut
        and {
            "orders": cut.orders,
            "orders_without_box": cut.lost,
            "per_order": design.per_order(cut.total, cut.orders),
            "designs_per_order": [design.per_order(total, cut.orders) for total in cut.designs],
        },
        "designs": [_suite(design, suite) for suite in design.suites],
    }


def _half(half: Half) -> Json:
    return {"orders": half.of, "counted": sum(half.weights), "different": len(half.orders), "sampled": half.sampled}


def _suite(design: Design, suite: Suite) -> Json:
    made, judged, part, found = suite.design, suite.judged, suite.by_prices, buying(design, suite)
    year = design.change_of_year(suite)
    boxes = []
    for index, box in enumerate(suite.catalog.box_types):
        new, bought = box.box_type_id in suite.new, found.purchases[index] if found else None
        boxes.append(
            {
                "box_type_id": box.box_type_id,
                "inner_length_mm": box.inner_length_mm,
                "inner_width_mm": box.inner_width_mm,
                "inner_height_mm": box.inner_height_mm,
                "new": new,
                "sized_as_today": getattr(design.sized_as(box), "box_type_id", None) if new else None,
                "kept": box.box_type_id in design.kept,
                "locked": box.box_type_id in design.wishes.lock,
                "in_today": design.has_today(box),
                "price_minor": box.price_minor,
                "judged_parcels": suite.used[index] if suite.used else None,
                "boxes_per_year": bought and bought.a_year,
                "first_order": bought and bought.first,
                "pallet_layer_shares": [
                    {"length_mm": pallet[0], "width_mm": pallet[1], "share": layer_share(box, pallet)}
                    for pallet in design.wishes.pallets_mm
                ],
            }
        )
    return {
        "sizes": suite.sizes,
        "box_types": boxes,
        "design": {
            "orders": made.orders,
            "per_order": design.in_units(made.mean),
            "mean_error": made.error,
            "orders_without_box": made.lost,
        },
        "judged": judged
        and {
            "orders": judged.orders,
            "per_order": design.in_units(judged.mean),
            "today_per_order": design.per_order(judged.today, judged.orders),
            "change": judged.change,
            "interval": judged.interval and list(judged.interval),
            "change_per_year": None if year is None else design.in_units(year),
            "orders_lost": judged.lost,
            "orders_gained": judged.gained,
            "orders_not_compared": None if judged.today is None else judged.not_today,
        },
        "judged_change_by_prices": part
        and {
            "per_order": None if part.per_order is None else design.in_money(part.per_order),
            "parcels": part.parcels,
            "parcels_not_known": part.unknown,
        },
        "buying": found and _buying(design, found),
        "bound_per_order": design.per_order(suite.least, made.orders),
        "gap": suite.gap,
        "undecided_pairs": suite.undecided,
        "used_too_rarely": list(suite.too_few),
    }


def _buying(design: Design, found: Buying) -> Json:
    return {
        "saved_per_year": None if found.saved is None else design.in_money(found.saved),
        "saving_shown": found.shown,
        "new_sizes_once": design.in_money(found.once),
        "no_longer_needed": list(found.gone),
        "written_off": design.in_money(found.written_off),
        "stock_not_stated": list(found.unstated),
        "pays_after_months": found.months,
    }
