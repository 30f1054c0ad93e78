"""Checks a stored plan again from its stored request and catalog; for the command line."""

import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from boxwright.catalog import Materials
from boxwright.checking.footprints import wrong_footprints
from boxwright.contract.catalog import read_catalog
from boxwright.contract.json import from_json
from boxwright.contract.objective import read_certificate
from boxwright.contract.outcome import check_outcome, read_outcome
from boxwright.contract.plan import plan_to_wire
from boxwright.contract.stated_figures import unlike, wrong_figures
from boxwright.contract.stated_plan import read_stated_plan, read_whole_plan
from boxwright.errors import InvalidInputError
from boxwright.findings import Findings
from boxwright.planning import verify_certificate
from boxwright.planning.answers.judge import judge
from boxwright.server.answers.dataset import Dataset
from boxwright.server.answers.pack_request import read_pack_request
from boxwright.server.settings import Settings
from boxwright.v1 import catalog_pb2, packing_service_pb2, parcel_pb2, plan_pb2

Json = Mapping[str, Any]


def faults_of(plan: Json, request: Json, catalog: Json, materials: Materials) -> Iterator[str]:
    """Yield the faults of a stored plan: of its sums, outcome, packing, figures, verdicts and certificate.

    If the plan was made with other data, only its sums and its outcome are checked, and a line says so. The catalog's
    hash is not checked, since it is over the text of a file, which differs from the JSON.
    """
    try:
        yield from _faults(plan, request, catalog, materials)
    except InvalidInputError as error:
        yield from map(str, error.violations)


def _faults(plan: Json, request: Json, catalog: Json, materials: Materials) -> Iterator[str]:
    stated: Any = _message(plan, plan_pb2.Plan)
    found = Findings("plan")
    plan_read = read_whole_plan(stated, found)
    found.raise_any()
    assert plan_read is not None  # otherwise a finding was raised above, here and below
    yield from map(str, wrong_footprints(plan_read))
    known: Any = _message(catalog, catalog_pb2.Catalog)
    if stated.HasField("outcome"):
        found = Findings("plan")
        check_outcome(packing_service_pb2.RecordOutcomeRequest(outcome=stated.outcome), found)
        read_outcome(stated.outcome, stated, known, found.at("outcome"))
        found.raise_any()
    versions = stated.versions
    if versions.data_hash != materials.content_hash:
        yield f"versions.data_hash: made with other data ({versions.data_version}), so only the sums are checked"
        return
    found = Findings("catalog")
    known = read_catalog(known, materials, found)
    found.raise_any()
    of_catalog = {**request, "catalog": f"catalogs/{known.catalog_id}"}
    of_catalog.pop("site", None)  # the stored request already has the site's defaults
    message: Any = _message(of_catalog, packing_service_pb2.PackRequest)
    dataset = Dataset(Settings(), materials, {known.catalog_id: known})
    job = read_pack_request(message, dataset, datetime.datetime.now(datetime.UTC).date())
    task, found = job.task, Findings("plan")
    facts = read_stated_plan(stated, task.order, found)
    certificate = read_certificate(stated.certificate, task.catalog, found.at("certificate"))
    found.raise_any()
    assert facts is not None
    made, violations = judge(task, facts.parcels, facts.unpacked)
    if made is None:
        yield from map(str, violations)
        return
    of = {"catalog_hash": task.catalog.content_hash, "data_hash": versions.data_hash, "ship_date": job.ship_date}
    claimed = replace(made, certificate=certificate or made.certificate, **of)
    true = plan_to_wire(claimed, job.view())
    yield from map(str, violations + wrong_figures(stated, true))
    yield from _unlike(stated, true)
    if certificate is not None:
        given = task.order, task.catalog, task.policy, task.lane, task.profiles
        claims = verify_certificate(claimed, *given, started_parcels=task.started_parcels, materials=materials)
        yield from map(str, claims)


def _unlike(stated: plan_pb2.Plan, true: plan_pb2.Plan) -> Iterator[str]:
    """Yield where stated verdicts, ship date and footprints differ from those that request and data give."""
    one, other = (
        plan_pb2.Plan(
            verdicts=plan.verdicts,
            ship_date=plan.ship_date if plan.HasField("ship_date") else None,
            footprints=plan.footprints,
            parcels=[parcel_pb2.Parcel(footprints=parcel.footprints) for parcel in plan.parcels],
        )
        for plan in (stated, true)
    )
    yield from unlike(one, other, "plan")


def _message(content: Json, kind: Any) -> Any:
    return from_json(json.dumps(content).encode(), kind)
