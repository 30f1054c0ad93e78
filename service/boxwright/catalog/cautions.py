"""Cautions: what a catalog that is valid leaves open."""

from dataclasses import replace

from boxwright.catalog.shipped import is_shipped_catalog
from boxwright.domain.box import BoxStyle, Catalog
from boxwright.domain.warning import PlanWarning, WarningCode, gathered

MOST_CAUTIONS = 64
"""Catalogs whose warnings are kept at hand; past it all are forgotten, and found again as they come."""

_CAUTIONS: dict[int, tuple[Catalog, tuple[PlanWarning, ...]]] = {}
"""By the identity of a catalog, which is held so that no other takes it: equal ones may differ in what they warn of."""


def catalog_warnings(catalog: Catalog) -> list[PlanWarning]:
    """Return what deserves a look in a catalog that is valid, box by box."""
    warnings = []
    for index, box in enumerate(catalog.box_types):
        field = f"box_types[{index}]"
        if box.outer_assumed:
            what = "has no outer size, and the inner one is taken for it"
            warnings.append(_warning(WarningCode.OUTER_SIZE_UNKNOWN, f"{field}.outer", box.box_type_id, what))
        if not box.material_id:
            what = "has no material, and footprints lack it"
            warnings.append(_warning(WarningCode.MATERIAL_UNKNOWN, f"{field}.material", box.box_type_id, what))
        if box.price_minor is None and not box.price_tiers:
            what = "has no price, and packaging cost stays unknown"
            warnings.append(_warning(WarningCode.PRICE_UNKNOWN, f"{field}.price", box.box_type_id, what))
        if box.max_load_mg is None and not box.flexible and box.style is not BoxStyle.TOTE:
            what = "has no greatest mass and no board that it follows from, and may be filled without limit"
            warnings.append(_warning(WarningCode.MASS_LIMIT_UNKNOWN, f"{field}.max_net_g", box.box_type_id, what))
    return warnings


def plan_cautions(catalog: Catalog) -> tuple[PlanWarning, ...]:
    """Return what plans with a caller's own catalog warn of; a price that lacks they show as a cost not known."""
    known = _CAUTIONS.get(id(catalog))
    if known is None:
        if len(_CAUTIONS) >= MOST_CAUTIONS:
            _CAUTIONS.clear()
        known = _CAUTIONS[id(catalog)] = catalog, _cautions(catalog)
    return known[1]


def _cautions(catalog: Catalog) -> tuple[PlanWarning, ...]:
    if all(box.material_id and not box.outer_assumed for box in catalog.box_types) or is_shipped_catalog(catalog):
        return ()
    of_catalog = {WarningCode.PRICE_UNKNOWN, WarningCode.MASS_LIMIT_UNKNOWN}
    found = [each for each in catalog_warnings(catalog) if each.code not in of_catalog]
    return gathered(replace(each, field=f"catalog.{each.field}") for each in found)


def _warning(code: WarningCode, field: str, box_type_id: str, what: str) -> PlanWarning:
    return PlanWarning(code, field, f"box type {box_type_id!r} {what}")
