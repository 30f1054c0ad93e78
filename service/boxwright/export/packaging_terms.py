"""Recycled content and reuse of a packaging component as plain data: only where they are stated."""

from decimal import Decimal
from typing import Any

from boxwright.domain.footprint import PackagingComponent
from boxwright.domain.reuse import Reuse
from boxwright.errors import InvalidInputError
from boxwright.export.exact import plain
from boxwright.export.fields import Fields


def terms_of(part: PackagingComponent) -> dict[str, Any]:
    """Return the terms of a component that are stated, as keys beside its mass."""
    terms: dict[str, Any] = {}
    if part.recycled_content is not None:
        terms["recycled_content"] = plain(part.recycled_content)
    if part.reuse is not None:
        terms["reuse"] = {
            "idle_share": plain(Decimal(str(part.reuse.idle_share))),
            "washing_factor_id": part.reuse.washing_factor_id,
            "return_distance_km": plain(Decimal(str(part.reuse.return_distance_km))),
        }
    return terms


def reuse_of(stated: Fields) -> Reuse | None:
    """Return the reuse that an object of plain data states; None after refusing what breaks a rule."""
    idle, km = (float(stated.decimal(name)) for name in ("idle_share", "return_distance_km"))
    washing = stated.text("washing_factor_id")
    stated.close()
    try:
        return Reuse(idle, washing, km)
    except InvalidInputError as error:
        for violation in error.violations:
            stated.refuse(violation.field, violation.rule)
        return None


def recycled_content_of(fields: Fields) -> Decimal | None:
    """Return the recycled content that a component states; None where it states none."""
    if fields.get("recycled_content") is None:
        return None
    content = fields.decimal("recycled_content")
    if not 0 <= content <= 1:
        fields.refuse("recycled_content", "must be from 0 to 1")
        return None
    return content
