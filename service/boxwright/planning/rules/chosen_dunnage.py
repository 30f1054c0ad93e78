"""The dunnage of a request: what the policy names, or the catalog's first of each kind."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from boxwright.catalog.materials import Materials
from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.order import Order
from boxwright.domain.protection import ProtectionRule
from boxwright.errors import FieldViolation, InvalidInputError
from boxwright.findings import Findings
from boxwright.planning.rules.asked_care import cares
from boxwright.planning.rules.material_policy import MaterialPolicy, PackagingItem, meeting_dunnage

NO_DUNNAGE = "none"
Choose = Callable[[DunnageKind, str, str], Dunnage | None]


class ChosenDunnage(NamedTuple):
    """What is packed with the goods, as ``Request`` has it."""

    void_fill: Dunnage | None
    cushion_fill: Dunnage | None
    cushionings: tuple[Dunnage, ...]
    pads: Dunnage | None
    tape: Dunnage | None
    label: Dunnage | None
    blocking: Dunnage | None


def chosen_dunnage(
    order: Order, catalog: Catalog, asked: MaterialPolicy, boxes: Sequence[BoxType] | None, found: Findings
) -> ChosenDunnage:
    """Return the dunnage that the policy names, or the catalog's first of each kind; note what is in the way.

    Parameters
    ----------
    order, catalog
        Of the request.
    asked : MaterialPolicy
        What the policy asks of materials.
    boxes : sequence of BoxType or None
        Those that meet it; None where names in it are not known: dunnage is not asked then.
    found : Findings
        Collects what is wrong.
    """
    policy, materials = asked.policy, asked.materials

    def choose(kind: DunnageKind, name: str, field: str) -> Dunnage | None:
        with found:
            chosen = _dunnage(catalog, materials, kind, name, field)
            if boxes is None:
                return chosen
            return meeting_dunnage(catalog, chosen, kind, name, field, asked, boxes, order)
        return None

    stock = [each for each in catalog.dunnage if boxes is None or not asked.broken(PackagingItem.of(each))]
    void_fill = choose(DunnageKind.VOID_FILL, policy.void_fill_id, "policy.void_fill_id")
    cushionings, pads = _cushionings(order, catalog, stock, asked, choose, found)
    cushion_fill = void_fill
    if (
        void_fill is not None
        and not void_fill.cushions
        and any(care.cushion_fill for _, care in cares(order, materials))
    ):
        fills = (each for each in stock if each.kind is DunnageKind.VOID_FILL and each.cushions)
        cushion_fill = next(fills, void_fill)
    tape = choose(DunnageKind.TAPE, policy.tape_id, "policy.tape_id")
    label = choose(DunnageKind.LABEL, policy.label_id, "policy.label_id")
    blocking = choose(DunnageKind.BLOCKING, policy.blocking_id, "policy.blocking_id")
    found.field("policy.tape_rule").attempt(materials.tape_rule, policy.tape_rule)
    for fill in dict.fromkeys((void_fill, cushion_fill)):
        if blocking and fill and (blocking.density_kg_per_m3 or 0) < (fill.density_kg_per_m3 or 0):
            which = f"{fill.dunnage_id!r}, {blocking.dunnage_id!r} is not"
            found.add("policy.blocking_id", f"must be at least as dense as the void fill {which}")
    return ChosenDunnage(void_fill, cushion_fill, cushionings, pads, tape, label, blocking)


def _cushionings(
    order: Order, catalog: Catalog, stock: Sequence[Dunnage], asked: MaterialPolicy, choose: Choose, found: Findings
) -> tuple[tuple[Dunnage, ...], Dunnage | None]:
    """Return what may be wrapped round fragile units, and what pads are made of; note what is in the way.

    What the policy names is sorted by what it is for; where it names none of a sort, the catalog's first is taken.
    """
    policy, materials = asked.policy, asked.materials
    physics = policy.protection is ProtectionRule.PHYSICS
    before = len(found)
    named = [
        choose(DunnageKind.CUSHIONING, name, f"policy.cushioning_ids[{index}]")
        for index, name in enumerate(policy.cushioning_ids)
    ]
    for index, each in enumerate(named):
        if each is not None and not each.wraps and not (physics and each.has_curve):
            rule = f"must have grammage_g_per_m2 to be wrapped round goods: {each.dunnage_id!r} makes pads"
            found.add(f"policy.cushioning_ids[{index}]", f"{rule}, under protection physics")
    pads = next((each for each in (*named, *stock) if each is not None and each.has_curve), None)
    if physics and pads is None and len(found) == before:
        rule = f"physics needs cushioning with a curve, and catalog {catalog.catalog_id!r} stocks none"
        found.add("policy.protection", f"{rule} (name one in policy.cushioning_ids)")
    wraps = tuple(each for each in named if each is not None and each.wraps)
    if not wraps and len(found) == before and (first := choose(DunnageKind.CUSHIONING, "", "policy.cushioning_ids")):
        wraps = (first,)
    if not wraps and len(found) == before:
        rule = f"needs wrap, and catalog {catalog.catalog_id!r} stocks none (set policy.cushioning_ids)"
        for index, care in cares(order, materials):
            if care.wrap_layers:
                found.add(f"lines[{index}].{order.lines[index].care_field}", rule)
    return wraps, pads if physics else None


def _dunnage(catalog: Catalog, materials: Materials, kind: DunnageKind, name: str, field: str) -> Dunnage | None:
    """Return the named dunnage, the catalog's first of its kind where no name is given, or None."""
    if name == NO_DUNNAGE and kind is not DunnageKind.CUSHIONING:
        return None
    if not name:
        stocked = (each for each in catalog.dunnage if each.kind is kind)
        return next((each for each in stocked if kind is not DunnageKind.CUSHIONING or each.wraps), None)
    pieces = {each.dunnage_id: each for each in (*materials.dunnage, *reversed(catalog.dunnage))}
    if name in pieces and pieces[name].kind is kind:
        return pieces[name]
    if name in pieces:
        rule = f"must be {kind.value}, {name!r} is {pieces[name].kind.value}"
    else:
        rule = f"must be one of {', '.join(sorted(each for each in pieces if pieces[each].kind is kind))}, got {name!r}"
    raise InvalidInputError([FieldViolation(field, rule)])
