"""What footprints say in the same words is stored apart, and a stored plan is whole when it is read."""

import pickle

import pytest

from boxwright.server.asked import Asked
from boxwright.server.dataset import Dataset
from boxwright.server.settings import Settings
from boxwright.server.stored_plans import answer_of
from boxwright.server.workers.methods import Methods
from boxwright.server.workers.noted import NotedMetrics
from boxwright.store import StoredPlan
from boxwright.v1 import packing_service_pb2 as messages

LANE = {
    "origin": {"country_code": "US", "postal_code": "10001"},
    "destination": {"country_code": "US", "postal_code": "60601"},
    "carrier_service": "carriers/ups/services/us-daily",
    "derive_legs": True,
}


@pytest.fixture(scope="module")
def methods():
    """Answers requests as a planning process does."""
    return Methods(Dataset.load(Settings()), NotedMetrics())


def ordered(*lines, **given):
    """Return a request of lines: quantity, edges in mm, mass in g."""
    message = messages.PackRequest(catalog="catalogs/eu-stock", **given)
    message.order.order_id = "o"
    for number, (quantity, edges_mm, mass_g) in enumerate(lines):
        line = message.order.lines.add(line_id=f"l{number}", quantity=quantity, mass_g=mass_g)
        size = line.cuboid.dimensions
        size.length_mm, size.width_mm, size.height_mm = edges_mm
    return message


def kept(methods, message, *paths):
    """Return what the store is to keep of a plan, as it goes from process to process, and the answer."""
    message.read_mask.paths[:] = paths
    answered = methods.answer(Asked("Pack", message.SerializeToString(), keep=True))
    return pickle.loads(pickle.dumps(answered.entry)), messages.PackResponse.FromString(answered.data)


def read(entry):
    """Return the bytes of the answer that a store gives back, without the time of making."""
    answer = answer_of(StoredPlan(entry.plan, None, entry.texts and entry.texts.content))
    answer.plan.ClearField("create_time")
    return answer.SerializeToString()


BOOK, BIG = (2, (210, 148, 25), 400), (40, (300, 200, 150), 2_000)


@pytest.mark.parametrize(
    ("message", "shares"),
    [
        (ordered(BOOK), True),
        (ordered(BOOK, lane=LANE), True),
        (ordered((1, (90, 90, 120), 350), BOOK), True),
        (ordered(BIG), False),
    ],
    ids=["one", "shipped", "two lines", "many parcels"],
)
def test_a_stored_plan_is_the_same_whether_its_texts_are_stored_apart(methods, message, shares):
    """To the byte: one whose caller asks for all of the plan is stored with its texts in it."""
    apart, answer = kept(methods, message)
    whole, _ = kept(methods, message, "plan")
    assert (apart.texts is not None, whole.texts) == (shares, None)
    assert read(apart) == read(whole)
    if shares:
        assert apart.plan.texts_hash == apart.texts.texts_hash
        assert len(apart.plan.answer) * 2 < len(messages.PackResponse.FromString(read(whole)).SerializeToString())
    assert answer.plan.footprints[0].total_co2e_mg > 0


def test_what_a_caller_asks_for_is_in_the_answer(methods):
    """Coverage, lines and footprints of parcels are, whichever of them is named."""
    for path in ("plan.footprints.coverage", "plan.footprints.lines.source", "plan.parcels.footprints", "*"):
        entry, answer = kept(methods, ordered(BOOK), path)
        assert entry.texts is None
        said = *answer.plan.footprints, *(each for parcel in answer.plan.parcels for each in parcel.footprints)
        assert any(each.coverage or any(line.source.citation for line in each.lines) for each in said), path


def test_plans_of_different_goods_share_their_texts(methods):
    """In boxes of one board, by one way."""
    hashes = {kept(methods, ordered((1, (size, 100, 50), 300)))[0].plan.texts_hash for size in (120, 180, 240)}
    assert len(hashes) == 1
