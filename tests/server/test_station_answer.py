"""The default read mask of answers; what a mask leaves out is not made."""

import datetime
import re
from decimal import Decimal

import pytest
from google.protobuf import field_mask_pb2, json_format
from hypothesis import example, given, settings
from hypothesis import strategies as st

from boxwright import Fragility, Item, Lane, Leg, Order, Policy, PriceTable, WeightPrice, ZonePrices, load_catalog, plan
from boxwright.catalog import load_materials
from boxwright.compliance import verdicts
from boxwright.contract.masks import STATION, keep, read_mask, station_tree
from boxwright.contract.plan import PlanView, plan_to_wire
from boxwright.domain.footprint import Allocation
from boxwright.findings import Findings
from boxwright.server.answers.dataset import Dataset
from boxwright.server.answers.pack import PackAnswers
from boxwright.server.metrics import Metrics
from boxwright.server.settings import Settings
from boxwright.shipping import chargeable_weight
from boxwright.stop import Stop
from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1 import plan_pb2

from .live_calls import BOOK

PRICES = PriceTable(
    *("own", "1", "ups/us-daily", "USD", "lb"),
    [ZonePrices("", [WeightPrice(Decimal(pounds), 900 + pounds) for pounds in range(1, 151)])],
)
LANE = Lane(
    [Leg("road", 500)],
    carrier_service="ups/us-daily",
    ship_date=datetime.date(2026, 7, 20),
    price_tables=[PRICES],
)
ORDER = Order(
    "o", [Item("vase", 1, 120, 120, 200, 900, fragility=Fragility(g_level=50)), Item("pole", 1, 3_000, 10, 1, 100)]
)


def paths_of(descriptor, prefix="", depth=4):
    """Yield every path of a message type down to a depth."""
    for field in descriptor.fields:
        path = f"{prefix}{field.name}"
        yield path
        if field.message_type is not None and depth > 1:
            yield from paths_of(field.message_type, f"{path}.", depth - 1)


PATHS = sorted(paths_of(plan_pb2.Plan.DESCRIPTOR))


@pytest.fixture(scope="module")
def rich():
    """A partial plan with bill, price, cushioning and empty spaces, and its view."""
    catalog = load_catalog("us-stock")
    policy = Policy(allow_partial=True)
    made = plan(ORDER, catalog, policy, LANE, profiles=["uk-desnz", "us-epa"], empty_spaces=True, explain=True)
    materials = load_materials()

    def bills(parcel):
        other = chargeable_weight(parcel.outer_um, parcel.gross_mg, "fedex/us", LANE.ship_date, materials, "")
        return [parcel.chargeable, other]

    view = PlanView(
        catalog=catalog,
        loaded=True,
        materials=materials,
        objectives=policy.ranking,
        allocations=(Allocation.MASS, Allocation.DIMENSIONAL_WEIGHT),
        bills=bills,
        verdicts=lambda made: verdicts(made, catalog, ["eu"]),
    )
    return made, view


def tree_of_paths(paths):
    """Return the tree of a mask over a plan."""
    found = Findings()
    tree = read_mask(field_mask_pb2.FieldMask(paths=paths), plan_pb2.Plan.DESCRIPTOR, found)
    found.raise_any()
    return tree


def stripped(whole, tree):
    """Return a copy of a message with the fields of a tree."""
    copy = type(whole)()
    copy.CopyFrom(whole)
    keep(copy, tree)
    return copy


@pytest.mark.parametrize(
    "paths", [PATHS[::8], pytest.param(PATHS, marks=pytest.mark.long)], ids=["an eighth of the paths", "all paths"]
)
def test_a_mask_makes_what_stripping_the_whole_would_leave(rich, paths):
    """For each path, the masked message equals the stripped whole one."""
    whole = plan_to_wire(*rich)
    for path in paths:
        tree = tree_of_paths([path])
        assert plan_to_wire(*rich, tree) == stripped(whole, tree), path


@settings(max_examples=20)
@example(paths=["parcels.carriage_price.lines.amount", "cut_short"])
@given(paths=st.lists(st.sampled_from(PATHS), min_size=2, max_size=12, unique=True))
def test_masks_of_several_paths_make_the_same(rich, paths):
    """The same holds for sets of paths, nested ones included."""
    tree = tree_of_paths(paths)
    assert plan_to_wire(*rich, tree) == stripped(plan_to_wire(*rich), tree)


def test_the_default_names_fields_that_there_are():
    """Its paths are valid in a read mask."""
    found = Findings()
    tree = read_mask(field_mask_pb2.FieldMask(paths=STATION), messages.PackResponse.DESCRIPTOR, found)
    found.raise_any()
    assert station_tree() == {**tree, "alternatives": tree["plan"]}


def test_the_default_holds_what_a_station_needs(rich):
    """It has boxes, placements, masses, bills, totals, unpacked units and warnings, without lines."""
    made = plan_to_wire(*rich, station_tree()["plan"])
    assert made.unpacked[0].message
    assert made.warnings
    assert made.carriage_price.units
    assert made.certificate.status
    assert not made.certificate.refused_candidates
    (parcel,) = made.parcels
    assert sum(part.mass_g for part in parcel.packaging) == pytest.approx(parcel.gross_g - parcel.net_g)
    assert [unit.half_gap_mm > 0 for unit in parcel.placements] == [True]
    assert [(entry.line_id, entry.wrap_layers, entry.source) for entry in parcel.protection] == [("vase", 2, "")]
    assert [bill.chargeable_g > 0 for bill in parcel.chargeable_weights] == [True, True]
    assert [bool(total.total_co2e_mg and not total.lines) for total in made.footprints] == [True] * 4


def request(lines, **fields):
    """Return a request from plain data."""
    data = {"order": {"order_id": "order", "lines": lines}, "catalog": "catalogs/eu-stock", **fields}
    data["lane"] = {"legs": [{"mode": "TRANSPORT_MODE_ROAD", "distance_km": 500}]}
    return json_format.ParseDict(data, messages.PackRequest())


@pytest.mark.parametrize(("units", "most"), [(1, 1_500), (13, 3_000)])
def test_an_answer_is_small(packing, units, most):
    """One unit takes at most 1.5 kB, and 13 single-unit lines 3 kB."""
    lines = [{**BOOK, "line_id": f"line-{number}", "quantity": 1} for number in range(units)]
    answer = packing.Pack(request(lines), timeout=20)
    assert sum(len(parcel.placements) for parcel in answer.plan.parcels) == units
    assert answer.ByteSize() <= most


@pytest.mark.parametrize("store_texts", [False, True])
def test_a_plan_that_is_kept_is_answered_as_one_that_is_not(store_texts):
    """Only name and time differ, whatever the mask and store_texts say."""
    packer = PackAnswers(Dataset.load(Settings(store_texts=store_texts)), Metrics())
    texts = ["plan.parcels.placements.sku", "plan.parcels.bench"]
    for paths in ([], ["*"], ["plan"], ["plan.status"], ["plan.parcels", *texts], ["alternatives", "drawings"]):
        asked = request([{**BOOK, "sku": "B-1"}], alternative_count=1, read_mask=",".join(map(_camel, paths)))
        (kept, _), (other, _) = packer.answer(asked, Stop(), keep=True), packer.answer(asked, Stop())
        named = not paths or paths[0] in ("*", "plan")
        assert kept.plan.name.startswith("plans/") == named, paths
        kept.plan.ClearField("name")
        for message in (kept, other):
            for made in (message.plan, *message.alternatives):
                made.ClearField("create_time")
        assert kept == other, paths


def _camel(path):
    """Return a path in camelCase, as JSON masks have it."""
    return re.sub("_([a-z])", lambda found: found[1].upper(), path)


def test_batches_and_streams_have_the_same_default(packing):
    """Their answers have the default of Pack, and a star brings everything."""
    asked = request([BOOK])
    alone = packing.Pack(asked, timeout=20)
    (of_batch,) = packing.BatchPack(messages.BatchPackRequest(requests=[asked]), timeout=20).results
    on_stream = messages.StreamPackRequest(correlation_id="1", pack=messages.StreamPackOrder(request=asked))
    (of_stream,) = packing.StreamPack(iter([on_stream]), timeout=20)
    assert alone.plan.parcels
    assert not alone.plan.HasField("create_time")
    assert of_batch.response == of_stream.result == alone
    whole = messages.PackRequest(read_mask=field_mask_pb2.FieldMask(paths=["*"]))
    (of_batch,) = packing.BatchPack(messages.BatchPackRequest(requests=[asked], defaults=whole), timeout=20).results
    assert of_batch.response.plan.footprints[0].lines[0].source.citation
    assert of_batch.response.plan.parcels[0].empty_spaces
    assert of_batch.response.drawings
