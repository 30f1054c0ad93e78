"""A design as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from boxwright.design.boxes import layer_share
from boxwright.design.wording import by_prices_per_order, in_units, unit_name

if TYPE_CHECKING:
    from boxwright.design.halves import Half
    from boxwright.design.result import CutToSize, Design, Figures, Suite
    from boxwright.domain.box import BoxType
    from boxwright.domain.wishes import Wishes

Json = dict[str, Any]


def design_dict(design: Design) -> Json:
    """Return a design as JSON has it: figures per order in currency units, litres or g; shares from 0 to 1."""
    parts = design.halves
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
        "new_sizes": _new_sizes(design.wishes),
        "today": design.today.catalog_id if design.today else None,
        "orders_per_year": design.yearly.orders if design.yearly else None,
        "orders_per_year_basis": design.yearly.basis if design.yearly else None,
        "bound_holds_for_sample_only": parts.bound_of_sample,
        "added_orders": design.fillers,
        "today_unusable": list(design.unfilled),
        "outside_share": design.outside_share,
        "outside": [{"reason": reason, "orders": count} for reason, count in design.reasons.items()],
        "bound_of_any_number_per_order": _mean(design, design.least_of_any),
        "several_units_share": design.several_share,
        "cut_to_size": None if design.cut_to_size is None else _cut(design, design.cut_to_size),
        "designs": [_suite(design, each) for each in design.suites],
    }


def _new_sizes(wishes: Wishes) -> Json:
    """Return what new sizes are, cost and have to meet: mm, minor units, shares from 0 to 1."""
    price = wishes.box_price
    return {
        "board_ids": list(wishes.board_ids),
        "step_mm": wishes.step_mm,
        "smallest_mm": wishes.smallest_mm,
        "largest_mm": wishes.largest_mm,
        "max_aspect": wishes.max_aspect,
        "max_sheet_mm": wishes.max_sheet_mm,
        "min_pieces": wishes.min_pieces,
        "pallet_share": wishes.pallet_share,
        "currency": None if price is None else price.currency,
        "per_piece_minor": None if price is None else price.per_piece_minor,
        "per_m2_minor": None if price is None else price.per_m2_minor,
    }


def _mean(design: Design, total: float) -> float | None:
    return _of_orders(design, total, next((suite.design.orders for suite in design.suites), 0))


def _cut(design: Design, cut: CutToSize) -> Json:
    return {
        "design": _figures(design, cut.design),
        "judged": _figures(design, cut.judged),
        "designs_on_the_same_orders": [
            {
                "sizes": suite.sizes,
                "design_per_order": _of_orders(design, one, cut.design.orders),
                "judged_per_order": _of_orders(design, other, cut.judged.orders),
            }
            for suite, (one, other) in zip(design.suites, cut.designs, strict=True)
        ],
    }


def _of_orders(design: Design, total: float, orders: int) -> float | None:
    return in_units(design, total / orders) if orders else None


def _half(half: Half) -> Json:
    return {"orders": half.of, "counted": sum(half.weights), "different": len(half.orders), "sampled": half.sampled}


def _suite(design: Design, suite: Suite) -> Json:
    orders, year = suite.design.orders, design.change_of_year(suite)
    return {
        "sizes": suite.sizes,
        "box_types": [
            {
                "box_type_id": box.box_type_id,
                "inner_length_mm": box.inner_length_mm,
                "inner_width_mm": box.inner_width_mm,
                "inner_height_mm": box.inner_height_mm,
                "new": box.box_type_id in suite.new,
                "sized_as_today": _sized_as(design, suite, box),
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
        "judged_change_per_year": None if year is None else in_units(design, year),
        "judged_change_by_prices": _by_prices(design, suite),
        "bound_per_order": None if suite.least is None or not orders else in_units(design, suite.least / orders),
        "gap": suite.gap,
        "most_saved": suite.most_saved,
        "undecided_pairs": suite.undecided,
        "used_too_rarely": list(suite.too_few),
    }


def _by_prices(design: Design, suite: Suite) -> Json | None:
    """Return which part of the change in money comes from prices, in currency units for each order compared."""
    part = suite.by_prices
    if part is None or not suite.judged.orders:
        return None
    per_order = by_prices_per_order(design, suite)
    return {"per_order": per_order, "orders": part.orders, "orders_not_known": part.unknown}


def _sized_as(design: Design, suite: Suite, box: BoxType) -> str | None:
    """Return the id of today's box type of the same size as a new one; None if there is none."""
    same = design.sized_as(box) if box.box_type_id in suite.new else None
    return None if same is None else same.box_type_id


def _figures(design: Design, figures: Figures) -> Json:
    today = None if figures.today is None or not figures.orders else in_units(design, figures.today / figures.orders)
    return {
        "orders": figures.orders,
        "per_order": in_units(design, figures.mean),
        "today_per_order": today,
        "change": figures.change,
        "interval": None if figures.interval is None else list(figures.interval),
        "mean_error": figures.error,
        "orders_without_box": figures.lost,
        "orders_gained": figures.gained,
        "orders_not_compared": None if figures.today is None else figures.not_today,
    }
