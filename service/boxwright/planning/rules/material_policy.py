"""Material rules of a policy, and the reasons why packaging breaks them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from boxwright.catalog.materials import Market, Materials
from boxwright.domain.box import BoxType
from boxwright.domain.dunnage import Dunnage
from boxwright.domain.lane import Lane
from boxwright.domain.material import Collection, Compostability, Material, MaterialKind
from boxwright.domain.policy import Policy
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.findings import Findings
from boxwright.planning.words import first_of

CLAIMED = {
    "recyclable": "recyclable",
    "recyclable_at_destination": "recyclable",
    "compostable": "compostable",
    "home_compostable": "compostable",
}
"""Requirements that contain a public claim, each with the word of the claim; markets have rules for such claims."""


@dataclass(frozen=True)
class MaterialPolicy:
    """The material rules of a policy; ``market`` is the destination market, None unless a rule needs it."""

    policy: Policy
    materials: Materials
    market: Market | None = None
    destination: Market | None = None
    """The market of the destination, if known: its rules say what may be claimed."""

    @property
    def rules(self) -> tuple[str, ...]:
        """Names of the rules: claims, then recycled content, then excluded materials."""
        named = list(self.policy.material_requirements)
        if self.policy.min_recycled_content:
            named.append(f"min_recycled_content {self.policy.min_recycled_content:g}")
        if self.policy.excluded_materials:
            named.append("excluded_materials")
        return tuple(named)

    def meeting(self, boxes: Sequence[BoxType]) -> list[BoxType]:
        """Return the box types that meet every rule."""
        if not self.policy.has_material_rules:
            return list(boxes)
        return [box for box in boxes if not self.broken(box)]

    def broken(self, item: BoxType | Dunnage) -> dict[str, str]:
        """Return why a box type or dunnage breaks rules, by name of the rule; empty if it meets all."""
        if not self.policy.has_material_rules:
            return {}
        known = {row.material_id: row for row in self.materials.materials}
        material = known.get(item.material_id)
        if material is None:
            return dict.fromkeys(self.rules, "its material is unknown")
        trips = item.trips if isinstance(item, BoxType) else 1
        checks = [(claim, self._claim(claim, material, trips)) for claim in self.policy.material_requirements]
        least = self.policy.min_recycled_content
        if least:
            share, why = material.recycled_content, ""
            if share is None:
                why = f"the recycled content of {material.material_id} is unknown"
            elif share < Decimal(str(least)):
                why = f"{material.material_id} has {share.normalize():f}"
            checks.append((f"min_recycled_content {least:g}", why))
        if item.material_id in self.policy.excluded_materials:
            checks.append(("excluded_materials", f"{material.material_id} is excluded"))
        return {name: why for name, why in checks if why}

    def _claim(self, claim: str, material: Material, trips: int) -> str:
        """Return why a material does not support a claim; empty if it does."""
        name = material.material_id
        if claim == "plastic_free":
            return f"{name} is plastic" if material.plastic else ""
        if claim == "recyclable":
            return "" if material.recycling_stream else f"{name} has no recycling stream"
        if claim == "recyclable_at_destination":
            assert self.market is not None  # a policy with this claim is refused without a market
            stream, where = self.market.stream(name), f"in market {self.market.market_id}"
            if stream is None:
                return f"it is unknown whether {name} is collected {where}"
            how = {Collection.COLLECTED: "", Collection.DROP_OFF: "only taken back at drop-off points"}
            why = how.get(stream.collection, "not collected")
            return f"{name} is {why} {where}" if why else ""
        if claim == "reusable":
            return "" if trips > 1 or material.kind is MaterialKind.REUSABLE else f"{name} is used once"
        certified = {Compostability.HOME} | ({Compostability.INDUSTRIAL} if claim == "compostable" else set())
        if material.compostability in certified:
            return ""
        if material.compostability is Compostability.INDUSTRIAL:
            return f"{name} composts in industrial plants only"
        return f"{name} is not compostable" if material.compostability else f"{name} has no known certificate"

    def obstacles(self, items: Sequence[BoxType | Dunnage]) -> str:
        """Return, by rule, which of some items break it and why, as a text; none of the items meets all rules."""
        names = [item.box_type_id if isinstance(item, BoxType) else item.dunnage_id for item in items]
        broken = [(repr(name), self.broken(item)) for name, item in zip(names, items, strict=True)]
        missed, met = [], []
        for rule in self.rules:
            if failed := [name for name, whys in broken if rule in whys]:
                reasons = dict.fromkeys(whys[rule] for _, whys in broken if rule in whys)
                missed.append(f"{rule} is missed by {first_of(failed)} ({first_of([*reasons])})")
            only = [name for name, whys in broken if [*whys] == [rule]]
            if only and len(self.rules) > 1:
                met.append(f"all but {rule} is met by {first_of(only)}")
        return "; ".join((*missed, *met))

    def cautions(self, material_ids: Iterable[str]) -> list[PlanWarning]:
        """Return a warning for each claim about these materials that rests on unverified data or a certificate."""
        found: dict[PlanWarning, None] = {}
        claimed: dict[str, list[str]] = {}
        used = {*material_ids} if self.policy.has_material_rules else {}
        field = "policy.material_requirements"
        for material in (row for row in self.materials.materials if row.material_id in used):
            name, unverified = material.material_id, not material.read_in_source
            text = f"the properties of material {name!r} are unverified"
            for claim in self.policy.material_requirements:
                if claim in ("compostable", "home_compostable"):
                    certificate = material.compostability_certificate or "none is named"
                    only = f"material {name!r} is {claim.replace('_', ' ')} only with its maker's certificate"
                    found[PlanWarning(WarningCode.COMPOSTABLE_BY_CERTIFICATE, field, f"{only} ({certificate})")] = None
                elif claim == "recyclable_at_destination" and self.market is not None:
                    stream = self.market.stream(name)
                    if stream is not None and not stream.read_in_source:
                        collected = f"that {name!r} is collected in market {self.market.market_id} is unverified"
                        found[PlanWarning(WarningCode.UNVERIFIED_CLAIM, field, collected)] = None
                elif unverified and claim != "reusable":
                    found[PlanWarning(WarningCode.UNVERIFIED_CLAIM, field, text)] = None
                if claim in CLAIMED:
                    claimed.setdefault(claim, []).append(repr(name))
            if self.policy.min_recycled_content and unverified:
                at = "policy.min_recycled_content"
                found[PlanWarning(WarningCode.UNVERIFIED_CLAIM, at, text)] = None
        return [*found, *(self._by_market(claim, names) for claim, names in claimed.items())]

    def _by_market(self, claim: str, names: Sequence[str]) -> PlanWarning:
        """Return a warning with the rules under which the destination's market allows a claim about materials."""
        word = CLAIMED[claim]
        required = f"the policy's requirement of {claim.replace('_', ' ')} packaging"
        text = f"{required} is met by {', '.join(names)};"
        text += f" this alone does not allow the packaging to be called {word}: "
        if self.destination is None:
            text += "markets have rules for that, and the lane names no destination whose rules are known"
        else:
            rules = [
                f"{rule.instrument}, {rule.provision}: {rule.definition} (grade {rule.source_grade.value})"
                for market in self.materials.markets
                # Markets of parts of the country, such as us-ca, are included.
                if market.market_id.partition("-")[0] == self.destination.market_id
                for rule in market.rules
                if rule.check_type in ("claim_any", f"claim_{word}")
            ]
            text += "; ".join(rules) or f"no rule of market {self.destination.market_id} is known"
        return PlanWarning(WarningCode.CLAIM_BY_MARKET, "policy.material_requirements", text)


def material_policy(policy: Policy, lane: Lane | None, materials: Materials, found: Findings) -> MaterialPolicy:
    """Return the material rules of a policy; note unknown materials and a missing destination."""
    known = {row.material_id for row in materials.materials} if policy.excluded_materials else ()
    for index, name in enumerate(policy.excluded_materials):
        if name not in known:
            rule = f"must be one of {', '.join(sorted(known))}, got {name!r}"
            found.add(f"policy.excluded_materials[{index}]", rule)
    country = lane.destination_country if lane else ""
    market = materials.market_of(country) if policy.material_requirements else None
    if "recyclable_at_destination" not in policy.material_requirements:
        return MaterialPolicy(policy, materials, destination=market)
    if not country:
        found.add("lane.destination_country", "is needed by recyclable_at_destination")
    elif market is None or not market.streams:
        covered = sorted({code for row in materials.markets if row.streams for code in row.country_codes})
        rule = (
            f"must be a country whose recycling streams are known, for recyclable_at_destination:"
            f" {', '.join(covered)}; got {country!r}"
        )
        found.add("lane.destination_country", rule)
    return MaterialPolicy(policy, materials, market, market)
