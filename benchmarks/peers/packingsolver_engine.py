"""packingsolver3d: tree search over maximal spaces, in this process and without support."""

from packingsolver3d import BinType, Instance, ItemType, Objective, OptimizationMode, Rotation, Status, box
from packingsolver3d.result import PackedBin

from benchmarks.answers import Box, plan_of
from benchmarks.cpu import cpu_seconds
from benchmarks.engine import Answer, RefusedError
from benchmarks.peers.task import UnitNames, cost, payload_g, whole_mm
from boxwright import Catalog, Item, Order

_AXES = str.maketrans("LWH", "XYZ")
"""Its rotations name the edges along x, y, z, like Boxwright's; its documentation says the reverse."""

SEQUENTIAL_UNITS = 6
"""Up to this number of units its sequential mode answers in milliseconds; with more it may take minutes."""

SEQUENTIAL_SECONDS = 10.0


class PackingSolver3d:
    """packingsolver3d: its sequential mode for small orders, its anytime mode for others.

    The anytime mode uses its whole time limit unless it proves that its answer is the best.

    Parameters
    ----------
    seconds : float
        Time limit of the anytime mode.
    """

    def __init__(self, seconds: float) -> None:
        self.name = "packingsolver3d"
        self._seconds = seconds

    def pack(self, order: Order, catalog: Catalog) -> Answer:
        """See ``Engine``."""
        one_type = len(catalog.box_types) == 1
        instance = Instance(
            bin_types=[
                BinType(*whole_mm(each.inner_um), cost(each), order.unit_count, maximum_weight=payload_g(each))
                for each in catalog.box_types
            ],
            item_types=item_types(order.lines),
            objective=Objective.BIN_PACKING if one_type else Objective.VARIABLE_SIZED_BIN_PACKING,
        )
        small = order.unit_count <= SEQUENTIAL_UNITS
        found = box.solve(
            instance,
            time_limit=SEQUENTIAL_SECONDS if small else self._seconds,
            optimization_mode=OptimizationMode.NOT_ANYTIME_SEQUENTIAL if small else OptimizationMode.ANYTIME,
        )
        if not found.bins:
            raise RefusedError("no packing within its limit")
        return Answer(plan_of(order, catalog, boxes(order, catalog, found.bins)), found.status is Status.OPTIMAL)


class OneBoxSolver:
    """packingsolver3d filling one box with the most volume.

    Parameters
    ----------
    seconds : float, optional
        Time limit of its anytime mode. Default: its sequential mode, without a limit.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self.name = "packingsolver3d sequential" if seconds is None else f"packingsolver3d anytime {seconds:g} s"
        self._seconds = seconds

    def pack(self, order: Order, catalog: Catalog) -> Answer:
        """See ``Engine``."""
        answer, _ = self.traced(order, catalog)
        return answer

    def traced(self, order: Order, catalog: Catalog) -> tuple[Answer, list[tuple[float, float]]]:
        """Load the box; also return CPU seconds and volume in cubic mm at each improvement."""
        started = cpu_seconds()
        trace: list[tuple[float, float]] = []
        (box_type,) = catalog.box_types
        instance = Instance(
            bin_types=[BinType(*whole_mm(box_type.inner_um), maximum_weight=payload_g(box_type))],
            item_types=item_types(order.lines),
            objective=Objective.KNAPSACK,
        )
        mode = OptimizationMode.NOT_ANYTIME_SEQUENTIAL if self._seconds is None else OptimizationMode.ANYTIME
        found = box.solve(
            instance,
            time_limit=self._seconds,
            optimization_mode=mode,
            progress_callback=lambda event: trace.append((cpu_seconds() - started, event.profit)),
        )
        plan = plan_of(order, catalog, boxes(order, catalog, found.bins))
        return Answer(plan, found.status is Status.OPTIMAL), trace


def item_types(lines: tuple[Item, ...]) -> list[ItemType]:
    """Return the lines as its item types."""
    return [
        ItemType(
            *whole_mm(line.edges_um),
            weight=line.mass_mg / 1_000,
            copies=line.quantity,
            rotations=tuple(Rotation(each.translate(_AXES)) for each in line.orientations),
        )
        for line in lines
    ]


def boxes(order: Order, catalog: Catalog, bins: tuple[PackedBin, ...]) -> list[Box]:
    """Return its bins as boxes; it lists equal bins once with a count, and empty bins."""
    names = UnitNames(order)
    return [
        (
            catalog.box_types[each.bin_type_id].box_type_id,
            [names.placed(at.item_type_id, (at.x, at.y, at.z), (at.lx, at.ly, at.lz)) for at in each.placements],
        )
        for each in bins
        if each.placements
        for _ in range(each.copies)
    ]
