"""The notes of the report: versions, policy, lane, boundaries, warnings."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from boxwright.domain.factor import Component, Coverage, CoverageCell, Stage
from boxwright.domain.lane import Lane
from boxwright.domain.policy import Policy
from boxwright.evaluation import wording
from boxwright.evaluation.result import Evaluation
from boxwright.evaluation.variant import NO_CARRIER

View = dict[str, Any]


def note_lines(evaluation: Evaluation) -> list[tuple[str, str]]:
    """Return what the figures were made with: data, engine, policy, lane."""
    notes = []
    for data_version, data_hash, engine in sorted(evaluation.records.versions()):
        notes += [("Data", f"{data_version}, {data_hash}"), ("Engine", engine)]
    policies, lanes = evaluation.policies, evaluation.lanes
    notes += [
        (f"Policy {name}" if len(policies) > 1 else "Policy", _policy_text(each)) for name, each in policies.items()
    ]
    notes += [
        (f"Lane, {name or NO_CARRIER}" if len(lanes) > 1 else "Lane", _lane_text(each)) for name, each in lanes.items()
    ]
    return [*notes, *(("Not counted", each) for each in lacking_notes(evaluation))]


def lacking_notes(evaluation: Evaluation) -> list[str]:
    """Return what the sums lack: factors, hubs, prices of dunnage."""
    totals = [result.totals for result in evaluation.results]
    notes = wording.lacking_lines(each for sums in totals for each in sums.footprints)
    bare = sorted({each for sums in totals if sums.packaging_price is not None for each in sums.unpriced})
    return [*notes, *([f"Price of packaging: there is none for {', '.join(bare)}"] if bare else [])]


def _policy_text(policy: Policy) -> str:
    """Return objectives, and each other field that is not at its default."""
    plain = Policy()
    changed = [
        f"{each.name.replace('_', ' ')} {_value_text(getattr(policy, each.name))}"
        for each in fields(policy)
        if each.name != "objectives" and getattr(policy, each.name) != getattr(plain, each.name)
    ]
    objectives = ", then ".join(each.value.replace("_", " ") for each in policy.objectives)
    support = "" if policy.support_ratio != plain.support_ratio else f"; support ratio {policy.support_ratio:g}"
    return f"objectives {objectives}{support}" + "".join(f"; {each}" for each in changed)


def _value_text(value: object) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, tuple) else str(value)


def _lane_text(lane: Lane | None) -> str:
    if lane is None:
        return "none: transport is not counted"
    legs = [leg.words for leg in lane.legs]
    ends = ((lane.origin, lane.origin_country), (lane.destination, lane.destination_country))
    places = " to ".join(words for place, country in ends if (words := place.words if place else country))
    service = f"carrier service {lane.carrier_service}" if lane.carrier_service else NO_CARRIER
    day = f"ship date {lane.ship_date}" if lane.ship_date else ""
    hubs = {True: "with hubs", False: "without hubs", None: "hubs not stated, not counted"}[lane.include_hubs]
    return "; ".join(
        part for part in (places, "; ".join(legs) or "no legs", hubs if legs else "", service, day) if part
    )


def coverage_views(evaluation: Evaluation) -> list[View]:
    """Return the boundary of each profile: what it counts, includes elsewhere, leaves outside or misses."""
    found = {each.profile_id: each.coverage for result in evaluation.results for each in result.totals.footprints}
    return [
        {
            "profile_id": profile_id,
            "stages": [stage.value.replace("_", " ") for stage in _stages(cells)],
            "rows": [
                (
                    wording.COMPONENT_NAMES[kind],
                    [
                        next(
                            (
                                (cell.coverage.value.replace("_", " "), cell.note)
                                for cell in cells
                                if cell.component is kind and cell.stage is stage
                            ),
                            ("–", ""),
                        )
                        for stage in _stages(cells)
                    ],
                )
                for kind in Component
            ],
        }
        for profile_id, cells in found.items()
        if cells
    ]


def _stages(cells: Sequence[CoverageCell]) -> list[Stage]:
    """Return the stages of which a profile says more than that another line includes them or its boundary ends."""
    known = {cell.stage for cell in cells if cell.coverage in (Coverage.FACTOR, Coverage.MISSING)}
    return [stage for stage in Stage if stage in known]


def warning_views(evaluation: Evaluation) -> list[View]:
    """Return each kind of warning of the plans: how many orders have it with some variant, and the first as example."""
    return [vars(each) for each in evaluation.records.warnings()]
