"""What is said of a sweep: what it took out for good, and that it failed."""

import pytest
from sqlalchemy import event

from boxwright.store import Keep
from boxwright.store.archive import Archive

from .conftest import plan, until

SECOND_US = 1_000_000


def traces_in(folder, text):
    """Return in which files of a store a text can still be read."""
    return [each.name for each in folder.iterdir() if text in each.read_bytes()]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_nothing_of_a_deleted_plan_is_left_in_the_files(open_store, tmp_path):
    """Neither in pages that are free nor in the log, as soon as the round has ended; a server goes on meanwhile."""
    sweeping = open_store(keep=Keep(plan_us=3_600 * SECOND_US))
    sweeping.write(plan(order_id="of today"))
    assert traces_in(tmp_path, b"of today")
    open_store().write(
        *[plan(create_us=at, order_id=f"long-ago-{at}", request=b"Ada 79117 " * 50) for at in range(1, 151)]
    )
    until(lambda: sweeping.read.sizes().plans == 1)
    until(lambda: not traces_in(tmp_path, b"Ada 79117") and not traces_in(tmp_path, b"long-ago"))
    assert traces_in(tmp_path, b"of today")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_nothing_is_left_of_what_was_deleted_by_its_id(open_store, url, tmp_path):
    """Also where a server has the store open."""
    store = open_store()
    store.write(plan(plan_id="p", order_id="Ada 79117"), plan(order_id="of today"))
    archive = Archive(url)
    try:
        assert archive.delete(["p"]) == 1
        assert (traces_in(tmp_path, b"Ada 79117"), bool(traces_in(tmp_path, b"of today"))) == ([], True)
    finally:
        archive.close()


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
