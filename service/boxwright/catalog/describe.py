"""Describes a catalog as text, and makes warnings about fields that a valid catalog lacks."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from boxwright import units
from boxwright.catalog.catalogs import is_shipped_catalog
from boxwright.domain.box import BoxStyle, BoxType, Catalog
from boxwright.domain.same import Same
from boxwright.domain.warning import PlanWarning, WarningCode, gathered


def describe(catalog: Catalog) -> str:
    """Return a catalog as text, with a line per box type and kind of dunnage."""
    rows = [_HEADER, *(_row(box, catalog) for box in catalog.box_types)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    unverified = sum(not box.read_in_source for box in catalog.box_types)
    lines = [
        f"{catalog.catalog_id} version {catalog.version}" + (f": {catalog.name}" if catalog.name else ""),
        catalog.content_hash,
        *([f"source: {catalog.source}"] if catalog.source else []),
        "",
        *table,
        "",
        f"{len(catalog.box_types)} box types, {unverified} of them unverified",
        *(f"{dunnage.kind.value}: {dunnage.dunnage_id}" for dunnage in catalog.dunnage),
    ]
    return "\n".join(lines)


_HEADER = (
    *("box type", "inner mm", "outer mm", "published", "opens", "tare g", "gross limit g"),
    *("material", "price", "", ""),
)


def _row(box: BoxType, catalog: Catalog) -> tuple[str, ...]:
    price = catalog.price_minor(box)
    return (
        box.box_type_id,
        *(" x ".join(f"{units.to_mm(edge):g}" for edge in edges) for edges in (box.inner_um, box.outer_um)),
        box.size_basis,
        box.opening.value,
        f"{box.tare_g:.1f}",
        "" if box.max_gross_g is None else f"{box.max_gross_g:.0f}",
        box.material_id,
        "" if price is None else f"{price} {catalog.currency} minor".replace("  ", " "),
        "" if box.read_in_source else "unverified",
        "; ".join(_more(box)),
    )


def _more(box: BoxType) -> Iterator[str]:
    if box.compartments is not None:
        yield box.compartments.words()
    if box.price_tiers:
        yield "from " + ", ".join(f"{tier.min_quantity}: {tier.price_minor}" for tier in box.price_tiers)
    if box.max_net_g is not None:
        yield f"at most {box.max_net_g:.0f} g of contents"
    if box.minimum_order_quantity:
        yield f"minimum order {box.minimum_order_quantity}"
    if box.available is not None:
        yield f"{box.available} available"
    if box.trips > 1:
        yield f"{box.trips} trips"
    for cap in box.property_caps:
        yield f"at most {cap.max_amount:g} of {cap.property}"


def catalog_warnings(catalog: Catalog) -> list[PlanWarning]:
    """Return warnings about fields that the box types of a valid catalog lack."""
    warnings = []
    for index, box in enumerate(catalog.box_types):
        unpriced = box.price_minor is None and not box.price_tiers
        unlimited = box.max_load_mg is None and not box.flexible and box.style is not BoxStyle.TOTE
        for holds, code, field, what in (
            (box.outer_assumed, WarningCode.OUTER_SIZE_UNKNOWN, "outer", _NO_OUTER),
            (not box.material_id, WarningCode.MATERIAL_UNKNOWN, "material", "material; footprints lack it"),
            (unpriced, WarningCode.PRICE_UNKNOWN, "price", "price; the packaging cost is unknown"),
            (unlimited, WarningCode.MASS_LIMIT_UNKNOWN, "max_net_g", _UNLIMITED),
        ):
            if holds:
                message = f"box type {box.box_type_id!r} has no {what}"
                warnings.append(PlanWarning(code, f"box_types[{index}].{field}", message))
    return warnings


_NO_OUTER = "outer size; the inner size is used for it"
_UNLIMITED = "mass limit, and no board from which a limit follows; it may be filled without limit"


def plan_cautions(catalog: Catalog) -> tuple[PlanWarning, ...]:
    """Return warnings about a catalog for plans, none for a shipped one; plans show missing prices as unknown costs."""
    return _cautions(Same(catalog))  # catalogs that compare equal may differ in ``outer_assumed``


@lru_cache(maxsize=64)
def _cautions(same: Same[Catalog]) -> tuple[PlanWarning, ...]:
    catalog = same.thing
    if all(box.material_id and not box.outer_assumed for box in catalog.box_types) or is_shipped_catalog(catalog):
        return ()
    of_catalog = {WarningCode.PRICE_UNKNOWN, WarningCode.MASS_LIMIT_UNKNOWN}
    found = [warning for warning in catalog_warnings(catalog) if warning.code not in of_catalog]
    return gathered(replace(warning, field=f"catalog.{warning.field}") for warning in found)
