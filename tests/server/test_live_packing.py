"""PackingService of a live server in another process."""

import datetime

import grpc
import pytest
from google.protobuf import json_format
from google.rpc import code_pb2, error_details_pb2
from grpc_status import rpc_status

from boxwright import Item, Order, check, load_catalog, plan
from boxwright.export import canonical_hash
from boxwright.v1 import order_pb2, parcel_pb2, plan_pb2, protection_pb2
from boxwright.v1 import packing_service_pb2 as messages
from boxwright.v1.packing_service_pb2_grpc import PackingServiceStub

BOOK = {
    "line_id": "book",
    "quantity": 2,
    "cuboid": {"dimensions": {"length_mm": 210, "width_mm": 148, "height_mm": 25}},
    "mass_g": 400,
}
MUG = {
    "line_id": "mug",
    "quantity": 2,
    "cuboid": {"dimensions": {"length_mm": 120, "width_mm": 100, "height_mm": 100}},
    "mass_g": 350,
}
SKI = {
    "line_id": "ski",
    "quantity": 3,
    "cuboid": {"dimensions": {"length_mm": 1_800, "width_mm": 120, "height_mm": 90}},
    "mass_g": 4_200,
}


WHOLE = "plan,alternatives"
"""Mask of all that is made without being asked for by its own name."""


def request(*lines, kind=messages.PackRequest, **fields):
    """Return a request for lines given as plain data."""
    data = {"order": {"order_id": "o", "lines": list(lines)}, **fields}
    return json_format.ParseDict(data, kind())


@pytest.fixture(scope="module")
def packing(channel):
    """A stub of the live PackingService."""
    return PackingServiceStub(channel)


def failure(method, message):
    """Return the status of a call that must fail."""
    with pytest.raises(grpc.RpcError) as caught:
        method(message, timeout=20)
    return caught.value.code(), rpc_status.from_call(caught.value)


def bad_fields(status):
    """Return the violated fields of a status."""
    for packed in status.details:
        if packed.Is(error_details_pb2.BadRequest.DESCRIPTOR):
            detail = error_details_pb2.BadRequest()
            packed.Unpack(detail)
            return [each.field for each in detail.field_violations]
    return []


def test_pack_gives_the_plan_that_the_library_gives(packing):
    """The plan over the wire is the plan of the Python API, to the last byte of its canonical form."""
    answer = packing.Pack(request(BOOK, MUG, catalog="catalogs/china-post", read_mask=WHOLE), timeout=20)
    order = Order("o", (Item("book", 2, 210, 148, 25, 400), Item("mug", 2, 120, 100, 100, 350)))
    expected = plan(order, load_catalog("china-post"), profiles=["uk-desnz"])
    assert answer.plan.canonical_hash == canonical_hash(expected)
    assert [parcel.box_type_id for parcel in answer.plan.parcels] == [each.box_type_id for each in expected.parcels]
    assert check(expected, order, load_catalog("china-post")) == []


def test_a_mailer_sent_along_is_packed_and_judged(packing):
    """The parcel states a mailer of the request as it is filled, and CheckPlan agrees with every figure."""
    mailer = {
        "box_type_id": "mailer",
        "style": "BOX_STYLE_FLAT_MAILER",
        "inner": {"length_mm": 350, "width_mm": 250, "height_mm": 60},
        "tare_g": 24,
    }
    catalog = {"catalog_id": "mine", "box_types": [mailer]}
    policy = {"objectives": ["OBJECTIVE_INNER_VOLUME", "OBJECTIVE_OUTER_VOLUME"]}
    order = {"order_id": "o", "lines": [BOOK]}
    made = packing.Pack(request(BOOK, inline_catalog=catalog, policy=policy, read_mask=WHOLE), timeout=20).plan
    (parcel,) = made.parcels
    # Piled: 210 + 50 and 148 + 50 mm of 350 and 250; side by side, 25 mm high: 296 + 25 and 210 + 25.
    assert (parcel.inner.length_mm, parcel.inner.width_mm, parcel.inner.height_mm) == (325, 225, 25)
    assert parcel.inner_volume_mm3 == 325 * 225 * 25
    figures = {each.objective: each.value for each in made.objective_values}
    outer = parcel.outer.length_mm * parcel.outer.width_mm * parcel.outer.height_mm
    assert list(figures.values()) == [parcel.inner_volume_mm3, pytest.approx(outer)]
    check_request = {"order": order, "inline_catalog": catalog, "policy": policy}
    judged = json_format.ParseDict(check_request, messages.CheckPlanRequest())
    judged.plan.CopyFrom(made)
    answer = packing.CheckPlan(judged, timeout=20)
    assert (answer.valid, list(answer.violations)) == (True, [])
    judged.plan.parcels[0].outer.length_mm -= 1
    assert not packing.CheckPlan(judged, timeout=20).valid


def test_soft_goods_come_back_folded_and_are_judged(packing):
    """Shirts in a box of half their length are folded once; CheckPlan agrees, also where orientations are left out."""
    shape = {"dimensions": {"length_mm": 700, "width_mm": 500, "height_mm": 8}, "min_thickness_mm": 4, "max_folds": 2}
    shirts = {"line_id": "shirt", "quantity": 3, "soft_goods": shape, "mass_g": 180}
    box = {
        "box_type_id": "box",
        "style": "BOX_STYLE_RSC_0201",
        "inner": {"length_mm": 500, "width_mm": 350, "height_mm": 24},
        "tare_g": 90,
    }
    catalog = {"catalog_id": "mine", "box_types": [box]}
    made = packing.Pack(request(shirts, inline_catalog=catalog), timeout=20).plan
    (parcel,) = made.parcels
    assert [(each.folds, each.height_mm) for each in parcel.placements] == [(1, 8)] * 3
    data = {"order": {"order_id": "o", "lines": [shirts]}, "inline_catalog": catalog}
    judged = json_format.ParseDict(data, messages.CheckPlanRequest())
    judged.plan.CopyFrom(made)
    answer = packing.CheckPlan(judged, timeout=20)
    assert (answer.valid, list(answer.violations)) == (True, [])
    for each in judged.plan.parcels[0].placements:
        each.orientation = 0
    assert packing.CheckPlan(judged, timeout=20).valid
    judged.plan.parcels[0].placements[2].folds = 0
    assert {each.code for each in packing.CheckPlan(judged, timeout=20).violations} == {"WRONG_EXTENTS"}


def test_figures_of_a_plan_add_up(packing):
    """Packaging sums to tare, net and tare to gross, lines to totals, parcels' totals to the plan's."""
    lane = {"legs": [{"mode": "TRANSPORT_MODE_ROAD", "distance_km": 500}]}
    made = packing.Pack(request(BOOK, MUG, lane=lane, policy={"max_parcels": 4}, read_mask=WHOLE), timeout=20).plan
    for parcel in made.parcels:
        assert sum(part.mass_g for part in parcel.packaging) == pytest.approx(parcel.tare_g)
        assert parcel.net_g + parcel.tare_g == pytest.approx(parcel.gross_g)
        for footprint in parcel.footprints:
            assert sum(line.co2e_mg for line in footprint.lines) == footprint.total_co2e_mg
    totals = [sum(each.footprints[0].total_co2e_mg for each in made.parcels)]
    assert totals == [made.footprints[0].total_co2e_mg]
    assert [placement.step for placement in made.parcels[0].placements] == list(
        range(1, len(made.parcels[0].placements) + 1)
    )


def test_the_order_of_lines_does_not_matter(packing):
    """The canonical hash is the same for any order of lines."""
    hashes = {
        packing.Pack(request(*lines, read_mask=WHOLE), timeout=20).plan.canonical_hash
        for lines in ([BOOK, MUG], [MUG, BOOK])
    }
    assert "" not in hashes
    assert len(hashes) == 1


def test_every_broken_field_is_in_the_error(packing):
    """All violations arrive, with the paths of the request, from order, policy, lane and names alike."""
    message = request(
        {**BOOK, "mass_g": -1},
        policy={"support_ratio": 1.5, "void_fill_id": "feathers"},
        lane={"legs": [{"distance_km": 0}]},
        accounting_profiles=["uk-desnz"],
        catalog="catalogs/nowhere",
    )
    code, status = failure(packing.Pack, message)
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert set(bad_fields(status)) == {
        "order.lines[0].mass_g",
        "policy.support_ratio",
        "lane.legs[0].mode",
        "accounting_profiles[0]",
        "catalog",
    }


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"catalog": "catalogs/nowhere"}, "catalog"),
        ({"policy": {"void_fill_id": "feathers"}}, "policy.void_fill_id"),
        ({"policy": {"cushioning_ids": ["feathers"]}}, "policy.cushioning_ids[0]"),
        ({"accounting_profiles": ["accountingProfiles/mars@1"]}, "accounting_profiles[0]"),
        ({"lane": {"carrier_service": "carriers/ups/services/mars"}}, "lane.carrier_service"),
        ({"carrier_services": ["carriers/nobody/services/x"]}, "carrier_services[0]"),
        ({"availability": [{"box_type_id": "nothing"}]}, "availability[0].box_type_id"),
        (
            {"lane": {"legs": [{"mode": "TRANSPORT_MODE_ROAD", "distance_km": 5, "vehicle": "camel"}]}},
            "lane.legs[0].vehicle",
        ),
    ],
)
def test_a_name_that_names_nothing_is_not_found(packing, fields, field):
    """Unknown resources are NOT_FOUND and named."""
    code, status = failure(packing.Pack, request(BOOK, **fields))
    assert code is grpc.StatusCode.NOT_FOUND
    assert bad_fields(status) == [field]


def test_an_order_that_cannot_be_whole_is_an_error_with_reasons(packing):
    """FAILED_PRECONDITION holds line, quantity and reason; nobody ships short by not reading a field."""
    code, status = failure(packing.Pack, request(BOOK, SKI))
    assert code is grpc.StatusCode.FAILED_PRECONDITION
    assert "ski" in str(status.details[1].value)


def test_a_partial_plan_comes_where_it_is_allowed(packing):
    """With allow_partial the plan says PARTIAL and lists each unit that stays out."""
    made = packing.Pack(request(BOOK, SKI, policy={"allow_partial": True}), timeout=20).plan
    assert made.status == plan_pb2.PLAN_STATUS_PARTIAL
    assert {(each.line_id, each.unit_index) for each in made.unpacked} == {("ski", 0), ("ski", 1), ("ski", 2)}
    assert all(each.reason == plan_pb2.UNPACKED_REASON_DOES_NOT_FIT_ANY_BOX for each in made.unpacked)


def test_more_units_than_the_server_takes_is_a_limit(packing):
    """The live server takes 500 units."""
    code, status = failure(packing.Pack, request({**BOOK, "quantity": 501}))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    info = error_details_pb2.ErrorInfo()
    status.details[0].Unpack(info)
    assert info.reason == "LIMIT_EXCEEDED"


def test_validate_only_answers_nothing_and_fails_alike(packing):
    """A good request gets an empty answer, a bad one the same error."""
    assert packing.Pack(request(BOOK, validate_only=True), timeout=20) == messages.PackResponse()
    fragile = {**BOOK, "fragility": {"g_level": 40}}
    label = {"dunnage_id": "l", "kind": "DUNNAGE_KIND_LABEL", "material": "materials/kraft-paper", "piece_g": 1}
    bare = {"catalog_id": "c", "box_types": [BOX], "dunnage": [label]}  # a list of its own, without cushioning
    fields = {"inline_catalog": bare, "accounting_profiles": ["accountingProfiles/uk-desnz@2025"]}
    codes = [failure(packing.Pack, request(fragile, validate_only=only, **fields))[0] for only in (True, False)]
    assert codes == [grpc.StatusCode.INVALID_ARGUMENT] * 2


BOX = {
    "box_type_id": "b",
    "style": "BOX_STYLE_RSC_0201",
    "inner": {"length_mm": 300, "width_mm": 200, "height_mm": 150},
    "tare_g": 90,
    "price": {"currency_code": "EUR", "nanos": 420_000_000},
}


def test_a_catalog_sent_along_is_used_and_has_no_name(packing):
    """An inline catalog gives the box, its price and warnings, and no resource name."""
    catalog = {"catalog_id": "mine", "version": "7", "box_types": [BOX]}
    made = packing.Pack(request(BOOK, inline_catalog=catalog, read_mask=WHOLE), timeout=20).plan
    assert made.parcels[0].box_type_id == "b"
    assert made.parcels[0].box_type == ""
    assert (made.versions.catalog, made.versions.catalog_version) == ("", "7")
    assert (made.packaging_cost.currency_code, made.packaging_cost.nanos) == ("EUR", 420_000_000)
    told = {each.code: (each.field, each.count) for each in made.warnings}
    assert len(told) == len(made.warnings)
    assert told["OUTER_SIZE_UNKNOWN"] == ("inline_catalog.box_types[0].outer", 1)
    assert told["MATERIAL_UNKNOWN"] == ("inline_catalog.box_types[0].material", 1)
    assert told["NO_TRANSPORT"] == ("lane.legs", 1)


def test_a_catalog_sent_along_without_a_list_has_the_default_dunnage(packing):
    """A fragile line is cushioned, the box filled and taped, as with a catalog file; a cushioning can be named."""
    mug = {**MUG, "quantity": 1, "fragility": {"g_level": 50}}
    box = {**BOX, "inner": {"length_mm": 300, "width_mm": 200, "height_mm": 200}}
    catalog = {"catalog_id": "mine", "box_types": [box]}
    for policy in ({}, {"cushioning_ids": ["honeycomb-paper-wrap"]}):
        made = packing.Pack(request(mug, inline_catalog=catalog, policy=policy, read_mask=WHOLE), timeout=20).plan
        used = {each.dunnage_id for each in made.parcels[0].packaging if each.dunnage_id}
        assert used == {"honeycomb-paper-wrap", "crumpled-kraft-fill", "kraft-paper-tape"}
    none = {"void_fill_id": "", "tape_id": ""}
    made = packing.Pack(request(BOOK, inline_catalog=catalog, policy=none, read_mask=WHOLE), timeout=20).plan
    assert not [each for each in made.parcels[0].packaging if each.dunnage_id]


def test_warnings_have_code_path_and_count(packing):
    """Each names the field of the request, with the order in front; boxes of a loaded catalog are the catalog's."""
    fragility = {"fragility_class": "FRAGILITY_CLASS_FRAGILE"}
    lines = [{**MUG, "line_id": f"mug-{index}", "fragility": fragility} for index in range(2)]
    lane = {"carrier_service": "carriers/dpd/services/ch"}  # which refuses the largest box
    made = packing.Pack(request(*lines, lane=lane), timeout=20).plan
    told = {each.code: (each.field, each.count) for each in made.warnings}
    assert len(told) == len(made.warnings)
    assert told["CLASS_RULE_ADDED"] == ("order.lines[0].fragility", 2)
    assert told["BOX_LEFT_OUT"][0] == "catalog"


@pytest.mark.parametrize("shape", ["cuboid", "soft_goods"])
def test_what_is_not_plausible_is_told_or_refused_at_its_path(packing, shape):
    """An edge of 1 mm is named by the path of the line's shape, in the warning and in the refusal."""
    thin = {"line_id": "thin", "quantity": 1, "mass_g": 5, shape: {"dimensions": {"length_mm": 85, "width_mm": 54}}}
    thin[shape]["dimensions"]["height_mm"] = 1
    path = f"order.lines[1].{shape}.dimensions.height_mm"
    made = packing.Pack(request(BOOK, thin), timeout=20).plan
    assert [each.field for each in made.warnings if each.code == "IMPLAUSIBLE_SIZE"] == [path]
    refuse = {"plausibility": "PLAUSIBILITY_RULE_REFUSE"}
    code, status = failure(packing.Pack, request(BOOK, thin, policy=refuse))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert bad_fields(status) == [path]


def test_what_is_not_at_hand_is_not_used(packing):
    """Availability of 0 takes a box type out; the catalog's hash stays that of the published catalog."""
    first = packing.Pack(request(BOOK), timeout=20).plan
    box = first.parcels[0].box_type_id
    second = packing.Pack(request(BOOK, availability=[{"box_type_id": box, "quantity": 0}]), timeout=20).plan
    assert second.parcels[0].box_type_id != box
    assert first.versions == second.versions


def test_drawings_come_when_the_mask_names_them(packing):
    """One picture of the parcel and one of each step; without the mask there is none."""
    assert not packing.Pack(request(BOOK), timeout=20).drawings
    drawn = packing.Pack(request(BOOK, read_mask="drawings"), timeout=20)
    assert [(each.parcel_index, each.step) for each in drawn.drawings] == [(0, 0), (0, 1), (0, 2)]
    assert all(each.svg.startswith("<svg") for each in drawn.drawings)
    assert not drawn.HasField("plan")
    code, _ = failure(packing.Pack, request({**BOOK, "quantity": 11}, read_mask="drawings"))
    assert code is grpc.StatusCode.INVALID_ARGUMENT


def test_empty_spaces_come_when_the_mask_names_them(packing):
    """They are made only where a path names them, sum to the void, and are judged where a packing states them."""
    assert not packing.Pack(request(BOOK), timeout=20).plan.parcels[0].empty_spaces
    assert not packing.Pack(request(BOOK, read_mask="plan"), timeout=20).plan.parcels[0].empty_spaces
    made = packing.Pack(request(BOOK, read_mask="plan,plan.parcels.emptySpaces"), timeout=20).plan
    (parcel,) = made.parcels
    void = parcel.inner_volume_mm3 - parcel.goods_volume_mm3
    assert sum(each.volume_mm3 for each in parcel.empty_spaces) == pytest.approx(void)
    judged = request(BOOK, kind=messages.CheckPlanRequest)
    judged.plan.CopyFrom(made)
    assert packing.CheckPlan(judged, timeout=20).valid
    judged.plan.parcels[0].empty_spaces[0].dimensions.height_mm += 0.001
    answer = packing.CheckPlan(judged, timeout=20)
    assert {each.code for each in answer.violations} == {"WRONG_EMPTY_SPACES"}


def test_alternatives_come_as_many_as_asked_for(packing):
    """The next best plans follow, each complete and in other boxes, with its rank; more than ten are refused."""
    assert not packing.Pack(request(BOOK), timeout=20).alternatives
    answer = packing.Pack(request(BOOK, alternative_count=3, read_mask=WHOLE), timeout=20)
    every = [answer.plan, *answer.alternatives]
    assert [each.certificate.rank for each in every] == [0, 1, 2, 3]
    assert len({each.parcels[0].box_type_id for each in every}) == 4
    values = [[value.value for value in each.objective_values] for each in every]
    assert values == sorted(values)
    assert all(each.status == plan_pb2.PLAN_STATUS_COMPLETE and each.canonical_hash for each in every)
    assert answer.plan.canonical_hash == packing.Pack(request(BOOK, read_mask=WHOLE), timeout=20).plan.canonical_hash
    code, status = failure(packing.Pack, request(BOOK, alternative_count=11))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert bad_fields(status) == ["alternative_count"]


def test_smallest_changes_come_when_the_mask_names_them(packing):
    """A path to them makes them; every other mask leaves them out, whatever it keeps."""
    path = "plan.certificate.refusedCandidates.smallestChange"
    for mask in ("", "plan"):
        made = packing.Pack(request(MUG, **({"read_mask": mask} if mask else {})), timeout=20).plan
        assert not any(each.HasField("smallest_change") for each in made.certificate.refused_candidates)
    made = packing.Pack(request(MUG, read_mask=f"plan.certificate,{path}"), timeout=20).plan
    changes = [each.smallest_change for each in made.certificate.refused_candidates if each.HasField("smallest_change")]
    assert changes
    assert {each.line_id for each in changes} == {"mug"}
    assert all(each.WhichOneof("change") == "shorten" and each.shorten.ByteSize() for each in changes)
    made = packing.Pack(request(MUG, read_mask=path), timeout=20).plan
    assert [each.smallest_change for each in made.certificate.refused_candidates if each.ByteSize()] == changes


def test_chargeable_weights_are_stated_for_the_lane_and_for_services_asked_for(packing):
    """The lane's service comes first, then the others, each once."""
    services = ["carriers/ups/services/us-daily", "carriers/fedex/services/us"]
    lane = {"carrier_service": services[0], "ship_date": {"year": 2026, "month": 3, "day": 2}}
    made = packing.Pack(request(BOOK, lane=lane, carrier_services=services), timeout=20).plan
    billed = made.parcels[0].chargeable_weights
    assert [each.carrier_service for each in billed] == services
    assert all(each.chargeable_g >= made.parcels[0].gross_g * 0.99 for each in billed)
    assert {each.allocation for each in made.footprints} == {1, 2}


def test_emissions_are_compared_by_the_profile_that_the_policy_names(packing):
    """The certificate names it; the profiles asked for are shown beside it."""
    lane = {"legs": [{"mode": "TRANSPORT_MODE_ROAD", "distance_km": 500}]}
    profiles = [f"accountingProfiles/{name}@2025" for name in ("uk-desnz", "us-epa")]
    policy = {
        "objectives": ["OBJECTIVE_EMISSIONS"],
        "emissions_basis": {"accounting_profile": profiles[1]},
        "accept_incomplete_footprint": True,
    }
    made = packing.Pack(
        request(BOOK, lane=lane, policy=policy, accounting_profiles=profiles[:1], read_mask=WHOLE), timeout=20
    ).plan
    assert made.certificate.accounting_profile == profiles[1]
    assert {each.accounting_profile for each in made.footprints} == set(profiles)
    total = next(each.total_co2e_mg for each in made.footprints if each.accounting_profile == profiles[1])
    assert made.objective_values[0].value == total
    del policy["objectives"]
    assert bad_fields(failure(packing.Pack, request(BOOK, lane=lane, policy=policy))[1]) == ["policy.emissions_basis"]


def test_the_baseline_engine_can_be_asked_for(packing):
    """py3dbp packs without support, and the plan names it."""
    policy = {"engine": "ENGINE_PY3DBP", "support_ratio": 0, "load_bearing": False}
    made = packing.Pack(request(BOOK, policy=policy, read_mask=WHOLE), timeout=20).plan
    assert made.versions.engine == "py3dbp"
    assert made.status == plan_pb2.PLAN_STATUS_COMPLETE


def test_a_ship_date_is_settled_and_echoed(packing):
    """Without a date the plan says today in UTC."""
    days = [datetime.datetime.now(datetime.UTC).date()]
    made = packing.Pack(request(BOOK), timeout=20).plan.ship_date
    days.append(datetime.datetime.now(datetime.UTC).date())
    assert datetime.date(made.year, made.month, made.day) in days


def test_a_repeated_request_gets_the_same_answer(packing):
    """Same id and payload: the same message, time of making included. Same id, other payload: an error."""
    message = request(BOOK, request_id="repeat-1")
    assert packing.Pack(message, timeout=20) == packing.Pack(message, timeout=20)
    code, _ = failure(packing.Pack, request(MUG, request_id="repeat-1"))
    assert code is grpc.StatusCode.ALREADY_EXISTS


def test_a_batch_keeps_its_order_and_gives_each_order_its_own_status(packing):
    """Good, bad, too long, with an id of its own: results stand where their requests stood."""
    batch = messages.BatchPackRequest(
        requests=[
            request(BOOK),
            request({**BOOK, "quantity": 0}),
            request(SKI),
            request(BOOK, request_id="x"),
            request(MUG),
        ]
    )
    batch.defaults.catalog = "catalogs/china-post"
    for index, each in enumerate(batch.requests):
        each.order.order_id = f"order-{index}"
    answer = packing.BatchPack(batch, timeout=60)
    assert [each.order_id for each in answer.results] == [f"order-{index}" for index in range(5)]
    assert [each.error.code for each in answer.results] == [
        code_pb2.OK,
        code_pb2.INVALID_ARGUMENT,
        code_pb2.FAILED_PRECONDITION,
        code_pb2.INVALID_ARGUMENT,
        code_pb2.OK,
    ]
    assert (answer.planned_count, answer.error_count) == (2, 3)
    assert answer.results[0].response.plan.versions.catalog == "catalogs/china-post"


def test_a_malformed_batch_fails_as_a_whole(packing):
    """No requests, too many, or an order in the defaults."""
    empty = messages.BatchPackRequest()
    large = messages.BatchPackRequest(requests=[request(BOOK)] * 21)
    shared = messages.BatchPackRequest(requests=[request(BOOK)], defaults=request(BOOK))
    fields = [bad_fields(failure(packing.BatchPack, each)[1]) for each in (empty, large, shared)]
    assert fields == [["requests"], ["requests"], ["defaults.order"]]


def test_a_stream_plans_orders_and_survives_a_bad_one(packing):
    """Setup, good, bad and good again over one connection."""
    setup = messages.StreamPackRequest(correlation_id="setup")
    setup.setup.defaults.read_mask.paths.append("plan.order_id")
    sent = [setup]
    for correlation_id, line in (("1", BOOK), ("2", {**BOOK, "mass_g": -1}), ("3", MUG)):
        message = messages.StreamPackRequest(correlation_id=correlation_id)
        message.pack.request.CopyFrom(request(line))
        sent.append(message)
    answers = {each.correlation_id: each for each in packing.StreamPack(iter(sent), timeout=60)}
    assert {name: each.WhichOneof("message") for name, each in answers.items()} == {
        "setup": "accepted",
        "1": "result",
        "2": "error",
        "3": "result",
    }
    assert answers["1"].result == messages.PackResponse(plan=plan_pb2.Plan(order_id="o"))


def test_a_stream_sends_plans_as_they_are_found(packing):
    """The first plan comes as an improvement, and the last one once more as the result."""
    message = messages.StreamPackRequest(correlation_id="1")
    message.pack.request.CopyFrom(request(BOOK))
    message.pack.send_improvements = True
    message.pack.fuse.seconds = 60
    answers = list(packing.StreamPack(iter([message]), timeout=60))
    assert [each.WhichOneof("message") for each in answers] == ["improvement", "result"]
    assert answers[0].improvement.plan.canonical_hash == answers[1].result.plan.canonical_hash
    assert not answers[1].result.plan.cut_short


@pytest.mark.parametrize("method", ["RecordOutcome", "GetPlan", "ListPlans"])
def test_what_comes_later_answers_unimplemented_with_a_reason(packing, method):
    """An RPC of the contract that this version has not says so."""
    kind = {"GetPlan": messages.GetPlanRequest, "ListPlans": messages.ListPlansRequest}
    code, status = failure(getattr(packing, method), kind.get(method, messages.RecordOutcomeRequest)())
    info = error_details_pb2.ErrorInfo()
    status.details[0].Unpack(info)
    assert (code, info.reason) == (grpc.StatusCode.UNIMPLEMENTED, "NOT_IN_THIS_VERSION")
    assert method in status.message


def test_a_plan_of_ours_passes_the_check_with_all_its_figures(packing):
    """What Pack answers, CheckPlan finds valid: every figure, footprint and weight included."""
    lane = {
        "legs": [{"mode": "TRANSPORT_MODE_ROAD", "distance_km": 500}],
        "carrier_service": "carriers/ups/services/us-daily",
        "ship_date": {"year": 2026, "month": 3, "day": 2},
    }
    fragile = {**MUG, "fragility": {"g_level": 60}}
    made = packing.Pack(request(BOOK, fragile, lane=lane, read_mask=WHOLE), timeout=20).plan
    asked = request(BOOK, fragile, lane=lane, kind=messages.CheckPlanRequest, compare=True)
    asked.plan.CopyFrom(made)
    answer = packing.CheckPlan(asked, timeout=20)
    assert [str(each) for each in answer.violations] == []
    assert answer.valid
    assert answer.own_plan.canonical_hash == made.canonical_hash
    assert answer.comparison.message == "the plans are equal by every objective"


def test_a_choice_of_wraps_and_what_protects_a_line_go_over_the_wire(packing):
    """Parcels name their wrap and say what protects each line; CheckPlan judges a parcel by the wrap that it names."""
    wrap = {"kind": "DUNNAGE_KIND_CUSHIONING", "material": "materials/kraft-paper"}
    boxes = [
        {
            "box_type_id": "cube",
            "style": "BOX_STYLE_TUCK_0210",
            "inner": {"length_mm": 320, "width_mm": 320, "height_mm": 320},
            "tare_g": 50,
        }
    ]
    dunnage = [
        {"dunnage_id": name, **wrap, "grammage_g_per_m2": grams} for name, grams in (("heavy", 200), ("light", 90))
    ]
    shared = {
        "inline_catalog": {"catalog_id": "c", "box_types": boxes, "dunnage": dunnage},
        "policy": {"cushioning_ids": ["heavy", "light"], "objectives": ["OBJECTIVE_PACKAGING_MASS"]},
    }
    mug = {**MUG, "quantity": 1, "fragility": {"g_level": 40}, "sales_packaging": {"cushion_mm": 1}}
    made = packing.Pack(request(mug, **shared, read_mask=WHOLE), timeout=20).plan
    (parcel,) = made.parcels
    assert parcel.cushioning_id == "light"
    (line,) = parcel.protection
    assert (line.rule, line.fragility_class) == (
        protection_pb2.PROTECTION_RULE_PRACTICE,
        order_pb2.FRAGILITY_CLASS_FRAGILE,
    )
    assert (line.half_gap_mm, line.wall_margin_mm, line.wrap_layers) == (25, 24, 2)
    assert (parcel.placements[0].half_gap_mm, parcel.placements[0].wall_margin_mm) == (25, 24)
    assert line.reason
    assert line.source
    asked = request(mug, kind=messages.CheckPlanRequest, **shared)
    asked.plan.CopyFrom(made)
    assert packing.CheckPlan(asked, timeout=20).valid
    asked.plan.parcels[0].cushioning_id = "heavy"
    codes = {each.code for each in packing.CheckPlan(asked, timeout=20).violations}
    assert "WRONG_FIGURE" in codes


def test_physics_is_asked_for_over_the_wire(packing):
    """A drive that survives 50 g lies on foam pads where the policy says so; without a curve that is refused."""
    foam = {
        "dunnage_id": "foam",
        "kind": "DUNNAGE_KIND_CUSHIONING",
        "density_kg_per_m3": 35,
        "cushion_factor": 3.33,
        "min_static_stress_kpa": 2.76,
        "max_static_stress_kpa": 8.27,
    }
    wrap = {"dunnage_id": "wrap", "kind": "DUNNAGE_KIND_CUSHIONING", "grammage_g_per_m2": 90}
    box = {**BOX, "inner": {"length_mm": 400, "width_mm": 400, "height_mm": 400}}
    size = {"length_mm": 200, "width_mm": 180, "height_mm": 160}
    drive = {
        "line_id": "drive",
        "quantity": 1,
        "mass_g": 3000,
        "cuboid": {"dimensions": size},
        "fragility": {"g_level": 50},
    }
    catalog = {"catalog_id": "c", "box_types": [box], "dunnage": [wrap, foam]}
    policy = {"protection": "PROTECTION_RULE_PHYSICS"}
    made = packing.Pack(request(drive, inline_catalog=catalog, policy=policy, read_mask=WHOLE), timeout=20).plan
    (line,) = made.parcels[0].protection
    assert (line.rule, line.pad_edge_mm) == (protection_pb2.PROTECTION_RULE_PHYSICS, 67.32)
    bare = {**catalog, "dunnage": [wrap]}
    code, status = failure(packing.Pack, request(drive, inline_catalog=bare, policy=policy))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert bad_fields(status) == ["policy.protection"]


def test_a_name_that_is_no_handling_profile_is_told(packing):
    """The error names the field and the profiles that there are."""
    code, status = failure(packing.Pack, request(BOOK, policy={"handling_profile": "ista-9z"}))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert bad_fields(status) == ["policy.handling_profile"]
    assert "ista-2a@1" in status.message + str(status.details)


def test_heavy_units_go_apart_and_are_marked_over_the_wire(packing):
    """Three irons of 30 kg are three marked parcels, or one without marks by machine; wrong marks are wrong figures."""
    iron = BOOK | {"quantity": 3, "mass_g": 30_000}
    answer = packing.Pack(request(iron), timeout=20).plan
    heavy = [parcel_pb2.HANDLING_MARK_HEAVY, parcel_pb2.HANDLING_MARK_TEAM_LIFT]
    assert [list(parcel.handling_marks) for parcel in answer.parcels] == [heavy] * 3
    asked = request(iron, kind=messages.CheckPlanRequest)
    asked.plan.CopyFrom(answer)
    assert packing.CheckPlan(asked, timeout=20).valid
    asked.plan.parcels[0].ClearField("handling_marks")
    assert packing.CheckPlan(asked, timeout=20).valid  # figures that are not stated are not judged
    asked.plan.parcels[0].handling_marks.append(parcel_pb2.HANDLING_MARK_HEAVY)
    (found,) = packing.CheckPlan(asked, timeout=20).violations
    assert (found.code, "handling_marks" in found.message) == ("WRONG_FIGURE", True)
    freight = packing.Pack(request(iron, policy={"lifting_profile": "freight"}), timeout=20).plan
    assert [list(parcel.handling_marks) for parcel in freight.parcels] == [[]]
    asked.plan.CopyFrom(freight)
    assert "OVER_LIFTING_LIMIT" in {each.code for each in packing.CheckPlan(asked, timeout=20).violations}


def test_a_name_that_is_no_lifting_profile_is_told(packing):
    """The error names the field and the profiles that there are."""
    code, status = failure(packing.Pack, request(BOOK, policy={"lifting_profile": "crane"}))
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert bad_fields(status) == ["policy.lifting_profile"]
    assert "manual@1" in status.message + str(status.details)


def test_a_begun_parcel_is_finished_over_the_wire(packing):
    """What lies in it comes first and has not moved; the check knows it, and finds a unit that was moved."""
    started = {
        "started_parcel_id": "P-7",
        "box_type_id": packing.Pack(request(BOOK, MUG), timeout=20).plan.parcels[0].box_type_id,
        "placements": [{"line_id": "book", "length_mm": 210, "width_mm": 148, "height_mm": 25}],
    }
    made = packing.Pack(request(BOOK, MUG, started_parcels=[started]), timeout=20).plan
    assert made.parcels[0].started_parcel_id == "P-7"
    first = made.parcels[0].placements[0]
    assert (first.line_id, first.unit_index, first.x_mm, first.y_mm, first.z_mm) == ("book", 0, 0, 0, 0)
    asked = request(BOOK, MUG, started_parcels=[started], kind=messages.CheckPlanRequest)
    asked.plan.CopyFrom(made)
    assert not packing.CheckPlan(asked, timeout=20).violations
    asked.started_parcels[0].placements[0].x_mm = 0.001
    assert {each.code for each in packing.CheckPlan(asked, timeout=20).violations} == {"STARTED_PARCEL"}
    for broken, field in (
        ({**started, "box_type_id": "hat"}, "started_parcels[0].box_type_id"),
        ({**started, "started_parcel_id": ""}, "started_parcels[0].started_parcel_id"),
        ({**started, "placements": [{**started["placements"][0], "z_mm": 9}]}, "started_parcels[0].placements[0]"),
    ):
        for validate in (False, True):
            _, status = failure(packing.Pack, request(BOOK, MUG, started_parcels=[broken], validate_only=validate))
            assert field in bad_fields(status)


def test_company_is_kept_over_the_wire(packing):
    """A unit in its own container, a group and a cap: planned, drawn, and found valid with every figure."""
    desk = {
        "line_id": "desk",
        "quantity": 1,
        "cuboid": {"dimensions": {"length_mm": 1_600, "width_mm": 800, "height_mm": 60}},
        "mass_g": 21_000,
        "ships_in_own_container": True,
    }
    lines = (
        {**BOOK, "keep_together_group": "set"},
        {**MUG, "keep_together_group": "set", "keep_apart_group": "glass"},
        {**MUG, "line_id": "cell", "property_amounts": [{"property": "wh", "amount": 60}]},
        desk,
    )
    policy = {"property_caps": [{"property": "wh", "max_amount": 100}]}
    made = packing.Pack(request(*lines, policy=policy, read_mask="plan,drawings"), timeout=20)
    inside = [{each.line_id for each in parcel.placements} for parcel in made.plan.parcels]
    assert sum({"book", "mug"} <= each for each in inside) == 1
    assert sum("cell" in each for each in inside) == 2
    (own,) = [parcel for parcel in made.plan.parcels if parcel.ships_in_own_container]
    assert (own.box_type_id, own.gross_g, own.outer.length_mm, own.HasField("inner")) == ("", 21_000, 1_600, False)
    assert len({each.parcel_index for each in made.drawings}) == len(made.plan.parcels)
    asked = request(*lines, policy=policy, kind=messages.CheckPlanRequest)
    asked.plan.CopyFrom(made.plan)
    answer = packing.CheckPlan(asked, timeout=20)
    assert not answer.violations
    asked.plan.parcels[own.parcel_index].box_type_id = "box-1"
    (violation,) = packing.CheckPlan(asked, timeout=20).violations
    assert violation.code == "OWN_CONTAINER"


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda plan: plan.parcels[0].placements[0].__setattr__("z_mm", 5), "UNSUPPORTED"),
        (lambda plan: plan.parcels[0].placements[0].__setattr__("length_mm", 9), "WRONG_EXTENTS"),
        (lambda plan: plan.parcels[0].placements[0].__setattr__("x_mm", 1e5), "INVALID_NUMBER"),
        (lambda plan: plan.parcels[0].placements[0].__setattr__("line_id", "cat"), "UNKNOWN_LINE"),
        (lambda plan: plan.parcels[0].placements[0].__setattr__("unit_index", 1), "DUPLICATE_UNIT"),
        (lambda plan: plan.parcels[0].__setattr__("box_type_id", "hat"), "UNKNOWN_BOX_TYPE"),
        (lambda plan: plan.parcels[0].__setattr__("net_g", 3), "WRONG_FIGURE"),
        (lambda plan: plan.parcels[0].packaging[0].__setattr__("mass_g", 3), "WRONG_FIGURE"),
        (lambda plan: plan.footprints[0].__setattr__("total_co2e_mg", 3), "WRONG_FIGURE"),
        (lambda plan: plan.__setattr__("status", plan_pb2.PLAN_STATUS_PARTIAL), "WRONG_FIGURE"),
    ],
)
def test_damage_to_a_plan_is_found(packing, damage, code):
    """Each damage to a good plan is a violation with its own code, and no error of the call."""
    asked = request(BOOK, kind=messages.CheckPlanRequest)
    asked.plan.CopyFrom(packing.Pack(request(BOOK), timeout=20).plan)
    damage(asked.plan)
    answer = packing.CheckPlan(asked, timeout=20)
    assert not answer.valid
    assert code in {each.code for each in answer.violations}


def test_a_length_that_is_no_number_is_refused_by_its_path(packing):
    """A plan to judge states numbers: one that is none is an error of the call, as in JSON."""
    asked = request(BOOK, kind=messages.CheckPlanRequest)
    asked.plan.CopyFrom(packing.Pack(request(BOOK), timeout=20).plan)
    asked.plan.parcels[0].placements[0].x_mm = float("nan")
    code, status = failure(packing.CheckPlan, asked)
    assert code is grpc.StatusCode.INVALID_ARGUMENT
    assert list(bad_fields(status)) == ["plan.parcels[0].placements[0].x_mm"]


def test_a_bare_packing_is_read_by_its_extents(packing):
    """Boxes and placements alone are enough; orientation follows from extents, steps from the order of placements."""
    asked = request(BOOK, kind=messages.CheckPlanRequest, compare=True)
    made = packing.Pack(request(BOOK), timeout=20).plan
    parcel = asked.plan.parcels.add(box_type_id=made.parcels[0].box_type_id)
    for placement in made.parcels[0].placements:
        bare = parcel.placements.add()
        bare.CopyFrom(placement)
        bare.ClearField("orientation")
        bare.ClearField("step")
    answer = packing.CheckPlan(asked, timeout=20)
    assert answer.valid
    assert answer.assessed_plan.parcels[0].gross_g == pytest.approx(made.parcels[0].gross_g)
    assert not answer.assessed_plan.HasField("certificate")


def test_a_worse_packing_is_told_so(packing):
    """Two boxes where one serves: WORSE by the first objective."""
    asked = request(BOOK, kind=messages.CheckPlanRequest, compare=True)
    for index in range(2):
        parcel = asked.plan.parcels.add(box_type_id="china-post-1")
        parcel.placements.add(line_id="book", unit_index=index, length_mm=210, width_mm=148, height_mm=25)
    answer = packing.CheckPlan(asked, timeout=20)
    assert answer.valid
    assert answer.comparison.outcome == 2
    assert answer.comparison.message == "worse by parcel count: 2 against 1"
    assert answer.comparison.baseline == "this service's plan"
    told = answer.comparison.footprints[0]
    assert 0 < told.interval.low_co2e_mg <= told.difference_co2e_mg <= told.interval.high_co2e_mg
    assert (told.outcome, told.interval.confidence) == (2, 0.95)


def test_a_plan_is_measured_against_the_baseline_that_the_request_names(packing):
    """Against the smallest by volume nothing differs; against the largest box it is better; an unknown box is named."""
    answer = packing.Pack(request(BOOK, compare_with={"smallest_by_volume": True}), timeout=20)
    assert answer.comparison.outcome == 3
    assert answer.comparison.baseline == "the smallest standard cartons by volume"
    assert answer.comparison.footprints[0].difference_co2e_mg == 0
    answer = packing.Pack(request(BOOK, compare_with={"box_type_id": "china-post-1"}), timeout=20)
    assert answer.comparison.outcome == 1
    assert answer.comparison.message.startswith("better by inner volume: ")
    assert not packing.Pack(request(BOOK), timeout=20).HasField("comparison")
    unknown = request(BOOK, compare_with={"box_type_id": "none"})
    assert bad_fields(failure(packing.Pack, unknown)[1]) == ["compare_with.box_type_id"]
    assert bad_fields(failure(packing.Pack, request(BOOK, compare_with={}))[1]) == ["compare_with"]
