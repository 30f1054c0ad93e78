"""A design as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from boxwright.design.boxes import layer_share
from boxwright.design.wording import by_prices_per_order, unit_name

if TYPE_CHECKING:
    from boxwright.design.halves import Half
    from boxwright.design.result import Design, Figures, Suite

Json = dict[str, Any]
_LIMITS = (
    "board_ids",
    "step_mm",
    "smallest_mm",
    "largest_mm",
    "max_aspect",
    "max_sheet_mm",
    "min_pieces",
    "pallet_share",
)
"""Wishes that say what new sizes are and have to meet: mm, and shares from 0 to 1."""


def design_dict(design: Design) -> Json:
    """Return a design as JSON has it: figures per order in currency units, litres or g; shares from 0 to 1."""
    parts, cut, wishes, price = design.halves, design.cut_to_size, design.wishes, design.wishes.box_price
    first = next((suite.design.orders for suite in design.suites), 0)
    return {
        "objective": design.wishes.objective.value,
        "unit": unit_name(design),
        "seed": design.wishes.seed,
        "judged_from": parts.from_day.isoformat() if parts.from_day else None,
        "orders_without_date": parts.undated,
        "orders": parts.of,
        "design_orders": _half(parts.design),
        "judged_orders": _half(parts.judged),
        "candidates": len(design.candidates),
        "new_sizes": {name: getattr(wishes, name) for name in _LIMITS}
        | {name: price and getattr(price, name) for name in ("currency", "per_piece_minor", "per_m2_minor")},
        "today": design.today.catalog_id if design.today else None,
        "orders_per_year": design.yearly.orders if design.yearly else None,
        "orders_per_year_basis": design.yearly.basis if design.yearly else None,
        "bound_holds_for_sample_only": parts.bound_of_sample,
        "added_orders": design.fillers,
        "today_unusable": list(design.unfilled),
        "outside_share": design.outside_share,
        "outside": [{"reason": reason, "orders": count} for reason, count in design.reasons.items()],
        "bound_of_any_number_per_order": design.per_order(design.least_of_any, first),
        "several_units_share": design.several_share,
        "cut_to_size": cut
        and {
            "design": _figures(design, cut.design),
            "judged": _figures(design, cut.judged),
            "designs_on_the_same_orders": [
                {
                    "sizes": suite.sizes,
                    "design_per_order": design.per_order(one, cut.design.orders),
                    "judged_per_order": design.per_order(other, cut.judged.orders),
                }
                for suite, (one, other) in zip(design.suites, cut.designs, strict=True)
            ],
        },
        "designs": [_suite(design, each) for each in design.suites],
    }


def _half(half: Half) -> Json:
    return {"orders": half.of, "counted": sum(half.weights), "different": len(half.orders), "sampled": half.sampled}


def _suite(design: Design, suite: Suite) -> Json:
    year, part = design.change_of_year(suite), suite.by_prices
    same = {box: design.sized_as(box) for box in suite.catalog.box_types if box.box_type_id in suite.new}
    return {
        "sizes": suite.sizes,
        "box_types": [
            {
                "box_type_id": box.box_type_id,
                "inner_length_mm": box.inner_length_mm,
                "inner_width_mm": box.inner_width_mm,
                "inner_height_mm": box.inner_height_mm,
                "new": box.box_type_id in suite.new,
                "sized_as_today": getattr(same.get(box), "box_type_id", None),
                "kept": box.box_type_id in design.kept,
                "locked": box.box_type_id in design.wishes.lock,
                "on_today_shelf": design.has_today(box),
                "price_minor": box.price_minor,
                "judged_orders": used,
                "pallet_layer_shares": [
                    {"length_mm": pallet[0], "width_mm": pallet[1], "share": layer_share(box, pallet)}
                    for pallet in design.wishes.pallets_mm
                ],
            }
            for box, used in zip(suite.catalog.box_types, suite.used, strict=True)
        ],
        "design": _figures(design, suite.design),
        "judged": _figures(design, suite.judged),
        "judged_change_per_year": None if year is None else design.in_units(year),
        "judged_change_by_prices": {
            "per_order": by_prices_per_order(design, suite),
            "orders": part.orders,
            "orders_not_known": part.unknown,
        }
        if part and suite.judged.orders
        else None,
        "bound_per_order": design.per_order(suite.least, suite.design.orders),
        "gap": suite.gap,
        "most_saved": suite.most_saved,
        "undecided_pairs": suite.undecided,
        "used_too_rarely": list(suite.too_few),
    }


def _figures(design: Design, figures: Figures) -> Json:
    return {
        "orders": figures.orders,
        "per_order": design.in_units(figures.mean),
        "today_per_order": design.per_order(figures.today, figures.orders),
        "change": figures.change,
        "interval": None if figures.interval is None else list(figures.interval),
        "mean_error": figures.error,
        "orders_without_box": figures.lost,
        "orders_gained": figures.gained,
        "orders_not_compared": None if figures.today is None else figures.not_today,
    }
