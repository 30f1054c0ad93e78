"""Variants: a catalog under a policy on a lane, in all combinations of a run."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxwright.domain.fields import id_rule
from boxwright.errors import FieldViolation, InvalidInputError

if TYPE_CHECKING:
    from boxwright.domain.box import Catalog
    from boxwright.domain.lane import Lane
    from boxwright.domain.policy import Policy

MAX_VARIANTS = 100
"""Maximum number of variants of a run; each is a column of its summary and page."""
NO_CARRIER = "no carrier service"
"""Name of a lane without a carrier service in runs whose other lanes have one."""


@dataclass(frozen=True)
class Variant:
    """A catalog with the policy and the lane under which orders are packed."""

    catalog: Catalog
    policy: Policy
    lane: Lane | None
    """Policy and lane, as in ``boxwright.planning.plan``."""
    policy_name: str = ""
    """Name of the policy in the run. Default empty: there is only one."""
    parts: tuple[str, ...] = ()
    """Carrier service and policy name that distinguish it from other variants of its catalog, each if the run has
    several. Default none."""

    @property
    def name(self) -> str:
        """Its name in tables, such as ``eu-stock, sf/fast, thorough``."""
        return ", ".join((self.catalog.catalog_id, *self.parts))

    @property
    def title(self) -> str:
        """Its name in sentences, with the name of the catalog instead of the id if there is one."""
        name = self.catalog.name or self.catalog.catalog_id
        return f"{name} ({', '.join(self.parts)})" if self.parts else name

    @property
    def noun(self) -> str:
        """The noun for it on pages: ``catalog``, or ``variant`` if policies or lanes vary too."""
        return "variant" if self.parts else "catalog"

    @property
    def carrier_service(self) -> str:
        """The carrier service of its lane; empty without one."""
        return self.lane.carrier_service if self.lane is not None else ""

    @property
    def named(self) -> tuple[tuple[str, str], ...]:
        """Its name in rows, by column: policy and carrier service where the run has several."""
        own = (("policy", self.policy_name), ("carrier_service", self.carrier_service)) if self.parts else ()
        return (("catalog_id", self.catalog.catalog_id), *own)


def variants_of(
    catalogs: Sequence[Catalog],
    policy: Policy | Mapping[str, Policy],
    lane: Lane | Sequence[Lane | None] | None,
) -> tuple[Variant, ...]:
    """Return each catalog with each lane and each policy: catalogs vary slowest, policies fastest.

    InvalidInputError if there are no variants or more than ``MAX_VARIANTS``, or if policies or lanes are equal.
    """
    policies = policy if isinstance(policy, Mapping) else {"": policy}
    lanes = lanes_of(lane)
    _check(catalogs, policies, lanes)
    found = []
    for catalog, way, (name, chosen) in itertools.product(catalogs, lanes, policies.items()):
        carrier = (NO_CARRIER if way is None else way.carrier_service or NO_CARRIER,) if len(lanes) > 1 else ()
        found.append(Variant(catalog, chosen, way, name, (*carrier, *((name,) if len(policies) > 1 else ()))))
    return tuple(found)


def lanes_of(lane: Lane | Sequence[Lane | None] | None) -> tuple[Lane | None, ...]:
    """Return the lanes of a run; None for a run without lanes."""
    return tuple(lane) if isinstance(lane, Sequence) else (lane,)


def _check(catalogs: Sequence[Catalog], policies: Mapping[str, Policy], lanes: Sequence[Lane | None]) -> None:
    broken = [
        FieldViolation(field, "must be None or hold at least one entry")
        for field, held in (("policy", policies), ("lane", lanes))
        if not held
    ]
    count = len(catalogs) * len(policies) * len(lanes)
    if count > MAX_VARIANTS:
        counts = f"{len(catalogs)} catalogs x {len(policies)} policies x {len(lanes)} carrier services"
        broken.append(FieldViolation("catalogs", f"must make at most {MAX_VARIANTS} columns, got {counts} = {count}"))
    names = list(policies)
    named = filter(None, map(id_rule, names if len(names) > 1 else ()))
    broken += [FieldViolation("policy", rule) for rule in named]
    for place, name in enumerate(names):
        same = next((earlier for earlier in names[:place] if policies[earlier] == policies[name]), None)
        if same is not None:
            broken.append(FieldViolation("policy", f"must differ from each other, {name!r} is the same as {same!r}"))
    services = [None if way is None else way.carrier_service for way in lanes]
    for place, service in enumerate(services):
        if service in services[:place]:
            name = repr(service) if service else NO_CARRIER
            broken.append(FieldViolation("lane.carrier_service", f"must be unique, {name} is repeated"))
    if broken:
        raise InvalidInputError(broken)
