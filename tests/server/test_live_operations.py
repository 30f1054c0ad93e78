"""Evaluations and designs of a live server: results and refused requests."""

import json
from dataclasses import replace

import grpc
import pytest
from google.longrunning import operations_pb2
from google.protobuf import json_format

from boxwright.catalog import load_catalog
from boxwright.design import BoxPrice, Wishes, design, design_dict, judge
from boxwright.domain.order import Item, Order
from boxwright.evaluation import evaluate, totals_dict
from boxwright.v1 import catalog_service_pb2
from boxwright.v1 import evaluation_service_pb2 as messages

from .live_calls import ask, bad_fields, failure, reason
from .live_operations import Calls, edges_of, evaluation, orders, result_of, state_of

PALLET = {"length_mm": 800, "width_mm": 600}


@pytest.fixture(scope="session")
def calls(channel):
    """Stubs of the shared server."""
    return Calls(channel)


def domain_orders(count):
    """Return the same orders as domain objects."""
    return [Order(str(number), (Item("a", 1, *edges_of(number), mass_g=300),)) for number in range(count)]


def test_an_evaluation_comes_to_what_python_comes_to(calls):
    """Sums, comparison and intervals equal those of the Python API."""
    operation = calls.ended(calls.evaluations.EvaluateCatalogs(evaluation(30), timeout=30).name)
    result = result_of(operation)
    catalogs = [load_catalog("eu-stock"), load_catalog("china-post")]
    own = evaluate(domain_orders(30), catalogs, profiles=("uk-desnz@2026",), workers=1)
    totals = totals_dict(own)
    assert (result.order_count, result.compared_order_count) == (totals["orders"], totals["compared_orders"])
    for made, expected in zip(result.evaluations, totals["catalogs"], strict=True):
        assert made.catalog_id == expected["catalog"]
        assert made.complete_order_count == expected["orders_packed"]
        assert made.sums.parcel_count == expected["parcels"]
        assert made.sums.outer_volume_l == pytest.approx(expected["outer_litres"])
        assert {use.box_type_id: use.parcel_count for use in made.sums.box_type_uses} == expected["boxes"]
    figures = result.evaluations[1].comparison_with_first.figures
    assert [(figure.order_count, figure.change) for figure in figures] == [
        (metric.orders, pytest.approx(metric.relative)) for metric in own.comparisons[0].metrics
    ]
    assert [(figure.interval.low, figure.interval.high) for figure in figures] == [
        pytest.approx(metric.interval) for metric in own.comparisons[0].metrics
    ]
    state = state_of(operation)
    assert (state.done_order_count, state.total_order_count, state.attempt_count) == (30, 30, 1)


def test_orders_that_fail_have_their_reasons(calls):
    """Failed orders are counted by reason, with the first order of each."""
    asked = evaluation(4)
    bare = asked.catalogs.add().inline_catalog
    stock = catalog_service_pb2.GetCatalogRequest(name="catalogs/eu-stock")
    bare.CopyFrom(calls.catalogs.GetCatalog(stock, timeout=20))
    bare.catalog_id = "bare"
    tapes = [entry for entry in bare.dunnage if "tape" in entry.dunnage_id]
    del bare.dunnage[:]
    bare.dunnage.extend(tapes)
    for index in (1, 3):
        line = {"fragility": {"fragility_class": "FRAGILITY_CLASS_FRAGILE"}}
        json_format.ParseDict(line, asked.orders.inline_orders.orders[index].lines[0])
    *_, made = result_of(calls.ended(calls.evaluations.EvaluateCatalogs(asked, timeout=30).name)).evaluations
    assert made.failed_order_count == sum(reason.order_count for reason in made.failed_reasons) == 2
    assert made.failed_reasons[0].first_order_index == 1
    assert "cushion" in made.failed_reasons[0].message


def test_a_design_comes_to_what_python_comes_to_and_can_be_written(calls):
    """Boxes and figures equal those of the Python API under every limit, and CreateCatalog accepts the catalog."""
    new = {
        "max_aspect": 3,
        "max_sheet": {"length_mm": 2_000, "width_mm": 1_200},
        "min_pieces": 5,
        "max_depth_ratio": 2,
        "pallets": [PALLET],
        "min_layer_ratio": 0.5,
        "step_mm": 20,
    }
    others = {"dunnage": {"catalog": "catalogs/china-post"}, "also": [{"catalog": "catalogs/china-post"}]}
    today = {"today": {"catalog": "catalogs/eu-stock"}, "sample_orders": 20, "size_counts": [2, 4]}
    asked = json_format.ParseDict(
        {"orders": orders(44), "new_sizes": new, **others, **today}, messages.DesignCatalogRequest()
    )
    operation = calls.ended(calls.evaluations.DesignCatalog(asked, timeout=30).name)
    result = result_of(operation, messages.DesignCatalogResponse)
    wishes = Wishes(
        sizes=(2, 4),
        sample=20,
        step_mm=20,
        max_aspect=3,
        max_sheet_mm=(2_000, 1_200),
        pallets_mm=((800, 600),),
        pallet_share=0.5,
        min_pieces=5,
        max_depth=2,
    )
    post = load_catalog("china-post")
    made = design(domain_orders(44), wishes, today=load_catalog("eu-stock"), also=[post], dunnage=post)
    own = design_dict(judge(made))
    assert (result.unit, result.order_count, result.candidate_count) == ("l", own["orders"], own["candidates"])
    assert result.bounds_of_sample_only is own["bound_holds_for_sample_only"]
    for made, expected in zip(result.designs, own["designs"], strict=True):
        boxes = [box["box_type_id"] for box in expected["box_types"]]
        assert [box.box_type_id for box in made.catalog.box_types] == boxes
        assert [entry.dunnage_id for entry in made.catalog.dunnage] == [entry.dunnage_id for entry in post.dunnage]
        assert list(made.new_box_type_ids) == [box["box_type_id"] for box in expected["box_types"] if box["new"]]
        assert made.judged.per_order == pytest.approx(expected["judged"]["per_order"])
        assert made.judged.change == pytest.approx(expected["judged"]["change"])
        assert made.design.error_ratio == pytest.approx(expected["design"]["mean_error"])
        assert made.bound_per_order == pytest.approx(expected["bound_per_order"])
        assert made.gap_ratio == pytest.approx(expected["gap"], abs=1e-9)
        assert list(made.rarely_used_box_type_ids) == expected["used_too_rarely"]
        uses = [(box["box_type_id"], box["judged_parcels"]) for box in expected["box_types"]]
        assert [(use.box_type_id, use.parcel_count) for use in made.judged_box_type_uses] == uses
        assert not made.HasField("judged_change_by_prices")
    written = catalog_service_pb2.CreateCatalogRequest(catalog=result.designs[0].catalog)
    assert calls.catalogs.CreateCatalog(written, timeout=60).catalog_id == "designed-2"


def test_a_design_says_which_part_of_its_change_comes_from_prices(calls):
    """The part due to prices equals that of the Python API."""
    price = {"currency_code": "EUR", "nanos": 900_000_000}
    today = calls.catalogs.GetCatalog(catalog_service_pb2.GetCatalogRequest(name="catalogs/eu-stock"), timeout=20)
    for box in today.box_types:
        json_format.ParseDict(price, box.price)
    data = {"orders": orders(30), "size_counts": [3], "sample_orders": 20, "may_lose_orders": True}
    asked = json_format.ParseDict(data, messages.DesignCatalogRequest())
    json_format.ParseDict({"currency_code": "EUR", "nanos": 120_000_000}, asked.new_sizes.price_per_box)
    asked.today.inline_catalog.CopyFrom(today)
    asked.today.inline_catalog.catalog_id = "priced"
    operation = calls.ended(calls.evaluations.DesignCatalog(asked, timeout=30).name)
    (made,) = result_of(operation, messages.DesignCatalogResponse).designs
    stock = load_catalog("eu-stock")
    priced = replace(
        stock,
        catalog_id="priced",
        box_types=[replace(box, price_minor=90) for box in stock.box_types],
        currency="EUR",
    )
    wishes = Wishes(sizes=(3,), sample=20, may_lose_orders=True, box_price=BoxPrice("EUR", 12, 0))
    (own,) = design_dict(judge(design(domain_orders(30), wishes, today=priced)))["designs"]
    part, expected = made.judged_change_by_prices, own["judged_change_by_prices"]
    assert part.per_order == pytest.approx(expected["per_order"])
    assert part.per_order < 0
    assert (part.parcel_count, part.unknown_parcel_count) == (expected["parcels"], expected["parcels_not_known"])


def test_operations_are_begun_and_read_over_http(live, calls):
    """A POST starts one, a GET reads its result, and the list leaves results out."""
    calls.evaluations.EvaluateCatalogs(evaluation(1, request_id="once"), timeout=30)  # fills a second page of the list
    address = live.http_address
    sent = json_format.MessageToDict(evaluation(2))
    name = json.loads(ask(address, "/boxwright.v1.EvaluationService/EvaluateCatalogs", sent)[2])["name"]
    calls.ended(name)
    read = json.loads(ask(address, f"/v1/{name}")[2])
    assert read["done"]
    assert read["response"]["order_count"] == 2
    assert read["metadata"]["state"] == "OPERATION_STATE_SUCCEEDED"
    page = json.loads(ask(address, "/v1/operations?pageSize=1")[2])
    assert [(operation["name"], "response" in operation) for operation in page["operations"]] == [(name, False)]
    assert page["next_page_token"]


def orders_of(article):
    """Return two orders; the second names an article."""
    made = orders(2)
    made["inline_orders"]["orders"][1]["lines"][0]["article"] = article
    return made


ARTICLE = "orders.inline_orders.orders[1].lines[0].article"

BAD = [
    ({"orders": orders_of("art71")}, ARTICLE, "an unknown article"),
    ({"orders": {}}, "orders.inline_orders.orders", "no order"),
    ({"catalogs": []}, "catalogs", "no catalog"),
    ({"catalogs": [{}]}, "catalogs[0].catalog", "a choice of none"),
    ({"catalogs": [{"catalog": "catalogs/none"}]}, "catalogs[0].catalog", "an unknown catalog"),
    ({"catalogs": [{"catalog": "catalogs/eu-stock"}] * 2}, "catalogs[1]", "the same twice"),
    ({"orders": {"inline_orders": {"orders": [{"order_id": "o"}]}}}, "orders.inline_orders.orders[0].lines", "no line"),
    ({"policy": {"objectives": ["OBJECTIVE_CHARGEABLE_WEIGHT"]}}, "policy.objectives[0]", "weight without a carrier"),
    ({"accounting_profiles": ["accountingProfiles/none@1"]}, "accounting_profiles[0]", "an unknown profile"),
    ({"request_id": "é"}, "request_id", "an id that is not ASCII"),
]


@pytest.mark.parametrize(("fields", "field", "remark"), BAD, ids=[case[2] for case in BAD])
def test_a_bad_evaluation_is_refused_at_once(calls, fields, field, remark):
    """The error names the field, and no operation starts."""
    _, status = failure(calls.evaluations.EvaluateCatalogs, evaluation(1, **fields))
    assert field in bad_fields(status), remark


BAD_DESIGNS = [
    ({"size_counts": [2], "orders": orders_of("art71")}, ARTICLE, "an unknown article"),
    ({}, "size_counts", "no number of sizes"),
    ({"size_counts": [4, 2]}, "size_counts", "numbers that fall"),
    ({"size_counts": [2], "objective": "DESIGN_OBJECTIVE_COST"}, "new_sizes.price_per_box", "cost without a price"),
    ({"size_counts": [2], "policy": {"max_parcels": 2}}, "policy.max_parcels", "several parcels"),
    ({"size_counts": [2], "new_sizes": {"board_ids": ["none"]}}, "new_sizes.board_ids", "an unknown board"),
    ({"size_counts": [2], "today": {"catalog": "none"}}, "today.catalog", "no resource name"),
    ({"size_counts": [2], "judged_ratio": 1}, "judged_ratio", "no order to design for"),
    ({"size_counts": [2], "locked_box_type_ids": ["none"]}, "locked_box_type_ids", "a lock of no box"),
    ({"size_counts": [2], "new_sizes": {"step_mm": 0}}, "new_sizes.step_mm", "no step"),
    ({"size_counts": [2], "new_sizes": {"max_aspect": 0}}, "new_sizes.max_aspect", "no aspect"),
    ({"size_counts": [2], "new_sizes": {"max_sheet": {"length_mm": 9}}}, "new_sizes.max_sheet", "half a sheet"),
    ({"size_counts": [2], "new_sizes": {"pallets": [{}]}}, "new_sizes.pallets[0]", "a pallet without edges"),
    ({"size_counts": [2], "new_sizes": {"pallets": [PALLET] * 21}}, "new_sizes.pallets", "too many pallets"),
    ({"size_counts": [2], "new_sizes": {"min_layer_ratio": 2}}, "new_sizes.min_layer_ratio", "more than a layer"),
    ({"size_counts": [2], "new_sizes": {"min_pieces": 0}}, "new_sizes.min_pieces", "no piece"),
    ({"size_counts": [2], "dunnage": {"catalog": "none"}}, "dunnage.catalog", "no catalog of dunnage"),
    ({"size_counts": [2], "also": [{}]}, "also[0].catalog", "no other catalog"),
    ({"size_counts": [2], "also": [{"catalog": "catalogs/eu-stock"}] * 21}, "also", "too many other catalogs"),
]


@pytest.mark.parametrize(("fields", "field", "remark"), BAD_DESIGNS, ids=[case[2] for case in BAD_DESIGNS])
def test_a_bad_design_is_refused_at_once(calls, fields, field, remark):
    """The error names the field, and no operation starts."""
    asked = json_format.ParseDict({"orders": orders(1), **fields}, messages.DesignCatalogRequest())
    _, status = failure(calls.evaluations.DesignCatalog, asked)
    assert any(path.startswith(field) for path in bad_fields(status)), remark


def test_a_request_with_an_id_begins_one_operation_until_it_is_deleted(calls):
    """A repeat returns the operation; another payload is refused; after deletion it starts again."""
    asked = evaluation(1, request_id="once")
    name, same = (calls.evaluations.EvaluateCatalogs(asked, timeout=30).name for _ in range(2))
    assert name == same
    code, status = failure(calls.evaluations.EvaluateCatalogs, evaluation(2, request_id="once"))
    assert (code, reason(status)) == (grpc.StatusCode.ALREADY_EXISTS, "REQUEST_ID_REUSED")
    calls.ended(name)
    calls.cancel(name)
    calls.operations.DeleteOperation(operations_pb2.DeleteOperationRequest(name=name), timeout=20)
    assert calls.evaluations.EvaluateCatalogs(asked, timeout=30).name == name
    assert result_of(calls.ended(name)).order_count == 1


@pytest.mark.parametrize("seconds", [-(2**63), -1, 2**62])
def test_a_wait_of_any_length_is_answered(calls, seconds):
    """A wait for an ended operation returns at once, whatever its timeout."""
    name = calls.evaluations.EvaluateCatalogs(evaluation(1, request_id="once"), timeout=30).name
    calls.ended(name)
    asked = operations_pb2.WaitOperationRequest(name=name)
    asked.timeout.seconds = seconds
    assert calls.operations.WaitOperation(asked, timeout=20).done
