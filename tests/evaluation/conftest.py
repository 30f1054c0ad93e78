"""A planner whose result depends on the order's id, so that evaluations have known answers."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest

from boxwright.domain.box import BoxType, Catalog
from boxwright.domain.factor import Component, Stage
from boxwright.domain.footprint import Allocation, Footprint, FootprintLine, PackagingComponent
from boxwright.domain.lane import Lane
from boxwright.domain.order import Item, Order
from boxwright.domain.plan import (
    Certificate,
    IncompletePlanError,
    Parcel,
    Placement,
    Plan,
    PlanStatus,
    ProofScope,
    ProofStatus,
    UnpackedReason,
    UnpackedUnit,
)
from boxwright.domain.policy import Policy
from boxwright.domain.source_grade import SourceGrade
from boxwright.domain.warning import PlanWarning
from boxwright.errors import FieldViolation, InvalidInputError

OrderOf = Callable[..., Order]
Planner = Callable[..., Plan]


@pytest.fixture(scope="module", autouse=True)
def forks(forked_workers: None) -> None:
    """Start workers at once in all tests of this folder."""


@pytest.fixture(scope="session")
def order_of() -> OrderOf:
    """An order of cubes of 100 mm and 200 g on one line."""

    def order(order_id: str, quantity: int = 1) -> Order:
        return Order(order_id, (Item("cube", quantity, 100, 100, 100, 200),))

    return order


@pytest.fixture(scope="session")
def catalogs() -> tuple[Catalog, Catalog]:
    """Two catalogs of one box each: 8 litres and 100 g, 2 litres and 40 g."""
    return (
        Catalog("large", (BoxType("L", 200, 200, 200, tare_g=100, material_id="board"),)),
        Catalog("small", (BoxType("S", 200, 100, 100, tare_g=40, material_id="board"),)),
    )


@pytest.fixture(scope="session")
def planner() -> Planner:
    """One parcel per order; ids that start with partial, none, refused, invalid or bug end otherwise.

    ``gap-small`` lacks a factor with the catalog ``small`` only.
    """
    return _plan


def _plan(order: Order, catalog: Catalog, policy: Policy, lane: Lane | None, profiles: Sequence[str] | None) -> Plan:
    kind = order.order_id.split("-")[0]
    unpacked = (UnpackedUnit("cube", 0, UnpackedReason.TOO_HEAVY_FOR_ANY_BOX, "200 g over 100 g"),)
    if kind == "refused":
        raise IncompletePlanError(order.order_id, unpacked)
    if kind == "invalid":
        raise InvalidInputError([FieldViolation("lines[0].mass_g", "must be finite")])
    if kind == "bug":
        raise ZeroDivisionError("division by zero")
    if kind == "none":
        return Plan(order.order_id, PlanStatus.NONE, (), unpacked)
    box = catalog.box_types[0]
    first = 1 if kind == "partial" else 0
    placements = tuple(
        Placement("cube", k, 100_000 * (k % 2), 0, 0, 100_000, 100_000, 100_000)
        for k in range(first, order.lines[0].quantity)
    )
    missing = ("box/production: board",) if order.order_id == f"gap-{catalog.catalog_id}" else ()
    lines = (
        _line(Component.BOX, Stage.PRODUCTION, box.tare_mg, read_in_source=True),
        _line(Component.TRANSPORT, Stage.TRANSPORT_TTW, 30_000, read_in_source=False),
    )
    footprints = (Footprint("test@1", Allocation.MASS, lines[1:] if missing else lines, missing),)
    parcel = Parcel(
        box.box_type_id,
        placements,
        (PackagingComponent(Component.BOX, "board", box.tare_mg),),
        net_mg=200_000 * len(placements),
        inner_volume_um3=box.inner_volume_um3,
        goods_volume_um3=10**15 * len(placements),
        footprints=footprints,
    )
    return Plan(
        order.order_id,
        PlanStatus.PARTIAL if first else PlanStatus.COMPLETE,
        (parcel,),
        unpacked if first else (),
        Certificate(
            ProofStatus.PROVED if catalog.catalog_id == "small" else ProofStatus.OPEN, ProofScope.SINGLE_PARCEL
        ),
        footprints,
        data_version="2",
        data_hash="sha256:ab",
        engine_version="fake 1",
        warnings=(PlanWarning("MADE_UP", "lines[0]", f"made up of {order.order_id}"),),
    )


def _line(component: Component, stage: Stage, co2e_mg: int, *, read_in_source: bool) -> FootprintLine:
    read = "a source", read_in_source
    grade = SourceGrade.COPY if read_in_source else SourceGrade.OWN
    return FootprintLine(
        component, stage, "board", Decimal(1), "kg", "f", Decimal(1), co2e_mg, *read, source_grade=grade
    )
