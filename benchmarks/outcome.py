"""The outcome of an engine for one order: boxes, violations found by the independent check, CPU."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.cpu import cpu_seconds
from benchmarks.engine import Engine, RefusedError
from boxwright import Catalog, Order, Policy, check
from boxwright.domain.plan import Certificate

JUDGED_BY = Policy(lifting_profile="freight", allow_partial=True, support_ratio=0.75, load_bearing=False)
"""The rules by which every plan is checked, even those that the engine does not know."""

UM3_PER_MM3 = 10**9


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an engine for an order.

    Attributes
    ----------
    cpu_ms : float
        CPU of the whole call, children included.
    boxes, volume_mm3 : int
        Boxes used and their inner volume.
    whole : bool
        Whether every unit is in a box.
    refused : bool
        Whether the engine gave no answer.
    proved, fewest : bool
        Whether the engine proves that no plan is better, and that none has fewer boxes.
    badly_supported : int
        Units with too little support, or unstable.
    broken : int
        Other violations.
    lost : int
        Units neither placed nor listed as unpacked.
    """

    order_id: str
    cpu_ms: float
    boxes: int = 0
    volume_mm3: int = 0
    whole: bool = False
    refused: bool = False
    proved: bool = False
    fewest: bool = False
    badly_supported: int = 0
    broken: int = 0
    lost: int = 0


def run(engine: Engine, orders: Sequence[Order], catalog: Catalog) -> list[Outcome]:
    """Let an engine pack orders one by one."""
    return [_outcome(engine, order, catalog) for order in orders]


def _outcome(engine: Engine, order: Order, catalog: Catalog) -> Outcome:
    started = cpu_seconds()
    try:
        answer = engine.pack(order, catalog)
    except RefusedError:
        return Outcome(order.order_id, (cpu_seconds() - started) * 1_000, refused=True)
    spent_ms = (cpu_seconds() - started) * 1_000
    plan = answer.plan
    found = check(plan, order, catalog, JUDGED_BY)
    shaky = {(each.line_id, each.unit_index) for each in found if each.kind.constraint == "support"}
    lost = sum(each.kind.value == "lost_unit" for each in found)
    return Outcome(
        order.order_id,
        spent_ms,
        len(plan.parcels),
        sum(parcel.inner_volume_um3 for parcel in plan.parcels) // UM3_PER_MM3,
        whole=not plan.unpacked and not lost,
        proved=answer.proved,
        fewest=_fewest(plan.certificate),
        badly_supported=len(shaky),
        broken=sum(each.kind.constraint != "support" for each in found) - lost,
        lost=lost,
    )


def _fewest(certificate: Certificate) -> bool:
    named = certificate.bounded_objective
    return bool(named) and (named != "parcel_count" or certificate.value == certificate.lower_bound)
