"""The rules of physics at their limits, by hand-computed cases."""

import pytest

from boxwright.checking import PlanViolation
from boxwright.checking import ViolationKind as K
from boxwright.domain.order import Orientation
from damages.cases import Case, pack

Found = list[tuple[K, str | None, int | None]]


def _short(violations: list[PlanViolation]) -> Found:
    return [(each.kind, each.line_id, each.step) for each in violations]


def _bridge(
    masses_g: tuple[float, float] = (300.0, 700.0),
    limits_g: tuple[float, float] = (500.0, 300.0),
) -> Case:
    """A beam of 800 g on pillars with contacts of 100 x 100 and 60 x 100 mm: they carry 500 and 300 g.

    The beam's centre is at x = 130. The left pillar spans 0 to 100 and has its centre at 50: with 300 g its combined
    centre of mass is at (300 x 50 + 500 x 130) / 800 = 100, on its edge. The right one spans 200 to 260 and has its
    centre at 230: with 700 g it is at (700 x 230 + 300 x 130) / 1000 = 200, on its edge.
    """
    blocks = [
        ((0, 0, 0), (100, 100, 100), masses_g[0], limits_g[0]),
        ((200, 0, 0), (60, 100, 100), masses_g[1], limits_g[1]),
        ((0, 0, 100), (260, 100, 20), 800.0),
    ]
    return pack((260, 100, 120), blocks, support_ratio=0.6)


def test_a_bridge_loads_its_pillars_by_contact_area() -> None:
    """Loads exactly at the pillars' limits, and centres of mass exactly on their edges, pass."""
    assert _bridge().violations() == []


@pytest.mark.parametrize(
    ("limits_g", "pillar"), [((499.999, 300.0), "u0"), ((500.0, 299.999), "u1")], ids=["left", "right"]
)
def test_a_pillar_a_milligram_too_weak_is_overloaded(limits_g: tuple[float, float], pillar: str) -> None:
    """A limit one mg below the pillar's share is broken."""
    assert _short(_bridge(limits_g=limits_g).violations()) == [(K.OVERLOADED, pillar, None)]


@pytest.mark.parametrize(
    ("masses_g", "pillar"), [((299.0, 700.0), "u0"), ((300.0, 699.0), "u1")], ids=["left", "right"]
)
def test_a_pillar_too_light_tips_under_its_share(masses_g: tuple[float, float], pillar: str) -> None:
    """A pillar 1 g lighter is unstable if the load acts at the beam's centre of mass, but contact forces balance."""
    assert _short(_bridge(masses_g=masses_g).violations()) == [(K.COUNTERBALANCED, pillar, None)]


def test_bearing_is_only_checked_where_the_policy_asks() -> None:
    """Without load bearing no limit counts."""
    case = _bridge(limits_g=(0.0, 0.0))
    assert case.kinds() == {K.OVERLOADED}
    assert case.with_policy(load_bearing=False).violations() == []


def _thirds(limit_g: float) -> Case:
    pillars = [((x, 0, 0), (20, 20, 20), 1000.0, limit_g) for x in (0, 40, 80)]
    return pack((100, 20, 40), [*pillars, ((0, 0, 20), (100, 20, 20), 100.0)], support_ratio=0.6)


def test_half_a_milligram_of_load_is_tolerated() -> None:
    """A third of 100 g passes a limit of 33.333 g and breaks one of 33.332 g."""
    assert _thirds(33.333).violations() == []
    assert _thirds(33.332).kinds() == {K.OVERLOADED}


def test_load_adds_up_down_a_pile() -> None:
    """The lowest of four units carries the three above: at its limit it passes, 1 mg below it does not."""
    pile = [((0, 0, 10 * level), (50, 50, 10), 100.0, 300.0) for level in range(4)]
    case = pack((50, 50, 40), pile)
    assert case.violations() == []
    weak = case.with_line(0, max_load_g=299.999).with_line(1, max_load_g=200.0)
    assert _short(weak.violations()) == [(K.OVERLOADED, "u0", None)]


def test_a_load_spreads_over_two_levels() -> None:
    """In a pyramid of 1 on 2 on 3, the middle unit below carries shares from both sides."""
    low = [((x, 0, 0), (100, 100, 10), 1000.0, limit) for x, limit in ((0, 250.0), (100, 500.0), (200, 250.0))]
    mid = [((x, 0, 10), (100, 100, 10), 400.0, 100.0) for x in (50, 150)]
    case = pack((300, 100, 30), [*low, *mid, ((100, 0, 20), (100, 100, 10), 200.0)])
    assert case.violations() == []
    assert _short(case.with_line(1, max_load_g=499.999).violations()) == [(K.OVERLOADED, "u1", None)]


@pytest.mark.parametrize(
    ("x_mm", "found"),
    [(0.0, []), (25.0, []), (25.001, [(K.UNSUPPORTED, "u1", None)])],
    ids=["flush", "exactly 75 %", "1 um less"],
)
def test_support_counts_to_the_um(x_mm: float, found: Found) -> None:
    """An overhang that leaves 75 % of the base supported passes; 1 um more breaks the rule."""
    case = pack((200, 100, 100), [((0, 0, 0), (100, 100, 50)), ((x_mm, 0, 50), (100, 100, 50))])
    assert _short(case.violations()) == found


@pytest.mark.parametrize(
    ("x_mm", "found"),
    [(50.0, []), (50.001, []), (50.002, [(K.UNSTABLE, "u1", None)])],
    ids=["on the edge", "the tolerance of 1 um", "past it"],
)
def test_a_centre_of_mass_may_lie_on_the_edge(x_mm: float, found: Found) -> None:
    """The centre of mass may lie up to 1 um past the edge of the contact."""
    case = pack((200, 100, 100), [((0, 0, 0), (100, 100, 50)), ((x_mm, 0, 50), (100, 100, 50))], support_ratio=0.3)
    assert _short(case.violations()) == found


@pytest.mark.parametrize(
    ("load_g", "found"), [(14.0, []), (15.0, [(K.UNSTABLE, "u3", None)])], ids=["inside", "outside"]
)
def test_the_hull_of_three_legs_is_cut_at_the_corner(load_g: float, found: Found) -> None:
    """A table on three legs tips when a load on its free corner moves the centre of mass over the hull's slant.

    Legs of 10 x 10 mm in three corners of a top of 100 x 100 mm: the slant is x + y = 110. A load with its centre at
    (90, 90) moves the centre of mass of the top's 100 g from (50, 50) to x = y = 55 when it weighs 500 / 35 = 14.3 g.
    """
    legs = [((x, y, 0), (10, 10, 50), 5000.0) for x, y in ((0, 0), (90, 0), (0, 90))]
    case = pack(
        (100, 100, 100),
        [*legs, ((0, 0, 50), (100, 100, 5), 100.0), ((80, 80, 55), (20, 20, 20), load_g)],
        support_ratio=0.01,
    )
    assert _short(case.violations()) == found


def _seesaw(weights_mm: tuple[float, ...]) -> Case:
    """A plank from x = 40 to 200 on a pillar from 100 to 200, with a weight of 100 g at each given place."""
    weights = [((x, 0, 110), (40, 100, 20), 100.0) for x in weights_mm]
    blocks = [((100, 0, 0), (100, 100, 100), 1000.0), ((40, 0, 100), (160, 100, 10), 100.0), *weights]
    return pack((200, 100, 150), blocks, support_ratio=0.6)


def test_a_counterbalance_must_come_first() -> None:
    """Weights on both ends balance in the closed parcel, but the plank falls if the outer one comes first."""
    assert _seesaw((160, 40)).violations() == []
    assert _short(_seesaw((40, 160)).violations()) == [(K.UNSTABLE, "u1", 3)]
    assert _short(_seesaw((40,)).violations()) == [(K.UNSTABLE, "u1", None)]


@pytest.mark.parametrize("axis", [0, 1], ids=["along x", "along y"])
@pytest.mark.parametrize(
    ("ledge_g", "found"), [(2100.0, []), (2000.0, [(K.COUNTERBALANCED, "u1", None)])], ids=["balanced", "too light"]
)
def test_a_load_must_also_hold_where_it_touches(axis: int, ledge_g: float, found: Found) -> None:
    """A load with a safe centre of mass may still tip its support if it acts at its contact patch.

    A ledge from 0 to 100 on a pillar from 0 to 60, with its centre at 50. On it a unit of 100 g from 40 to 100, and on
    that 2000 g from 40 to 50: together they are at (100 x 70 + 2000 x 45) / 2100 = 46.2, well over the pillar; but
    they touch the ledge from 40 to 100, and 2100 g at 70 are balanced over 60 by 2100 g at 50.
    """
    blocks = []
    for low, high, bottom, top, mass_g in (
        (0, 60, 0, 100, 9000.0),
        (0, 100, 100, 110, ledge_g),
        (40, 100, 110, 120, 100.0),
        (40, 50, 120, 130, 2000.0),
    ):
        corner, size = [0, 0, bottom], [50, 50, top - bottom]
        corner[axis], size[axis] = low, high - low
        blocks.append((tuple(corner), tuple(size), mass_g))
    assert _short(pack((100, 100, 130), blocks, support_ratio=0.6).violations()) == found


def test_what_only_a_step_breaks_is_of_the_pack_sequence() -> None:
    """A rule broken only by a step belongs to the pack sequence, one broken at the end to its own constraint."""
    (of_step,) = _seesaw((40, 160)).violations()
    (of_end,) = _seesaw((40,)).violations()
    assert (of_step.constraint, of_end.constraint) == ("pack_sequence", "support")


def test_a_fall_voids_what_was_sure_below() -> None:
    """A pillar that holds any stable load is unstable too if its load is.

    The plank's centre of mass with its weight of 10 kg, at about 60.6, lies left of the plank's contact (100 to 200)
    and of the pillar. The pillar weighs 1 kg and has its centre at 150.
    """
    case = _seesaw((40,)).with_line(2, mass_g=10_000.0).with_parcel(net_mg=11_100_000)
    assert _short(case.violations()) == [(K.UNSTABLE, "u1", None), (K.UNSTABLE, "u0", None)]


def test_without_mass_the_geometric_centre_counts() -> None:
    """Units without mass are checked by their own centres."""
    blocks = [((0, 0, 0), (100, 100, 50), 0.0), ((40, 0, 50), (100, 100, 50), 0.0)]
    case = pack((200, 100, 100), blocks, support_ratio=0.3)
    assert case.violations() == []
    assert _short(case.with_placement(1, x_um=60_000).violations()) == [(K.UNSTABLE, "u1", None)]


def test_support_ratio_zero_switches_support_and_stability_off() -> None:
    """A unit in mid-air breaks the rule of support only."""
    case = pack((100, 100, 100), [((0, 0, 10), (50, 50, 50))])
    assert _short(case.violations()) == [(K.UNSUPPORTED, "u0", None)]
    assert case.with_policy(support_ratio=0.0).violations() == []


def test_a_unit_in_mid_air_has_too_little_support_for_any_ratio() -> None:
    """A ratio too small for millionths does not let units float."""
    case = pack((100, 100, 100), [((0, 0, 10), (50, 50, 50))], support_ratio=1e-6)
    assert case.kinds() == {K.UNSUPPORTED}


def test_what_is_set_down_before_its_support_is_unsupported_at_that_step() -> None:
    """A beam set down on one of two pillars is unsupported at its step, and blocks the other pillar."""
    blocks = [
        ((0, 0, 0), (100, 100, 100), 1000.0),
        ((0, 0, 100), (300, 100, 20), 100.0),
        ((200, 0, 0), (100, 100, 100), 1000.0),
    ]
    case = pack((300, 100, 150), blocks, support_ratio=0.6)
    assert _short(case.violations()) == [(K.BLOCKED, "u2", 3), (K.UNSUPPORTED, "u1", 2)]
    assert {each.constraint for each in case.violations()} == {"pack_sequence"}


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(
    ("overhang_mm", "found"), [(0.0, []), (0.001, [(K.BLOCKED, "u3", 4)])], ids=["flush", "1 um over it"]
)
def test_a_unit_slides_down_beside_another_but_not_under_it(mirrored: bool, overhang_mm: float, found: Found) -> None:
    """Flush sides do not block a unit; an overhang of 1 um does, from either side."""
    blocks = []
    for x, length, bottom, height in ((0, 100, 0, 50), (overhang_mm, 100, 50, 50), (150, 50, 0, 60), (100, 50, 0, 50)):
        blocks.append(((200 - x - length if mirrored else x, 0, bottom), (length, 50, height)))
    assert _short(pack((200, 100, 100), blocks).violations()) == found


@pytest.mark.parametrize("eighths", [1, 3, 7, 13, 25, 64])
@pytest.mark.parametrize("count", [2, 3, 7, 11])
def test_n_units_of_x_inches_fill_a_box_of_n_times_x_inches(eighths: int, count: int) -> None:
    """Eighths of an inch add up exactly: n units fill the box, and do not fit one that is 1 um shorter."""
    edge_mm = eighths * 25.4 / 8
    blocks = [((unit * edge_mm, 0, 0), (edge_mm, edge_mm, edge_mm)) for unit in range(count)]
    case = pack((count * edge_mm, edge_mm, edge_mm), blocks)
    assert case.violations() == []
    short = case.with_box(inner_length_mm=count * edge_mm - 0.001)
    assert K.OUTSIDE_BOX in short.kinds()


def test_clearance_is_kept_once_on_each_axis() -> None:
    """A unit may use all but the clearance of each inner edge, to the um."""
    case = pack((100, 100, 100), [((0, 0, 0), (99, 99, 99))], fit_clearance_mm=1.0)
    assert case.violations() == []
    assert case.with_placement(0, y_um=1).kinds() == {K.NO_CLEARANCE}


def test_fill_counts_envelopes_against_the_whole_inside() -> None:
    """Two eighths of a box keep a fill limit of a quarter, and exceed one a millionth lower."""
    case = pack((100, 100, 100), [((0, 0, 0), (50, 50, 50)), ((50, 0, 0), (50, 50, 50))], fill_limit=0.25)
    assert case.violations() == []
    assert case.with_policy(fill_limit=0.249999).kinds() == {K.OVERFILLED}


@pytest.mark.parametrize("orientation", list(Orientation))
def test_each_orientation_turns_the_declared_edges(orientation: Orientation) -> None:
    """Extents must match the stated orientation of goods with three different edges."""
    edge = {"L": 30_000, "W": 20_000, "H": 10_000}
    length, width, height = (edge[letter] for letter in orientation.value)
    case = pack((30, 30, 30), [((0, 0, 0), (30, 20, 10))])
    turned = case.with_placement(0, orientation=orientation, length_um=length, width_um=width, height_um=height)
    assert turned.violations() == []
    for other in set(Orientation) - {orientation}:
        assert turned.with_placement(0, orientation=other).kinds() == {K.WRONG_EXTENTS}


def test_net_and_gross_limits_hold_to_the_milligram() -> None:
    """100 g of goods in a box of 50 g pass limits of 100 and 150 g."""
    case = pack((100, 100, 100), [((0, 0, 0), (50, 50, 50))])
    assert case.with_box(max_net_g=100.0, max_gross_g=150.0).violations() == []
    assert case.with_box(max_net_g=99.999).kinds() == {K.OVER_NET_LIMIT}
    assert case.with_box(max_gross_g=149.999).kinds() == {K.OVER_GROSS_LIMIT}
