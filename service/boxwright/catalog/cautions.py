"""Cautions: what a catalog that is valid leaves open."""

from dataclasses import replace
from functools import lru_cache

from boxwright.catalog.catalogs import is_shipped_catalog
from boxwright.domain.box import BoxStyle, Catalog
from boxwright.domain.same import Same
from boxwright.domain.warning import PlanWarning, WarningCode, gathered


def catalog_warnings(catalog: Catalog) -> list[PlanWarning]:
    """Return what deserves a look in a catalog that is valid, box by box."""
    warnings = []
    for index, box in enumerate(catalog.box_types):
        unpriced = box.price_minor is None and not box.price_tiers
        unlimited = box.max_load_mg is None and not box.flexible and box.style is not BoxStyle.TOTE
        for holds, code, field, what in (
            (box.outer_assumed, WarningCode.OUTER_SIZE_UNKNOWN, "outer", _NO_OUTER),
            (not box.material_id, WarningCode.MATERIAL_UNKNOWN, "material", "material, and footprints lack it"),
            (unpriced, WarningCode.PRICE_UNKNOWN, "price", "price, and packaging cost stays unknown"),
            (unlimited, WarningCode.MASS_LIMIT_UNKNOWN, "max_net_g", _UNLIMITED),
        ):
            if holds:
                message = f"box type {box.box_type_id!r} has no {what}"
                warnings.append(PlanWarning(code, f"box_types[{index}].{field}", message))
    return warnings


_NO_OUTER = "outer size, and the inner one is taken for it"
_UNLIMITED = "greatest mass and no board that it follows from, and may be filled without limit"


def plan_cautions(catalog: Catalog) -> tuple[PlanWarning, ...]:
    """Return what plans with a caller's own catalog warn of; a price that lacks they show as a cost not known."""
    return _cautions(Same(catalog))  # equal ones may differ in what they warn of


@lru_cache(maxsize=64)
def _cautions(same: Same[Catalog]) -> tuple[PlanWarning, ...]:
    catalog = same.thing
    if all(box.material_id and not box.outer_assumed for box in catalog.box_types) or is_shipped_catalog(catalog):
        return ()
    of_catalog = {WarningCode.PRICE_UNKNOWN, WarningCode.MASS_LIMIT_UNKNOWN}
    found = [warning for warning in catalog_warnings(catalog) if warning.code not in of_catalog]
    return gathered(replace(warning, field=f"catalog.{warning.field}") for warning in found)
