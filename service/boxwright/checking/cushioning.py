"""What protects goods: half-gaps and wall margins as wide as fragility asks for, wrap and pads weighed."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from boxwright.checking.care import cushionings, foam, need
from boxwright.checking.case import ParcelCase
from boxwright.checking.dunnage import first_stocked
from boxwright.checking.envelope import Envelope
from boxwright.checking.needs import Need
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.checking.wording import g, mm
from boxwright.domain.dunnage import Dunnage, DunnageKind
from boxwright.domain.factor import Component
from boxwright.domain.order import Item
from boxwright.errors import InvalidInputError
from boxwright.protection.dunnage import figure
from boxwright.units import half_even


def wrong_cushioning(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield the units that are too near to others or to a wall, and wrap and pads of a wrong kind or mass."""
    if case.box is not None and case.box.compartments:
        yield from _in_compartments(case)
        return
    needs = [(each, need(each.item, case.premises)) for each in case.envelopes]
    for each, needed in needs:
        case.premises.stop.look()
        yield from _unprotected(case, each, needed)
    try:
        yield from _wrong_parts(case, needs)
    except InvalidInputError as error:
        yield case.broken(ViolationKind.WRONG_CUSHIONING, f"its cushioning cannot be judged: {error}")


def _unprotected(case: ParcelCase, each: Envelope, needed: Need) -> Iterator[PlanViolation]:
    """Yield whether a unit lies too near to others or to the walls, or where it may not lie."""
    kind = ViolationKind.CUSHION_TOO_THIN
    if needed.fault:
        yield case.broken(kind, f"its protection cannot be judged: {needed.fault}", each)
    if case.box is not None and case.box.flexible and not needed.mailer:
        yield case.broken(kind, "lies in a mailer, which is not for such goods", each)
    half_gap_um, wall_margin_um = needed.half_gap_um, needed.wall_margin_um
    if needed.pads is not None:
        half_gap_um, wall_margin_um = needed.pads.thickness_um, 0
    if each.half_gap_um < half_gap_um:
        detail = f"a half-gap of {mm(each.half_gap_um)}, its fragility asks for {mm(half_gap_um)}"
        yield case.broken(kind, detail, each)
    to_walls, least = each.half_gap_um + each.wall_margin_um, half_gap_um + wall_margin_um
    if to_walls < least:
        yield case.broken(kind, f"{mm(to_walls)} to the walls, its fragility asks for {mm(least)}", each)


def _wrong_parts(case: ParcelCase, needs: list[tuple[Envelope, Need]]) -> Iterator[PlanViolation]:
    """Yield whether wrap and pads are not those that the units need, to the mg, of what the parcel says and may use."""
    pads_mg = [needed.pads.mass_mg for _, needed in needs if needed.pads is not None]
    wrapped = [(each.goods, needed.wrap_layers) for each, needed in needs if needed.wrap_layers and needed.pads is None]
    named = case.parcel.cushioning_id
    padding, wrap = foam(case.premises) if pads_mg else None, None
    if wrapped:
        wrap = next((each for each in wraps_of(case) if named in ("", each.dunnage_id)), None)
    if wrap is None and (wrapped or named not in ("", padding.dunnage_id if padding is not None else "")):
        use = "may not be wrapped round goods" if wrapped else "is round no unit"
        yield case.broken(ViolationKind.WRONG_CUSHIONING, f"names cushioning {named!r:.80}, which {use}")
        return
    wrapped_mg = 0 if wrap is None else sum(wrap_mg(item, layers, wrap) for item, layers in wrapped)
    yield from _misweighed(case, [(wrap, wrapped_mg), (padding, sum(pads_mg))])


def _misweighed(case: ParcelCase, used: list[tuple[Dunnage | None, int]]) -> Iterator[PlanViolation]:
    """Yield whether the stated cushioning has other masses than what is used, or is of another material."""
    parts = case.stated(Component.CUSHIONING)
    stated = Counter[str]()
    for part in parts:
        stated[part.dunnage_id] += part.mass_mg
    true = Counter[str]()
    for each, mass_mg in used:
        if each is not None:
            true[each.dunnage_id] += mass_mg
    by_name = {name: mass_mg for name, mass_mg in stated.items() if mass_mg}
    if stated != true and (set(by_name) - {""} or stated.total() != true.total()):
        said = ", ".join(f"{g(mass_mg)} of {name!r:.80}" for name, mass_mg in by_name.items()) or g(0)
        takes = ", ".join(f"{g(mass_mg)} of {name!r}" for name, mass_mg in true.items()) or g(0)
        yield case.broken(ViolationKind.WRONG_PACKAGING, f"says {said} of cushioning, it takes {takes}")
        return
    materials = {(name, each.material_id) for each, _ in used if each is not None for name in ("", each.dunnage_id)}
    for part in parts:
        if (part.dunnage_id, part.material_id) not in materials:
            said = f"cushioning {part.dunnage_id!r:.80} of {part.material_id!r:.80}"
            yield case.broken(ViolationKind.WRONG_PACKAGING, f"says {said}, which is not what is used")


def wrap_mg(item: Item, layers: int, wrap: Dunnage) -> int:
    """Return what layers round the six faces of a unit weigh, in mg: a square um of 1 g/m2 weighs 10^-9 mg."""
    length, width, height = item.edges_um
    faces_um2 = 2 * length * width + 2 * (length + width) * height
    per_um2 = layers * Fraction(figure(wrap, "grammage_g_per_m2")) / 10**9
    return half_even(*(faces_um2 * per_um2).as_integer_ratio())


def wraps_of(case: ParcelCase) -> list[Dunnage]:
    """Return what the units of a parcel may be wrapped in: what the policy names, else the first that is stocked."""
    wraps = [each for each in cushionings(case.premises) if each.wraps]
    if not wraps and (first := first_stocked(DunnageKind.CUSHIONING, case.premises)) is not None:
        wraps = [first]
    return wraps


def _in_compartments(case: ParcelCase) -> Iterator[PlanViolation]:
    """Yield cushioning of units that stand in compartments, where there is none."""
    if case.parcel.cushioning_id != "":
        detail = f"names cushioning {case.parcel.cushioning_id!r:.80}, and its box has compartments"
        yield case.broken(ViolationKind.WRONG_CUSHIONING, detail)
    for each in case.envelopes:
        if each.half_gap_um or each.wall_margin_um:
            detail = (
                f"a half-gap of {mm(each.half_gap_um)}, a wall margin of {mm(each.wall_margin_um)} in a compartment"
            )
            yield case.broken(ViolationKind.WRONG_CUSHIONING, detail, each)
    if stated_mg := case.stated_mg(Component.CUSHIONING):
        detail = f"says {g(stated_mg)} of cushioning, and its box has compartments"
        yield case.broken(ViolationKind.WRONG_PACKAGING, detail)
