"""The constraint solver agrees with other searches, runs in one mode only, and is replayed by certificates."""

import dataclasses
import random
import subprocess
import sys
import threading

import numpy as np
import pytest

from boxwright import BoxType, Catalog, Item, Order, Policy, Stop, check, plan, verify_certificate
from boxwright.domain.order import Orientation
from boxwright.domain.plan import ProofStatus
from boxwright.domain.policy import Engine
from boxwright.domain.proof import Proof
from boxwright.errors import SearchEndedError
from boxwright.packing import exact, solver
from boxwright.packing.own import lay
from boxwright.packing.packer import Packer, Way
from boxwright.packing.problem import Layout, Rules, Space, Units
from boxwright.packing.question import Question
from boxwright.planning.engine import PACKERS
from strategies import units_of
from zero_slack import instance

RULES = Rules()
RELAXED = Rules(support_millionths=0, bearing=False)


def asked(units: Units, space: Space, rules: Rules, seconds: float) -> Question:
    """Return the question whether all units go in, with a time limit for the solver."""
    return Question(units, space, rules, whole=True, solver_seconds=seconds)


def rails_and_sleeper(gauge_um: int) -> Units:
    """Return two rails along x and a sleeper along y, of a given width and 50 mm high."""
    units = units_of([(100_000, gauge_um, 50_000)] * 2 + [(gauge_um, 100_000, 50_000)])
    return dataclasses.replace(units, masks=np.ones(3, dtype=np.int64))


CUBE = Space((100_000, 100_000, 100_000))


def put(units: Units, space: Space, rules: Rules, layout: Layout) -> None:
    """Assert that a layout is valid: units, orientations, inside, overlap and sequence."""
    assert sorted(layout.units.tolist()) == list(range(len(units)))
    assert all((units.masks[unit] >> turn) & 1 for unit, turn in zip(layout.units, layout.orientations, strict=True))
    low, high = layout.corners_um[:, :3], layout.corners_um[:, 3:]
    assert (low >= 0).all()
    assert (high <= np.array(space.edges_um)).all()
    sizes = np.sort(high - low, axis=1)
    assert np.array_equal(sizes, np.sort(units.edges_um[layout.units], axis=1))
    for slot in range(len(layout)):
        assert ((high[:slot] <= low[slot]) | (high[slot] <= low[:slot])).any(axis=1).all()
    assert lay(Question(units, space, rules, whole=True, effort=0, fixed=layout)) is not None


@pytest.mark.parametrize("seed", range(12))
def test_the_solver_agrees_with_the_own_exact_search(seed: int) -> None:
    """Both agree on three to five units without support, and a yes comes with a packing."""
    draw = random.Random(seed)
    box = tuple(draw.randint(3, 8) * 5_000 for _ in range(3))
    units = units_of([tuple(draw.randint(1, 5) * 5_000 for _ in range(3)) for _ in range(draw.randint(3, 5))])
    answer = solver.decide(asked(units, Space(box), RELAXED, 5.0), support=False)
    assert answer.feasible == exact.feasible(units, Space(box), 10**6)
    if answer.feasible:
        put(units, Space(box), RELAXED, answer.layout)


@pytest.mark.parametrize("support", [False, True])
def test_no_box_that_units_were_cut_out_of_is_refused(support: bool) -> None:
    """Pinwheels, knots of nine and equal units that fill a box exactly are not refused."""
    cut = [each for each in (instance(random.Random(seed), 10) for seed in range(12)) if not each.loose]
    rules = Rules(support_millionths=1_000_000)
    answers = [solver.decide(asked(each.units, each.space, rules, 0.05), support=support) for each in cut]
    assert [number for number, answer in enumerate(answers) if answer.feasible is False] == []
    assert sum(answer.feasible is True for answer in answers) > len(cut) // 2


def test_support_refuses_what_lies_apart() -> None:
    """A sleeper on two rails of 35 mm has 70 % support: too little for a ratio of 0.75, enough for 0.7."""
    units = rails_and_sleeper(35_000)
    assert solver.decide(asked(units, CUBE, RULES, 1.0), support=False).feasible is True
    assert solver.decide(asked(units, CUBE, RULES, 1.0), support=True) == solver.Verdict(False)
    rules = Rules(support_millionths=700_000)
    found = solver.decide(asked(units, CUBE, rules, 1.0), support=True)
    assert found.layout is not None
    put(units, CUBE, rules, found.layout)


@pytest.mark.parametrize("gauge_um", [37_500, 37_499])
def test_one_micrometre_decides(gauge_um: int) -> None:
    """Two rails of 37.5 mm support 75 % of the sleeper; rails 1 um narrower do not."""
    units = rails_and_sleeper(gauge_um)
    answer = solver.decide(asked(units, CUBE, RULES, 1.0), support=True)
    assert (answer.layout is not None) == (gauge_um == 37_500)
    if gauge_um == 37_500:
        assert answer.feasible is True


def test_the_same_question_gets_the_same_answer() -> None:
    """The solver returns the same layout twice."""
    each = instance(random.Random(3), 10)
    first, second = (solver.decide(asked(each.units, each.space, RULES, 1.0), support=True).layout for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.units.tolist() == second.units.tolist()
    assert first.corners_um.tolist() == second.corners_um.tolist()


def test_too_many_units_or_no_time_give_no_answer() -> None:
    """With too many units or without time the solver gives no answer."""
    many = units_of([(1, 1, 1)] * (solver.MOST_UNITS + 1))
    assert solver.decide(asked(many, Space((1, 1, 1)), RULES, 1.0), support=False) == solver.Verdict(None)
    assert solver.decide(asked(rails_and_sleeper(35_000), CUBE, RULES, 0.0), support=True) == solver.Verdict(None)


def test_a_stop_ends_the_solver() -> None:
    """A stop raises its error before and during a long question."""
    draw = random.Random(0)
    units = units_of([tuple(draw.randrange(40, 140) for _ in range(3)) for _ in range(14)])
    side = round((units.volume_um3 / 0.9) ** (1 / 3))
    for later_s in (0.0, 0.1):
        stop = Stop()
        timer = threading.Timer(later_s, stop.end)
        timer.start()
        question = dataclasses.replace(asked(units, Space((side, side, side)), RULES, 1_000.0), stop=stop)
        with pytest.raises(SearchEndedError):
            solver.decide(question, support=True)
        timer.join()


@pytest.mark.parametrize("proof", solver.SOLVED)
def test_a_proof_used_alone_is_never_wrong(proof: Proof) -> None:
    """No proof refuses a sleeper on rails of half its length; all refuse cubes that do not fit."""
    assert solver.SOLVED[proof](asked(rails_and_sleeper(50_000), CUBE, RULES, 1.0)) is None
    assert solver.SOLVED[proof](asked(units_of([(200_000,) * 3] * 2), CUBE, RULES, 1.0))


def test_a_layout_obeys_the_rules_that_the_solver_does_not_know() -> None:
    """If one of two stacked plates bears nothing, it lies on top; if both bear nothing, there is no layout."""
    plates = [(100_000, 100_000, 40_000), (100_000, 100_000, 60_000)]
    lying = np.ones(2, dtype=np.int64)
    one = dataclasses.replace(units_of(plates, max_load=[0.0, np.inf]), masks=lying)
    found = solver.decide(asked(one, CUBE, RULES, 1.0), support=True)
    assert found.layout is not None
    assert found.layout.units.tolist() == [1, 0]
    neither = dataclasses.replace(one, max_load_mg=np.zeros(2))
    assert solver.decide(asked(neither, CUBE, RULES, 1.0), support=True) == solver.Verdict(True)


def rails(gauge_mm: float) -> Order:
    """Return the rails and the sleeper as an order."""
    as_it_is = (Orientation.LWH,)
    return Order(
        "track",
        [
            Item("rail", 2, 100, gauge_mm, 50, 100, orientations=as_it_is),
            Item("sleeper", 1, gauge_mm, 100, 50, 100, orientations=as_it_is),
        ],
    )


CATALOG = Catalog("boxes", [BoxType("cube", 100, 100, 100), BoxType("long", 200, 100, 100)])


def test_thorough_proves_what_balanced_leaves_open() -> None:
    """A cube without enough support is open in one mode, refused in the other, and the refusal is replayed."""
    order = rails(35)
    balanced = plan(order, CATALOG, Policy(mode="balanced"))
    assert balanced.certificate.open_candidates == (("cube", ""),)
    policy = Policy(mode="thorough")
    thorough = plan(order, CATALOG, policy)
    assert thorough.certificate.status is ProofStatus.PROVED
    (refused,) = thorough.certificate.refused_candidates
    assert (refused.box_type_id, refused.proof) == ("cube", Proof.EXACT)
    assert "0.75" in refused.message
    assert any("0.75" in each for each in thorough.certificate.constraints)
    assert verify_certificate(thorough, order, CATALOG, policy) == []


def test_a_refusal_under_a_ratio_does_not_hold_under_a_lower_one() -> None:
    """Replayed with a ratio of 0.5, the certificate for 0.75 is found false."""
    order = rails(35)
    strict = plan(order, CATALOG, Policy(mode="thorough"))
    found = verify_certificate(strict, order, CATALOG, Policy(mode="thorough", support_ratio=0.5))
    assert {each.field for each in found} >= {"certificate.constraints", "certificate.refused_candidates[0].proof"}


def idle(question: Question) -> Layout | None:
    """Pack only boxes longer than they are high."""
    edges_um = question.space.edges_um
    return None if edges_um[0] == edges_um[2] else lay(question)


@pytest.mark.parametrize(("ways", "box"), [((idle, solver.lay_exactly), "cube"), ((idle,), "long")])
def test_the_solver_finds_what_packing_does_not(ways: tuple[Way, ...], box: str, monkeypatch) -> None:
    """An engine with the solver packs the cube where packing alone finds nothing; the plan is valid."""
    monkeypatch.setitem(PACKERS, Engine.BOXWRIGHT, Packer(*ways))
    order, policy = rails(50), Policy(mode="thorough")
    found = plan(order, CATALOG, policy)
    assert [parcel.box_type_id for parcel in found.parcels] == [box]
    assert check(found, order, CATALOG, policy) == []


def test_no_other_mode_loads_the_solver() -> None:
    """A plan in mode balanced with an open box does not load OR-Tools."""
    code = (
        "import sys; from boxwright import *; from boxwright.domain.order import Orientation as O\n"
        "order = Order('o', [Item('r', 2, 100, 35, 50, 1, orientations=(O.LWH,)),"
        " Item('s', 1, 35, 100, 50, 1, orientations=(O.LWH,))])\n"
        "boxes = Catalog('c', [BoxType('cube', 100, 100, 100), BoxType('long', 200, 100, 100)])\n"
        "assert plan(order, boxes, Policy(mode='balanced')).certificate.open_candidates == (('cube', ''),)\n"
        "assert not [name for name in sys.modules if name.startswith('ortools')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
