"""The dunnage of a request: named by the policy, or the first of the catalog that meets the rules."""

from collections.abc import Mapping, Sequence
from typing import Any

from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.order import Order
from boxwright.domain.policy import NO_DUNNAGE
from boxwright.domain.protection import ProtectionRule
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.findings import Findings
from boxwright.planning.rules.material_policy import MaterialPolicy
from boxwright.protection import Care, care_of
from boxwright.protection.tape import TAPED_STYLES


def chosen_dunnage(
    order: Order, catalog: Catalog, asked: MaterialPolicy, boxes: Sequence[BoxType] | None, found: Findings
) -> dict[str, Any]:
    """Return the dunnage of a request by the field names of ``Request``; note requirements that cannot be met.

    Named cushioning is wrap, or foam for pads; if the policy names none of a kind, the catalog's first is taken.
    ``boxes`` are those that meet the material rules ``asked``. They are None if the rules have unknown names; the rules
    are then not applied to dunnage.
    """
    policy = asked.policy
    cares: dict[int, Care] = {}
    for index, line in enumerate(order.lines):
        # Findings about the protection of a line are reported elsewhere.
        if line.care_field and (care := Findings().attempt(care_of, line, asked.materials)) is not None:
            cares[index] = care

    def choose(kind: DunnageKind, name: str, field: str) -> Dunnage | None:
        return found.attempt(_chosen, kind, name, field, catalog, asked, boxes, cares)

    stock = [piece for piece in catalog.dunnage if boxes is None or not asked.broken(piece)]
    void_fill = choose(DunnageKind.VOID_FILL, policy.void_fill_id, "policy.void_fill_id")
    physics, before = policy.protection is ProtectionRule.PHYSICS, len(found)
    named = [
        choose(DunnageKind.CUSHIONING, name, f"policy.cushioning_ids[{index}]")
        for index, name in enumerate(policy.cushioning_ids)
    ]
    for index, piece in enumerate(named):
        if piece is not None and not piece.wraps and not (physics and piece.has_curve):
            rule = f"must have grammage_g_per_m2 to be wrapped round goods: {piece.dunnage_id!r} makes pads"
            found.add(f"policy.cushioning_ids[{index}]", f"{rule}, under protection physics")
    pads = next((piece for piece in (*named, *stock) if piece is not None and piece.has_curve), None)
    if physics and pads is None and len(found) == before:
        rule = f"physics needs cushioning with a curve, and catalog {catalog.catalog_id!r} stocks none"
        found.add("policy.protection", f"{rule} (name one in policy.cushioning_ids)")
    wraps = tuple(piece for piece in named if piece is not None and piece.wraps)
    if not wraps and len(found) == before and (first := choose(DunnageKind.CUSHIONING, "", "policy.cushioning_ids")):
        wraps = (first,)
    if not wraps and len(found) == before:
        rule = f"needs wrap, and catalog {catalog.catalog_id!r} stocks none (set policy.cushioning_ids)"
        for index, care in cares.items():
            if care.wrap_layers:
                found.add(f"lines[{index}].{order.lines[index].care_field}", rule)
    cushion_fill = void_fill
    if void_fill is not None and not void_fill.cushions and any(care.cushion_fill for care in cares.values()):
        fills = (piece for piece in stock if piece.kind is DunnageKind.VOID_FILL and piece.cushions)
        cushion_fill = next(fills, void_fill)
    kinds = (DunnageKind.TAPE, DunnageKind.LABEL, DunnageKind.BLOCKING)
    names = (policy.tape_id, policy.label_id, policy.blocking_id)
    tape, label, blocking = (
        choose(kind, name, f"policy.{kind.value}_id") for kind, name in zip(kinds, names, strict=True)
    )
    found.field("policy.tape_rule").attempt(asked.materials.tape_rule, policy.tape_rule)
    for fill in dict.fromkeys((void_fill, cushion_fill)):
        if blocking and fill and (blocking.density_kg_per_m3 or 0) < (fill.density_kg_per_m3 or 0):
            which = f"{fill.dunnage_id!r}, {blocking.dunnage_id!r} is not"
            found.add("policy.blocking_id", f"must be at least as dense as the void fill {which}")
    return {
        "void_fill": void_fill,
        "cushion_fill": cushion_fill,
        "cushionings": wraps,
        "pads": pads if physics else None,
        "tape": tape,
        "label": label,
        "blocking": blocking,
    }


def _chosen(
    kind: DunnageKind,
    name: str,
    field: str,
    catalog: Catalog,
    asked: MaterialPolicy,
    boxes: Sequence[BoxType] | None,
    cares: Mapping[int, Care],
) -> Dunnage | None:
    """Return the named dunnage, or the catalog's first of its kind that meets the material rules.

    InvalidInputError if the name is unknown, or if none meets the rules and some plan would use it.
    """
    wraps = kind is DunnageKind.CUSHIONING
    if name == NO_DUNNAGE and not wraps:
        return None
    choice = stocked = [piece for piece in catalog.dunnage if piece.kind is kind and (not wraps or piece.wraps)]
    if name:
        pieces = {piece.dunnage_id: piece for piece in (*asked.materials.dunnage, *reversed(catalog.dunnage))}
        if name not in pieces or pieces[name].kind is not kind:
            names = ", ".join(sorted(piece_id for piece_id in pieces if pieces[piece_id].kind is kind))
            rule = f"must be one of {names}, got {name!r}"
            if name in pieces:
                rule = f"must be {kind.value}, {name!r} is {pieces[name].kind.value}"
            raise InvalidInputError([FieldViolation(field, rule)])
        choice = [pieces[name]]
    meeting = choice if boxes is None else [piece for piece in choice if not asked.broken(piece)]
    if meeting or boxes is None or not choice:
        return meeting[0] if meeting else None
    used = {
        DunnageKind.CUSHIONING: any(care.wrap_layers for care in cares.values()),
        DunnageKind.VOID_FILL: asked.policy.void_fill_share > 0 and any(box.has_fill for box in boxes),
        DunnageKind.TAPE: any(box.style in TAPED_STYLES for box in boxes),
        DunnageKind.LABEL: bool(boxes),
        DunnageKind.BLOCKING: any(box.has_fill for box in boxes),
    }
    if not used[kind]:
        return None
    others = ", ".join(repr(piece.dunnage_id) for piece in stocked if not asked.broken(piece))
    without = "" if wraps else ", or set it to 'none'"
    what = f"must be {kind.value.replace('_', ' ')} that meets {' and '.join(asked.rules)}"
    would = f"; {others} would do" if others else ""
    raise InvalidInputError([FieldViolation(field, f"{what}{without}: {asked.obstacles(choice)}{would}")])
