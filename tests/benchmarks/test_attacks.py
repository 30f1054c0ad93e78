"""The script of attacks: one attack, from the start of its server to the row of the table."""

from benchmarks.attacks.__main__ import ATTACKS, COLUMNS, row
from benchmarks.attacks.measure import cost_of


def test_attacks_have_names_of_their_own():
    """A row is found by its name."""
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)


def test_an_attack_is_measured_from_outside():
    """The server answers everyone else meanwhile, and is running at the end."""
    attack = next(attack for attack in ATTACKS if attack.name.startswith("1 order of 800 units"))
    cost = cost_of(attack)
    assert (cost.health.failed, cost.order.failed) == (0, 0)
    assert min(cost.health.count, cost.order.count) > 1
    assert cost.cpu_s > 0
    assert "DEADLINE_EXCEEDED" in cost.outcome
    assert row(attack, cost).count("|") == len(COLUMNS) + 1
