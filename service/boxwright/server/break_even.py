"""EstimateBreakEven: a reusable box against a box used once."""

from boxwright.contract.enums import BREAK_EVEN_OUTCOME
from boxwright.contract.footprint import MISSING, line_to_wire
from boxwright.contract.names import profile_name, read_name
from boxwright.contract.source import versions_to_wire
from boxwright.domain.box import BoxType
from boxwright.domain.box_component import box_component
from boxwright.domain.factor import AccountingProfile
from boxwright.findings import Findings
from boxwright.footprint import BreakEven, break_even
from boxwright.server.accounting_profiles import read_profiles
from boxwright.server.shelf import Shelf
from boxwright.v1 import footprint_service_pb2 as messages


def estimate_break_even(request: messages.EstimateBreakEvenRequest, shelf: Shelf) -> messages.EstimateBreakEvenResponse:
    """Return, per profile, after how many trips the reusable box of a request beats the one used once.

    Raises
    ------
    InvalidInputError
        Or one of its kinds, with every finding.
    """
    found = Findings()
    catalog, reusable = find_box(request.reusable_box_type, shelf, found, "reusable_box_type")
    _, single = find_box(request.single_use_box_type, shelf, found, "single_use_box_type")
    profiles = read_profiles(request.accounting_profiles, shelf, found)
    found.raise_any()
    assert reusable is not None  # it has noted a finding otherwise, raised above; so has the other
    assert single is not None
    answers = []
    for profile_id in profiles:
        profile = shelf.materials.profile(profile_id)
        answer = break_even(box_component(reusable), box_component(single), profile, shelf.materials)
        answers.append(_to_wire(answer, profile))
    return messages.EstimateBreakEvenResponse(
        break_evens=answers, versions=versions_to_wire(shelf.materials, shelf.catalogs.get(catalog))
    )


def find_box(name: str, shelf: Shelf, found: Findings, field: str) -> tuple[str, BoxType | None]:
    """Return the catalog's id and the box type of a resource name; None after noting why there is none."""
    parts = read_name(name, "catalogs/{catalog}/boxTypes/{box_type}", found, field)
    if parts is None:
        return "", None
    catalog = shelf.catalogs.get(parts[0])
    box = next((each for each in catalog.box_types if each.box_type_id == parts[1]), None) if catalog else None
    if box is None:
        found.unknown(field, f"names no box type of a loaded catalog, got {name!r}")
    return parts[0], box


def _to_wire(answer: BreakEven, profile: AccountingProfile) -> messages.BreakEven:
    factors = {factor.factor_id: factor for factor in profile.factors}
    return messages.BreakEven(
        accounting_profile=profile_name(answer.profile_id),
        outcome=BREAK_EVEN_OUTCOME.to_wire(answer.outcome),
        trips=answer.trips,
        life_trips=answer.life_trips,
        life_co2e_mg=answer.life_mg,
        use_co2e_mg=answer.use_mg,
        per_use_co2e_mg=answer.per_use_mg,
        single_use_co2e_mg=answer.single_mg,
        missing=[MISSING(each) for each in (*answer.missing, *answer.missing_scope)],
        lines=[line_to_wire(each, factors[each.factor_id]) for each in answer.lines],
        single_use_lines=[line_to_wire(each, factors[each.factor_id]) for each in answer.single_lines],
    )
