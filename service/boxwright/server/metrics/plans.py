"""What plans hold: parcels, boxes, fill, packaging, grams of CO2e; and orders that have none."""

from prometheus_client import Counter, Histogram

from boxwright.domain.box import Catalog
from boxwright.domain.currency import minor_per_unit
from boxwright.domain.factor import CARRIED
from boxwright.domain.own_container import OWN_CONTAINER
from boxwright.domain.plan import Parcel, Plan, UnpackedUnit
from boxwright.domain.warning import WarningCode
from boxwright.server.metrics.described import INLINE, Described, Instruments
from boxwright.shipping.objective_figures import packaging_cost_minor
from boxwright.units import MG_PER_G

SHARE_BUCKETS = tuple(step / 20 for step in range(1, 21))
"""Upper ends of shares: every 5 %."""


MOST_CURRENCIES = 20
"""Currencies of which a planning process keeps sums."""


class PlanMetrics(Instruments):
    """Plans."""

    plans = Described(
        Counter,
        "boxwright_plans_total",
        "Plans made, by purpose and completeness (complete, partial, none).",
        "purpose status",
    )
    site_plans = Described(
        Counter,
        "boxwright_site_plans_total",
        "Plans made for requests that name a site, by site, purpose and completeness (complete, partial, none).",
        "site purpose status",
    )
    refusals = Described(
        Counter,
        "boxwright_refused_orders_total",
        'Orders that ended in an error, by purpose ("unread" where the message could not be read) and reason of the'
        " error, those refused for overload included. Those of a BatchPack that cannot be read are not among them.",
        "purpose reason",
    )
    parcels = Described(Counter, "boxwright_parcels_total", "Parcels in plans, by purpose.", "purpose")
    marked = Described(
        Counter,
        "boxwright_marked_parcels_total",
        "Parcels with a handling mark (heavy, team_lift), by purpose; one that two people lift has both.",
        "purpose mark",
    )
    warnings = Described(
        Counter,
        "boxwright_plan_warnings_total",
        "Plans with a warning, by purpose and code; a plan counts once a code.",
        "purpose code",
    )
    boxes = Described(
        Counter,
        "boxwright_boxes_used_total",
        'Boxes in plans, by purpose, catalog and box type; both are "inline" for a catalog sent along.',
        "purpose catalog box_type",
    )
    fill = Described(
        Histogram,
        "boxwright_parcel_fill_ratio",
        "Share of each parcel's inner volume that goods take, by purpose.",
        "purpose",
        SHARE_BUCKETS,
    )
    packaging = Described(
        Counter,
        "boxwright_packaging_grams_total",
        "Mass of packaging in plans, by purpose and component (box, cushioning, void_fill, tape).",
        "purpose component",
    )
    units = Described(Counter, "boxwright_packed_units_total", "Units in the parcels of plans, by purpose.", "purpose")
    packaging_cost = Described(
        Counter,
        "boxwright_packaging_cost_total",
        "Price of boxes and dunnage in plans, by purpose and currency (ISO 4217, in whole units of it). Dunnage without"
        " a price counts as nothing; plans that have no sum are in ``boxwright_unpriced_plans_total``.",
        "purpose currency",
    )
    unpriced = Described(
        Counter,
        "boxwright_unpriced_plans_total",
        "Plans whose packaging is in no sum of prices, by purpose: the price of a box is not known, or the currency is"
        " not among the first 20 that a planning process meets.",
        "purpose",
    )
    carriage_cost = Described(
        Counter,
        "boxwright_carriage_cost_total",
        "Price of carriage of parcels in plans whose lane has a price table, by purpose and currency.",
        "purpose currency",
    )
    co2e = Described(
        Counter,
        "boxwright_co2e_grams_total",
        "Grams of CO2e in plans, by purpose, accounting profile, kind (packaging, or transport with its hubs),"
        ' allocation of transport ("none" for packaging) and sign (emitted, or credited by the profile\'s rule).'
        " Never sum over profiles or allocations: they are views of the same parcels.",
        "purpose profile kind allocation sign",
    )
    incomplete = Described(
        Counter,
        "boxwright_incomplete_footprints_total",
        "Plans that warn FOOTPRINT_INCOMPLETE, by purpose and accounting profile: it lacks a factor of what the order"
        " needs, so grams are too low. Missing legs, and what a shipped profile never counts, make no plan incomplete.",
        "purpose profile",
    )
    certificates = Described(
        Counter,
        "boxwright_certificates_total",
        "Plans by purpose, certificate status (proved, open) and scope.",
        "purpose status scope",
    )
    unpacked = Described(
        Counter,
        "boxwright_unpacked_units_total",
        "Units that stayed out, by purpose and reason, in partial plans and in orders refused for them.",
        "purpose reason",
    )
    checks = Described(
        Counter,
        "boxwright_checked_plans_total",
        "Plans judged by CheckPlan, by verdict (valid, invalid).",
        "verdict",
        known=("valid", "invalid"),
    )

    _currencies: set[str]
    """Currencies of which sums are kept."""

    def record_plan(
        self, plan: Plan, purpose: str, catalog: str, site: str = "", priced: Catalog | None = None
    ) -> None:
        """Count a plan.

        Parameters
        ----------
        plan : Plan
            As made.
        purpose : str
            Of its request.
        catalog : str
            Id of a loaded catalog, or ``inline``.
        site : str, optional
            Id of the site that the request names. Default: none.
        priced : Catalog, optional
            What boxes and dunnage cost. Default: prices are not counted.
        """
        self.plans.labels(purpose, plan.status.value).inc()
        if site:
            self.site_plans.labels(site, purpose, plan.status.value).inc()
        self.certificates.labels(purpose, plan.certificate.status.value, plan.certificate.scope.value).inc()
        self.parcels.labels(purpose).inc(len(plan.parcels))
        self.units.labels(purpose).inc(sum(len(parcel.placements) for parcel in plan.parcels))
        for parcel in plan.parcels:
            self._record_parcel(parcel, purpose, catalog)
        for code in {each.code for each in plan.warnings}:
            self.warnings.labels(purpose, code).inc()
        self.record_unpacked(plan.unpacked, purpose)
        self._record_footprints(plan, purpose)
        self._record_incomplete(plan, purpose)
        if priced is not None:
            self._record_prices(plan, purpose, priced)

    def _record_parcel(self, parcel: Parcel, purpose: str, catalog: str) -> None:
        box_type = INLINE if catalog == INLINE else parcel.box_type_id
        self.boxes.labels(purpose, catalog, OWN_CONTAINER if parcel.ships_in_own_container else box_type).inc()
        for mark in parcel.handling_marks:
            self.marked.labels(purpose, mark.value).inc()
        if parcel.inner_volume_um3:
            self.fill.labels(purpose).observe(1 - parcel.empty_space_ratio)
        for part in parcel.packaging:
            self.packaging.labels(purpose, part.component.value).inc(part.mass_mg / MG_PER_G)

    def _record_prices(self, plan: Plan, purpose: str, catalog: Catalog) -> None:
        minor = packaging_cost_minor(plan, catalog)
        if minor is not None and self._counts(catalog.currency):
            self.packaging_cost.labels(purpose, catalog.currency).inc(minor / minor_per_unit(catalog.currency))
        elif plan.parcels:
            self.unpriced.labels(purpose).inc()
        for price in [each.carriage_price for each in plan.parcels if each.carriage_price is not None]:
            if price.total_minor is not None and self._counts(price.currency):
                self.carriage_cost.labels(purpose, price.currency).inc(
                    price.total_minor / minor_per_unit(price.currency)
                )

    def _counts(self, currency: str) -> bool:
        """Return whether sums of a currency are kept: callers choose it, and each is one more label."""
        if currency and len(self._currencies) < MOST_CURRENCIES:
            self._currencies.add(currency)
        return currency in self._currencies

    def record_unpacked(self, units: tuple[UnpackedUnit, ...], purpose: str) -> None:
        """Count units that stayed out."""
        for unit in units:
            self.unpacked.labels(purpose, unit.reason.value).inc()

    def _record_footprints(self, plan: Plan, purpose: str) -> None:
        """Count grams: packaging once a profile, since it does not depend on the allocation of transport."""
        counted: set[str] = set()
        for footprint in plan.footprints:
            profile = footprint.profile_id
            for line in footprint.lines:
                transport = line.component in CARRIED
                if not transport and profile in counted:
                    continue
                kind, allocation = ("transport", footprint.allocation.value) if transport else ("packaging", "none")
                sign = "emitted" if line.co2e_mg >= 0 else "credited"
                self.co2e.labels(purpose, profile, kind, allocation, sign).inc(abs(line.co2e_mg) / MG_PER_G)
            counted.add(profile)

    def _record_incomplete(self, plan: Plan, purpose: str) -> None:
        """Count profiles that the plan warns of; a warning names the place of its profile among those asked for."""
        warned = {each.field for each in plan.warnings if each.code is WarningCode.FOOTPRINT_INCOMPLETE}
        for index, profile in enumerate(dict.fromkeys(each.profile_id for each in plan.footprints)):
            if f"profiles[{index}]" in warned:
                self.incomplete.labels(purpose, profile).inc()
