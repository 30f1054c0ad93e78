"""Relaxations of a call of ``plan``: each gives a stricter and a looser call, whose plans are then compared."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from boxwright import BoxType, Catalog, Item, Order, Policy, PropertyAmount, PropertyCap, Task
from boxwright.domain.lack import MissingFactorError
from boxwright.domain.order import ALL_ORIENTATIONS, UPRIGHT
from boxwright.domain.plan import Plan
from boxwright.errors import InvalidInputError
from boxwright.planning.boxes import Solution
from boxwright.planning.planner import solve
from boxwright.planning.request import Request
from boxwright.selection.partition import MOST_SUBSETS, Bundles
from random_orders import Case, case, changed

Pair = tuple[Case, Case]
"""The stricter call first."""


def _policies(asked: Case, strict: dict[str, object], loose: dict[str, object]) -> Pair:
    return (
        replace(asked, policy=changed(asked.policy, **strict)),
        replace(asked, policy=changed(asked.policy, **loose)),
    )


def _with_lines(asked: Case, lines: list[Item]) -> Case:
    return replace(asked, order=Order(asked.order.order_id, lines))


def _with_boxes(asked: Case, boxes: list[BoxType]) -> Case:
    return replace(asked, catalog=Catalog(asked.catalog.catalog_id, boxes, dunnage=asked.catalog.dunnage))


def _box_type(asked: Case, draw: random.Random) -> Pair | None:
    """One more box type in the catalog."""
    boxes = list(asked.catalog.box_types)
    if len(boxes) < 2:
        return None
    boxes.pop(draw.randrange(len(boxes)))
    return _with_boxes(asked, boxes), asked


def _support(ratios: tuple[float, ...]) -> Callable[[Case, random.Random], Pair]:
    def relaxed(asked: Case, draw: random.Random) -> Pair:
        strict = draw.choice(ratios)
        loose = draw.choice([each for each in (0.9, 0.75, 0.6, 0.5, 0.3, 0.0) if each < strict])
        return _policies(asked, {"support_ratio": strict}, {"support_ratio": loose})

    return relaxed


def _bearing(asked: Case, draw: random.Random) -> Pair:
    """Load limits switched off."""
    lines = [
        changed(line, max_load_g=draw.choice([0, 50, 1_000])) if draw.random() < 0.6 else line
        for line in asked.order.lines
    ]
    return _policies(_with_lines(asked, lines), {"load_bearing": True}, {"load_bearing": False})


def _load_limit(asked: Case, draw: random.Random) -> Pair:
    """The load limit of one line raised."""
    at = draw.randrange(len(asked.order.lines))
    strict, loose = list(asked.order.lines), list(asked.order.lines)
    strict[at] = changed(strict[at], max_load_g=draw.choice([0, 50, 1_000]))
    loose[at] = changed(loose[at], max_load_g=draw.choice([2_000, 1_000_000]))
    if draw.random() < 0.5:
        asked = replace(asked, policy=changed(asked.policy, load_bearing=True))
    return _with_lines(asked, strict), _with_lines(asked, loose)


def _orientations(asked: Case, draw: random.Random) -> Pair | None:
    """More orientations allowed for one line or for all, but not for soft goods, which lie flat if all are allowed."""
    few = draw.choice([UPRIGHT, (ALL_ORIENTATIONS[0],), tuple(draw.sample(ALL_ORIENTATIONS, 3))])
    every = draw.random() < 0.5
    at = draw.randrange(len(asked.order.lines))
    lines = [
        changed(line, orientations=few) if line.soft_goods is None and (every or number == at) else line
        for number, line in enumerate(asked.order.lines)
    ]
    more = [
        changed(line, orientations=ALL_ORIENTATIONS) if line.soft_goods is None and (every or number == at) else line
        for number, line in enumerate(asked.order.lines)
    ]
    return _with_lines(asked, lines), _with_lines(asked, more)


def _clearance(asked: Case, draw: random.Random) -> Pair:
    strict = draw.choice([0.002, 1, 5, 20])
    return _policies(asked, {"fit_clearance_mm": strict}, {"fit_clearance_mm": draw.choice([0, 0, strict / 2])})


def _fill_limit(asked: Case, draw: random.Random) -> Pair:
    strict = draw.choice([0.4, 0.6, 0.8, 0.9])
    return _policies(asked, {"fill_limit": strict}, {"fill_limit": draw.choice([0.95, 1.0])})


def _max_parcels(asked: Case, draw: random.Random) -> Pair:
    strict = draw.choice([1, 2, 3, 4])
    return _policies(asked, {"max_parcels": strict}, {"max_parcels": draw.choice([None, strict + 1, strict + 3])})


def _gross_limit(asked: Case, draw: random.Random) -> Pair:
    """The mass limits of one box type raised or removed."""
    boxes = list(asked.catalog.box_types)
    at = draw.randrange(len(boxes))
    limit = draw.uniform(1, 20_000)
    strict, loose = list(boxes), list(boxes)
    strict[at] = changed(boxes[at], max_gross_g=limit, max_net_g=None)
    loose[at] = changed(boxes[at], max_gross_g=draw.choice([limit * 2, None]), max_net_g=None)
    return _with_boxes(asked, strict), _with_boxes(asked, loose)


def _lifting(asked: Case, draw: random.Random) -> Pair:
    """The lifting limit removed; some lines are heavy enough for it to matter."""
    heavy = [
        changed(line, mass_g=max(line.mass_g, draw.choice([line.mass_g, 4_000, 11_000, 25_000])))
        for line in asked.order.lines
    ]
    return _policies(_with_lines(asked, heavy), {"lifting_profile": "manual"}, {"lifting_profile": "freight"})


def _apart(asked: Case, draw: random.Random) -> Pair:
    """Keep-apart groups or a property cap removed."""
    if draw.random() < 0.5:
        strict = [
            line if line.keep_together_group else changed(line, keep_apart_group=draw.choice(["food", "soap"]))
            for line in asked.order.lines
        ]
        return _with_lines(asked, strict), _with_lines(
            asked, [changed(line, keep_apart_group="") for line in asked.order.lines]
        )
    lines = [
        changed(line, property_amounts=(PropertyAmount("lithium_wh", draw.choice([0, 10, 30])),))
        for line in asked.order.lines
    ]
    cap = draw.choice([30, 60, 100])
    return _policies(
        _with_lines(asked, lines),
        {"property_caps": [PropertyCap("lithium_wh", cap)]},
        {"property_caps": draw.choice([(), [PropertyCap("lithium_wh", 2 * cap)]])},
    )


def _available(asked: Case, draw: random.Random) -> Pair:
    """More boxes of one type in stock."""
    boxes = list(asked.catalog.box_types)
    at = draw.randrange(len(boxes))
    count = draw.choice([0, 1, 1, 2, 3])
    strict, loose = list(boxes), list(boxes)
    strict[at] = changed(boxes[at], available=count)
    loose[at] = changed(boxes[at], available=draw.choice([count + 1, count + 2, None]))
    return _with_boxes(asked, strict), _with_boxes(asked, loose)


def _mode(asked: Case, draw: random.Random) -> Pair:
    return _policies(asked, {"mode": "fast"}, {"mode": "balanced"})


def basket(draw: random.Random) -> Case:
    """Return an order of ten to thirty units of several lines, in up to eight box types, some too small for all."""
    lines = []
    units = 0
    wanted = draw.randint(10, 30)
    while units < wanted:
        quantity = min(draw.choice([1, 1, 1, 2, 3]), wanted - units)
        edges = [float(draw.randint(20, 200)) for _ in range(3)]
        limit = draw.choice([None, None, None, 0, 2_000])
        lines.append(Item(f"line-{len(lines)}", quantity, *edges, draw.randint(10, 2_000), max_load_g=limit))
        units += quantity
    boxes = []
    for number in range(draw.randint(1, 8)):
        length, width, height = (float(draw.randint(150, 420)) for _ in range(3))
        boxes.append(BoxType(f"box-{number}", length, width, height, tare_g=100, price_minor=draw.randint(50, 300)))
    boxes.append(BoxType("box-x", 210, 210, 210, tare_g=100, price_minor=200))
    objectives = draw.choice([None, None, None, ("packaging_cost",), ("inner_volume",)])
    policy = Policy(mode="fast", **({"objectives": objectives} if objectives else {}))
    return Case("basket", Order("order", lines), Catalog("catalog", boxes), policy)


RELAXATIONS: dict[str, Callable[[Case, random.Random], Pair | None]] = {
    "box type": _box_type,
    "support": _support((1.0, 0.75)),
    "support, off the grid": _support((0.95, 0.85, 0.7, 0.55, 0.4)),
    "load bearing": _bearing,
    "load limit": _load_limit,
    "orientations": _orientations,
    "fit clearance": _clearance,
    "fill limit": _fill_limit,
    "max parcels": _max_parcels,
    "mass limit": _gross_limit,
    "lifting": _lifting,
    "company": _apart,
    "availability": _available,
    "mode": _mode,
}
"""By name: functions that make a stricter and a looser call from one call, or None if nothing can be relaxed."""

_OF_ONE = {
    "box type",
    "support",
    "load bearing",
    "fill limit",
    "mass limit",
    "lifting",
    "company",
    "availability",
    "mode",
}
ALWAYS = {"one": _OF_ONE, "weighed": {*_OF_ONE, "max parcels"}, "built": {"mode"}}
"""By ``Comparison.how``: the relaxations that never lead to a worse plan, PROVED or not."""


@dataclass(frozen=True)
class Comparison:
    """The change of a plan by a relaxation.

    Attributes
    ----------
    how : str
        ``one``, ``weighed`` or ``built``: the stricter plan has one parcel, or is of few units, or of more.
    worse, better : bool
        Whether the looser plan is worse, or better.
    proved : bool
        Whether the looser plan is PROVED among all plans.
    what : str
        Both prices.
    """

    how: str
    worse: bool
    better: bool
    proved: bool
    what: str


def compare(pair: Pair, *, known: bool = False) -> Comparison | None:
    """Plan both calls, the looser with the stricter's plan ``known`` or not.

    None if the stricter call has no complete plan, or a factor is missing.
    """
    try:
        strict = _solution(pair[0])
        loose = _solution(pair[1], (strict.plan,) if known else ())
    except (InvalidInputError, MissingFactorError):
        return None
    if strict.plan.unpacked or strict.outcome is None or loose.outcome is None:
        return None
    before = strict.outcome.price
    after = loose.outcome.price
    lost = len(loose.plan.unpacked)
    certificate = loose.plan.certificate
    worse = bool(lost) or after > before
    return Comparison(
        _how(strict),
        worse,
        after < before and not lost,
        certificate.status.value == "proved" and certificate.scope.value == "all_plans",
        f"{before} then {after}, {lost} units out",
    )


def _solution(asked: Case, known: tuple[Plan, ...] = ()) -> Solution:
    request = Request.resolve(Task(asked.order, asked.catalog, asked.policy, asked.lane, asked.profiles))
    return solve(replace(request, known=known))


def _how(solution: Solution) -> str:
    if len(solution.plan.parcels) == 1:
        return "one"
    members, model = solution.members, solution.model
    return "weighed" if Bundles.of(model, members).count <= MOST_SUBSETS else "built"


def pair_of(seed: int, name: str) -> Pair | None:
    """Return the calls that a relaxation makes from the random order of a seed; an odd seed gives a basket."""
    draw = random.Random(f"{seed} {name}")
    asked = basket(draw) if seed % 2 else case(draw)
    return RELAXATIONS[name](replace(asked, policy=changed(asked.policy, mode="fast", allow_partial=True)), draw)
