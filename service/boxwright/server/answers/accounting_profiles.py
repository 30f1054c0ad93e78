"""Accounting profiles and carrier services that a request asks for."""

import datetime
from collections.abc import Sequence

from boxwright.contract.lane import find_service
from boxwright.contract.names import profile_name, read_name
from boxwright.domain.factor import TONNE_KM
from boxwright.domain.lane import VAN, Lane
from boxwright.findings import Findings
from boxwright.footprint import lane_rules
from boxwright.server.answers.dataset import Dataset

MAX_PROFILES = 10
MAX_SERVICES = 20
"""Most of each in a request, as the contract says."""


def read_profiles(names: Sequence[str], dataset: Dataset, found: Findings) -> tuple[str, ...]:
    """Return the ids of the accounting profiles asked for, versions resolved; empty is the server's default."""
    if len(names) > MAX_PROFILES:
        found.add("accounting_profiles", f"must hold at most {MAX_PROFILES} profiles, got {len(names)}")
    if not names:
        return (dataset.materials.profile(dataset.settings.default_profile).profile_id,)
    ids: list[str] = []
    for index, name in enumerate(names):
        field = f"accounting_profiles[{index}]"
        profile_id = find_profile(name, dataset, found, field)
        if profile_id in ids:
            found.add(field, f"must not repeat, {name!r} does")
        if profile_id is not None:
            ids.append(profile_id)
    return tuple(ids)


def find_profile(name: str, dataset: Dataset, found: Findings, field: str) -> str | None:
    """Return the id of an accounting profile with its version, or None after noting why there is none."""
    parts = read_name(name, "accountingProfiles/{profile}@{version}", found, field)
    if parts is None:
        return None
    profile = Findings().attempt(dataset.materials.profile, parts[0])
    if profile is None:
        known = ", ".join(profile_name(each.profile_id) for each in dataset.materials.profiles)
        found.unknown(field, f"must be one of {known}, got {name!r}")
        return None
    return profile.profile_id


def read_services(
    names: Sequence[str], day: datetime.date | None, zone: str, dataset: Dataset, found: Findings
) -> tuple[str, ...]:
    """Return the ids of the carrier services to state chargeable weight for."""
    if len(names) > MAX_SERVICES:
        found.add("carrier_services", f"must hold at most {MAX_SERVICES} services, got {len(names)}")
    read = [
        find_service(name, day, dataset.materials, found, f"carrier_services[{index}]", zone)
        for index, name in enumerate(names)
    ]
    return tuple(each for each in read if each is not None)


def check_vehicles(lane: Lane, profile_ids: Sequence[str], dataset: Dataset, found: Findings) -> None:
    """Note a class of vehicle that no profile asked for knows or of another mode, a factor or density that lacks.

    A class that some profiles know is missing in the others.
    """
    profiles = [dataset.materials.profile(each) for each in profile_ids]
    known = sorted(
        {VAN} | {factor.subject for profile in profiles for factor in profile.factors if factor.unit == TONNE_KM}
    )
    unknown = {f"lane.legs[{index}].vehicle": leg.vehicle for index, leg in enumerate(lane.legs)}
    unknown = {path: vehicle for path, vehicle in unknown.items() if vehicle not in known}
    for each in lane_rules(lane, profiles, dataset.materials):
        field = each.field.removeprefix("lane.")
        if each.field in unknown:
            found.unknown(field, f"must be one of {', '.join(known)}, got {unknown[each.field]!r}")
        else:
            found.add(field, each.rule)
