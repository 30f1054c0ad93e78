"""Makes the page of a stored plan. Figures are computed again and compared with the stored ones."""

import datetime
import pickle
from dataclasses import replace

from boxwright.contract.objective import read_certificate
from boxwright.contract.outcome import read_parcel
from boxwright.contract.plan import plan_to_wire
from boxwright.contract.stated_figures import wrong_figures
from boxwright.contract.stated_plan import read_stated_plan
from boxwright.domain.plan import Plan
from boxwright.domain.warning import PlanWarning
from boxwright.findings import Findings
from boxwright.pages import Sheet, Shipped, ShippedParcel, plan_page
from boxwright.planning.answers.judge import assess
from boxwright.server.answers.dataset import Dataset
from boxwright.server.answers.pack_request import PackJob, read_pack_request
from boxwright.server.api.stored_plans import answer_of
from boxwright.server.stored.plan_record import unpacked
from boxwright.stop import Stop
from boxwright.v1 import catalog_pb2, outcome_pb2, plan_pb2
from boxwright.v1 import packing_service_pb2 as messages


def made_page(content: bytes, dataset: Dataset, stop: Stop) -> bytes:
    """Return the page of a stored plan from the pickle of ``PackingService.page``; raises as the planner does."""
    stored, catalog, sheet, address = pickle.loads(content)
    found = Findings()
    if sheet and sheet not in set(Sheet):
        found.add("sheet", f"must be one of {', '.join(Sheet)}, got {sheet!r:.40}")
    found.raise_any()
    request = messages.PackRequest.FromString(unpacked(stored.plan.request))
    request.ClearField("site")  # the stored request already has the site's defaults
    loaded = dataset.catalogs.get(request.catalog.removeprefix("catalogs/"))
    if catalog is not None and (loaded is None or loaded.content_hash != stored.plan.catalog_hash):
        request.inline_catalog.CopyFrom(catalog_pb2.Catalog.FromString(unpacked(catalog.content)))
        request.inline_catalog.ClearField("name")
    made = datetime.datetime.fromtimestamp(stored.plan.create_us / 1e6, datetime.UTC)
    job = read_pack_request(request, dataset, made.date(), stop)
    message = answer_of(stored).plan
    plan, notes = _plan(message, job)
    if not any(line.description or line.sku or line.barcode for line in job.task.order.lines):
        unsent = "were not sent with this order: they are fields of its lines"
        unkept = "are not stored here: BOXWRIGHT_STORE_TEXTS=true keeps those of later plans"
        notes.append(f"Names, SKUs and barcodes {unsent if dataset.settings.store_texts else unkept}.")
    outcome = None if stored.outcome is None else outcome_pb2.Outcome.FromString(stored.outcome)
    page = plan_page(
        plan,
        job.task,
        sheet=Sheet(sheet or Sheet.A4),
        name=message.name,
        address=address,
        notes=notes,
        shipped=None if outcome is None else shipped_of(outcome, message),
        verdicts=job.verdicts(plan),
        most_drawn=dataset.settings.max_drawn_units,
    )
    return page.encode()


def _plan(message: plan_pb2.Plan, job: PackJob) -> tuple[Plan, list[str]]:
    """Return a stored plan with figures computed again, and notes for the reader."""
    found = Findings("plan", stop=job.task.stop)
    stated = read_stated_plan(message, job.task.order, found)
    certificate = read_certificate(message.certificate, job.catalog.published, found.at("certificate"))
    found.raise_any()
    assert stated is not None  # otherwise a finding was raised above, as for the certificate
    assert certificate is not None
    plan = assess(job.task, stated.parcels, stated.unpacked)
    differ = wrong_figures(message, plan_to_wire(plan, job.view()), job.task.stop)
    notes = []
    if differ:
        notes.append(
            f"Figures on this page are computed with data {plan.data_version} ({plan.data_hash}); {len(differ)} differ"
            f" from the stored plan, the first: {differ[0].detail}. GetPlan returns the plan as it was made."
        )
    return replace(
        plan,
        order_id=message.order_id,
        certificate=certificate,
        warnings=tuple(PlanWarning(sent.code, sent.field, sent.message, sent.count) for sent in message.warnings),
        cut_short=message.cut_short,
        ship_date=job.ship_date,
        catalog_hash=job.catalog.published.content_hash,
    ), notes


REASONS = {
    "box_not_at_hand": "the box was not available",
    "did_not_fit": "the goods did not fit",
    "fitted_smaller": "the goods fitted a smaller box",
    "protection": "the goods looked badly protected",
    "unit_missing": "a unit was missing or damaged",
    "consignee_wish": "the consignee asked for it",
    "other": "another reason",
    "unstated": "units other than planned",
}
"""Reasons for not packing as planned, as text."""


def shipped_of(outcome: outcome_pb2.Outcome, plan: plan_pb2.Plan) -> Shipped:
    """Return the recorded outcome of a plan. It was validated when it was recorded."""
    when = f"{outcome.pack_time.ToDatetime():%Y-%m-%d %H:%M} UTC"
    return Shipped(when, outcome.station, [_parcel(parcel, plan) for parcel in outcome.parcels])


def _parcel(sent: outcome_pb2.ShippedParcel, plan: plan_pb2.Plan) -> ShippedParcel:
    planned = sent.parcel_index if sent.HasField("parcel_index") else None
    read = read_parcel(sent, None if planned is None else plan.parcels[planned])
    reason = "" if planned is None and read.reason == "unstated" else REASONS.get(read.reason, "")
    if sent.open:
        reason = "; ".join(filter(None, (reason, "left open for another plan")))
    units = tuple(f"{unit.line_id} {unit.unit_index + 1}" for unit in sent.units) if read.overridden else ()
    return ShippedParcel(
        planned,
        read.box_type_id or sent.other_box,
        reason,
        sent.override_note,
        read.measured_g,
        read.measured_mm,
        units,
    )
