"""The record of a plan, made in the thread that planned: the door hands it to the store as it is."""

import hashlib
import time
from dataclasses import replace

from boxwright.catalog import Materials
from boxwright.contract.catalog import catalog_to_wire
from boxwright.contract.masks import names
from boxwright.contract.names import catalog_name
from boxwright.contract.plan import plan_fields, plan_texts, shares_texts
from boxwright.domain.box import Catalog
from boxwright.domain.order import ECHOED
from boxwright.domain.plan import Plan
from boxwright.server.deflated import packed
from boxwright.server.pack_request import PackJob
from boxwright.server.plan_ids import new_plan_id
from boxwright.server.settings import Settings
from boxwright.server.stored_request import stored_request
from boxwright.store import CatalogRecord, Entry, PlanRecord, TextsRecord
from boxwright.v1 import footprint_pb2, packing_service_pb2, plan_pb2

SAID_IN_FOOTPRINTS = ("plan.parcels.footprints", "plan.footprints.coverage", "plan.footprints.lines")
"""Fields that hold what footprints of many plans say in the same words."""

MOST_CATALOGS = 64
"""Catalogs whose records are kept at hand; past it all are forgotten, and made again as they come."""

MOST_TEXTS = 512
"""Records of texts that are kept at hand, some kilobytes each; past it all are forgotten."""

_TEXTS: dict[tuple[bytes, ...], TextsRecord] = {}

_CATALOGS: dict[tuple[str, str, bool], CatalogRecord] = {}


def whole_plan(job: PackJob, made: Plan, settings: Settings) -> packing_service_pb2.PackResponse:
    """Return an answer with all of a plan, whatever was asked for, with the texts of its order if these are stored.

    Its footprints have figures only where ``_figures_only`` says so.
    """
    view = job.view(figures_only=_figures_only(job, made))
    if view.shows_texts and not settings.store_texts:
        view = replace(view, echoed=(), bench=None)
    return packing_service_pb2.PackResponse(plan=plan_fields(made, view))  # type: ignore[arg-type]  # by its fields


def plan_record(
    job: PackJob,
    made: Plan,
    stored: packing_service_pb2.PackResponse,
    answer: packing_service_pb2.PackResponse,
    settings: Settings,
) -> Entry:
    """Return what is stored of a plan: all of it, whatever was asked for.

    Parameters
    ----------
    job : PackJob
        The request as it was read.
    made : Plan
        The plan.
    stored : PackResponse
        All of it, as ``whole_plan`` gives it; gets the order id and the time that are stored, and what else is.
    answer : PackResponse
        What its caller gets. Its alternatives and comparison are stored as they are there, and its drawings are not.
    settings : Settings
        What is stored of texts and order ids.
    """
    request, whole = stored_request(job, settings), stored.plan
    whole.order_id = request.order.order_id
    create_us = time.time_ns() // 1_000
    whole.create_time.FromMicroseconds(create_us)
    stored.alternatives.extend(answer.alternatives)
    if answer.HasField("comparison"):
        stored.comparison.CopyFrom(answer.comparison)
    for each in stored.alternatives:
        if each.order_id:
            each.order_id = request.order.order_id
        if not settings.store_texts:
            _drop_texts(each)
    catalog = job.catalog.published
    texts = _texts_record(job, made) if _figures_only(job, made) else None
    return Entry(
        plan=PlanRecord(
            plan_id=new_plan_id(),
            create_us=create_us,
            order_id=request.order.order_id,
            purpose=job.purpose,
            status=made.status.value,
            catalog=catalog_name(catalog.catalog_id) if job.catalog.loaded else catalog.catalog_id,
            catalog_hash=catalog.content_hash,
            site=job.site,
            canonical_hash=whole.canonical_hash,
            cut_short=made.cut_short,
            box_type_ids=tuple(sorted({each.box_type_id for each in made.parcels})),
            request=packed(request.SerializeToString()),
            answer=packed(stored.SerializeToString()),
            texts_hash=None if texts is None else texts.texts_hash,
        ),
        texts=texts,
        catalog=_catalog_record(catalog, job.task.materials, loaded=job.catalog.loaded),
    )


def _drop_texts(plan: plan_pb2.Plan) -> None:
    """Take out what a plan repeats of the texts of its order."""
    for parcel in plan.parcels:
        parcel.ClearField("bench")
        for placement in parcel.placements:
            for name in ECHOED:
                placement.ClearField(name)  # type: ignore[arg-type] # names of fields


def _figures_only(job: PackJob, made: Plan) -> bool:
    """Return whether what the footprints of a plan say is stored apart, and its caller does not ask for it."""
    asked = not job.mask or any(names(job.mask, each) for each in SAID_IN_FOOTPRINTS)
    return not asked and shares_texts(made)


def _texts_record(job: PackJob, made: Plan) -> TextsRecord:
    """Return the record of the texts of a plan's footprints, made once."""
    texts = plan_texts(made, job.allocations, job.task.materials)
    known = _TEXTS.get(texts)
    if known is None:
        footprints = [footprint_pb2.Footprint.FromString(each) for each in texts]
        content = plan_pb2.Plan(footprints=footprints).SerializeToString(deterministic=True)
        known = TextsRecord(f"sha256:{hashlib.sha256(content).hexdigest()}", packed(content))
        if len(_TEXTS) >= MOST_TEXTS:
            _TEXTS.clear()
        _TEXTS[texts] = known
    return known


def _catalog_record(catalog: Catalog, materials: Materials, *, loaded: bool) -> CatalogRecord:
    """Return the record of a catalog, made once; an inline catalog may come with every order."""
    key = catalog.content_hash, materials.content_hash, loaded  # some fields follow from the data
    known = _CATALOGS.get(key)
    if known is None:
        content = catalog_to_wire(catalog, materials, loaded=loaded).SerializeToString()
        known = CatalogRecord(catalog.content_hash, catalog.catalog_id, catalog.version, packed(content))
        if len(_CATALOGS) >= MOST_CATALOGS:
            _CATALOGS.clear()
        _CATALOGS[key] = known
    return known
