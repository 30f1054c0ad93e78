"""Runs an operation in a worker of low priority."""

import datetime
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from google.longrunning import operations_pb2
from google.protobuf.message import Message

from boxwright.catalog import Materials
from boxwright.contract.catalog import catalog_to_wire
from boxwright.contract.data import versions_to_wire
from boxwright.contract.enums import ALLOCATION, OBJECTIVE, UNPACKED_REASON, numbers_of
from boxwright.contract.names import profile_name
from boxwright.contract.values import money_to_wire
from boxwright.design import Design, DesignObjective, Figures, Suite, design, judge
from boxwright.domain.currency import minor_per_unit
from boxwright.evaluation import CatalogResult, CatalogTotals, Evaluation, Metric, MetricComparison
from boxwright.evaluation.evaluate import trials_of
from boxwright.evaluation.outcome import UNEXPECTED, Money, OrderStatus
from boxwright.evaluation.run import Run
from boxwright.orders.batches import list_batches
from boxwright.server.answers.dataset import Dataset
from boxwright.server.api.faults import detail_of
from boxwright.server.operations import questions
from boxwright.server.operations.questions import read_design, read_evaluation, settled
from boxwright.stop import Stop
from boxwright.store import OperationKind
from boxwright.units import MG_PER_G, UM3_PER_LITRE, UM3_PER_MM3
from boxwright.v1 import evaluation_service_pb2 as messages
from boxwright.v1.footprint_pb2 import ALLOCATION_UNSPECIFIED

SAID_EVERY_S = 0.2
"""Seconds between two reports of progress."""


def settled_request(kind: str, request: bytes, dataset: Dataset, today: datetime.date, stop: Stop) -> bytes:
    """Return a request as it is stored; raises as ``read_evaluation`` and ``read_design``."""
    if kind == OperationKind.EVALUATE:
        evaluation = messages.EvaluateCatalogsRequest.FromString(request)
        return settled(evaluation, read_evaluation(evaluation, dataset, today, stop).lane).SerializeToString()
    wished = messages.DesignCatalogRequest.FromString(request)
    return settled(wished, read_design(wished, dataset, today, stop).lane).SerializeToString()


def outcome_of(
    kind: str, request: bytes, dataset: Dataset, today: datetime.date, report: Callable[[bytes], None]
) -> bytes:
    """Return the serialized, finished Operation of a kind (``OperationKind``) and a request from ``settled_request``.

    ``report`` receives a JSON list of the stage, the number of orders done and that of all orders. Raises
    BoxwrightError like reading the request, evaluating and designing.
    """

    @contextmanager
    def progress(what: str, total: int, of: str = "orders") -> Iterator[Callable[[int], None]]:
        done, said_s = 0, 0.0

        def count(newly: int) -> None:
            nonlocal done, said_s
            done += newly
            if time.monotonic() - said_s > SAID_EVERY_S:
                said_s = time.monotonic()
                report(json.dumps([what.lower(), done, total]).encode())

        count(0)
        yield count
        said_s = 0.0
        count(0)

    answer: Message
    if kind == OperationKind.EVALUATE:
        job = read_evaluation(messages.EvaluateCatalogsRequest.FromString(request), dataset, today)
        trials = trials_of(job.catalogs, job.policy, job.lane, job.profiles)
        with (
            progress("planning", len(job.orders)) as planned,
            Run(trials, lambda: list_batches(job.orders), workers=1, progress=planned) as run,
        ):
            answer = evaluation_to_wire(run.evaluation(), job, dataset.materials)
    else:
        choice = read_design(messages.DesignCatalogRequest.FromString(request), dataset, today)
        answer = design_to_wire(
            judge(design(**choice._asdict(), progress=progress), progress=progress), dataset.materials
        )
    return bytes(operations_pb2.Operation(done=True, response=detail_of(answer)).SerializeToString())


FIGURES: dict[str, Any] = numbers_of(messages.EvaluationFigure.DESCRIPTOR)

MOST_REASONS = 10
"""Maximum number of reasons of failed orders in an answer."""
_MASSES = (Metric.PACKAGING, Metric.GROSS, Metric.CHARGEABLE)
_VOLUMES = (Metric.OUTER_VOLUME, Metric.INNER_VOLUME, Metric.EMPTY_VOLUME)


def evaluation_to_wire(
    evaluation: Evaluation, job: questions.EvaluationJob, materials: Materials
) -> messages.EvaluateCatalogsResponse:
    """Return the message of an evaluation."""
    answer = messages.EvaluateCatalogsResponse(
        order_count=evaluation.order_count,
        compared_order_count=evaluation.compared,
        objectives=map(OBJECTIVE.to_wire, evaluation.policy.objectives),
    )
    compared = {comparison.second: comparison for comparison in evaluation.comparisons}
    for index, (result, loaded) in enumerate(zip(evaluation.results, job.loaded, strict=True)):
        made = _evaluated(result, materials, loaded=loaded)
        if index in compared:
            comparison = compared[index]
            made.comparison_with_first.order_count = comparison.orders
            made.comparison_with_first.figures.extend(map(_figure, comparison.metrics))
        answer.evaluations.append(made)
    return answer


def _evaluated(result: CatalogResult, materials: Materials, *, loaded: bool) -> messages.CatalogEvaluation:
    totals, catalog = result.totals, result.catalog
    versions = versions_to_wire(materials, catalog)
    if not loaded:
        versions.catalog = ""
    counts, first = Counter[str](), dict[str, int]()
    for text, orders, index in result.errors:
        # The text of an unexpected error is not sent to callers; the log has it.
        reason = text.partition(":")[0] if text.startswith(UNEXPECTED) else text
        counts[reason] += orders
        first[reason] = min(index, first.get(reason, index))
    return messages.CatalogEvaluation(
        versions=versions,
        catalog_id=catalog.catalog_id,
        complete_order_count=totals.count(OrderStatus.PLANNED),
        partial_order_count=totals.count(OrderStatus.PARTIAL),
        unpacked_order_count=totals.count(OrderStatus.NOT_PACKED),
        failed_order_count=totals.count(OrderStatus.ERROR),
        unpacked_reasons=[
            messages.UnpackedReasonCount(reason=UNPACKED_REASON.to_wire(reason), unit_count=units)
            for reason, units in totals.unpacked
        ],
        sums=_sums(result.common),
        failed_reasons=[
            messages.FailedReasonCount(message=reason, order_count=orders, first_order_index=first[reason])
            for reason, orders in counts.most_common(MOST_REASONS)
        ],
    )


def _sums(totals: CatalogTotals) -> messages.EvaluationSums:
    def price(money: Money | None) -> Any:
        return None if money is None else money_to_wire(money.minor, money.currency)

    return messages.EvaluationSums(
        parcel_count=totals.parcels,
        outer_volume_l=totals.outer_um3 / UM3_PER_LITRE,
        inner_volume_l=totals.inner_um3 / UM3_PER_LITRE,
        fill_ratio=totals.goods_um3 / totals.inner_um3 if totals.inner_um3 else 0.0,
        packaging_g=totals.packaging_total_mg / MG_PER_G,
        billed_g=None if totals.chargeable_mg is None else totals.chargeable_mg / MG_PER_G,
        packaging_price=price(totals.packaging_price) if not totals.unpriced else None,
        carriage_price=price(totals.carriage_price),
        box_type_uses=[
            messages.BoxTypeUse(box_type_id=box, parcel_count=count) for box, count in totals.box_use if count
        ],
        footprints=[
            messages.FootprintSum(
                accounting_profile=profile_name(figures.profile_id),
                allocation=ALLOCATION.to_wire(figures.allocation),
                total_co2e_mg=figures.total_mg,
                factors_complete=not figures.missing,
                unverified_share=figures.unverified_share,
            )
            for figures in totals.footprints
        ],
    )


def _figure(compared: MetricComparison) -> messages.FigureComparison:
    if compared.currency:
        unit, scale = compared.currency, float(minor_per_unit(compared.currency))
    elif compared.metric in _MASSES:
        unit, scale = "g", MG_PER_G
    elif compared.metric in _VOLUMES:
        unit, scale = "mm3", UM3_PER_MM3
    else:
        unit, scale = "parcels" if compared.metric is Metric.PARCELS else "mg CO2e", 1
    return messages.FigureComparison(
        figure=FIGURES[compared.metric],
        unit=unit,
        order_count=compared.orders,
        first=compared.first / scale,
        second=compared.second / scale,
        change=compared.relative,
        interval=_interval(compared.interval),
        lower_order_count=compared.lower,
        higher_order_count=compared.higher,
        accounting_profile=profile_name(compared.profile_id) if compared.profile_id else "",
        allocation=ALLOCATION.to_wire(compared.allocation) if compared.allocation else ALLOCATION_UNSPECIFIED,
    )


def _interval(ends: tuple[float, float] | None) -> messages.ShareInterval | None:
    return None if ends is None else messages.ShareInterval(low=ends[0], high=ends[1])


def design_to_wire(design: Design, materials: Materials) -> messages.DesignCatalogResponse:
    """Return the message of a design."""
    objective = design.wishes.objective
    units = {DesignObjective.COST: design.currency, DesignObjective.LITRES: "l", DesignObjective.EMISSIONS: "g CO2e"}
    orders = next((suite.design.orders for suite in design.suites), 0)
    return messages.DesignCatalogResponse(
        designs=[_designed(design, suite, materials) for suite in design.suites],
        objective=questions.OBJECTIVE.to_wire(objective),
        unit=units[objective],
        order_count=design.halves.of,
        candidate_count=len(design.candidates),
        outside_ratio=design.outside_share,
        bound_of_any_number_per_order=design.per_order(design.least_of_any, orders),
        bounds_of_sample_only=design.halves.bound_of_sample,
    )


def _designed(design: Design, suite: Suite, materials: Materials) -> messages.CatalogDesign:
    by_prices, part = None, suite.by_prices
    if part is not None:
        per_order = None if part.per_order is None else design.in_money(part.per_order)
        by_prices = messages.PriceChange(
            per_order=per_order, parcel_count=part.parcels, unknown_parcel_count=part.unknown
        )
    return messages.CatalogDesign(
        size_count=suite.sizes,
        catalog=catalog_to_wire(suite.catalog, materials, loaded=False),
        new_box_type_ids=suite.new,
        design=_half(design, suite.design),
        judged=_half(design, suite.judged) if suite.judged else None,
        bound_per_order=design.per_order(suite.least, suite.design.orders),
        gap_ratio=suite.gap,
        rarely_used_box_type_ids=suite.too_few,
        judged_box_type_uses=[
            messages.BoxTypeUse(box_type_id=box.box_type_id, parcel_count=used)
            for box, used in zip(suite.catalog.box_types, suite.used, strict=True)
        ],
        judged_change_by_prices=by_prices,
    )


def _half(design: Design, figures: Figures) -> messages.DesignFigures:
    return messages.DesignFigures(
        order_count=figures.orders,
        per_order=design.in_units(figures.mean),
        today_per_order=design.per_order(figures.today or None, figures.orders),
        change=figures.change,
        interval=_interval(figures.interval),
        lost_order_count=figures.lost,
        gained_order_count=figures.gained,
        incomparable_order_count=figures.not_today if figures.today is not None else 0,
        error_ratio=figures.error,
    )
