"""What is said of a sweep: what it took out for good, and that it failed."""

from sqlalchemy import event

from boxwright.store import Keep

from .conftest import plan, until

SECOND_US = 1_000_000


def test_plans_of_a_sweep_that_is_rolled_back_are_not_counted(open_store):
    """A disk that is full lets rows be deleted, and refuses the commit: they count once they are gone."""
    sweeping = open_store(keep=Keep(plan_us=SECOND_US))
    full = [True]

    def refuse(connection):
        if full and sweeping.read.sizes().plans:
            raise OSError("no space left")

    event.listen(sweeping.store._database.writer, "commit", refuse)
    open_store().write(*[plan(create_us=at) for at in range(1, 151)])
    until(lambda: len(sweeping.swept.errors) > 1)
    assert "no space left" in str(sweeping.swept.errors[0])
    assert (sweeping.swept.gone, sweeping.read.sizes().plans) == ([], 150)
    full.clear()
    until(lambda: {"age": 150} in sweeping.swept.rounds)
    assert sum(plans for _, plans in sweeping.swept.gone) == 150
    assert sweeping.read.sizes().plans == 0
