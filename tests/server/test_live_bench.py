"""Bench words, SKU, description and barcode appear only where a read mask names them."""

import pytest

from boxwright.v1 import packing_service_pb2 as messages

from .live_calls import BOOK, request

CODES = {"sku": "B-7", "description": "Paperback", "barcode": "9783161484100"}
LINE = {**BOOK, **CODES}
BENCH = "plan.parcels.bench"
ECHOED = ",".join(f"plan.parcels.placements.{name}" for name in ("line_id", *CODES))
ASKED = f"{BENCH},{ECHOED},plan.canonicalHash"


def asked(text):
    """Return a mask in protobuf's JSON form."""
    return text.replace("line_id", "lineId")


def pack(packing, mask=None, line=LINE):
    """Return the only parcel of a plan."""
    message = request(line, **({"read_mask": asked(mask)} if mask else {}))
    (parcel,) = packing.Pack(message, timeout=20).plan.parcels
    return parcel


def has_nothing(parcel):
    """Return whether a parcel has neither bench words nor texts of lines."""
    echoed = any(getattr(placement, name) for placement in parcel.placements for name in CODES)
    return bool(parcel.placements) and not parcel.HasField("bench") and not echoed


def test_without_their_names_there_are_no_sentences(packing):
    """Neither the default nor a mask of a parent field returns them."""
    for mask in (None, "plan", "plan.parcels", "plan.parcels.placements"):
        assert has_nothing(pack(packing, mask)), mask


def test_words_and_codes_come_where_they_are_named(packing):
    """A named parcel has a sentence per step, rising weights, tape, and the texts of its lines."""
    parcel = pack(packing, f"plan,{ASKED}")
    bench = parcel.bench
    assert bench.language == "en"
    steps = [line for line in bench.lines if line.step]
    assert [(step.step, step.unit_count) for step in steps] == [(1, 2)]
    assert [(step.sku, step.barcode) for step in steps] == [("B-7", "9783161484100")]
    assert "Paperback" in steps[0].sentence
    weights = [line.weight_g for line in bench.lines if line.HasField("weight_g")]
    assert weights == sorted(weights)
    assert weights[-1] == bench.gross_g == pytest.approx(parcel.gross_g)
    assert 0 < bench.tolerance_g < bench.gross_g
    assert bench.tape.rule_id == "centre-seams"
    assert all({name: getattr(placement, name) for name in CODES} == CODES for placement in parcel.placements)


def test_a_mask_below_them_makes_that_alone(packing):
    """A mask of one nested field returns only that field; a star returns everything."""
    (line, *_) = pack(packing, "plan.parcels.bench.lines.sentence").bench.lines
    assert line.ListFields() == [(line.DESCRIPTOR.fields_by_name["sentence"], line.sentence)]
    (placed, *_) = pack(packing, "plan.parcels.placements.sku").placements
    assert [(field.name, value) for field, value in placed.ListFields()] == [("sku", "B-7")]
    whole = pack(packing, "*")
    assert whole.bench.lines
    assert whole.placements[0].barcode == CODES["barcode"]


def test_check_plan_returns_them_for_the_packing_that_it_checks(packing):
    """CheckPlan ignores bench words in the plan and returns them if its mask names them."""
    made = packing.Pack(request(LINE, read_mask=asked(f"plan,{ASKED}")), timeout=20).plan
    question = request(LINE, kind=messages.CheckPlanRequest)
    question.plan.CopyFrom(made)
    answer = packing.CheckPlan(question, timeout=20)
    assert answer.valid, answer.violations
    assert has_nothing(answer.assessed_plan.parcels[0])
    question.read_mask.paths[:] = ["assessed_plan.parcels.bench", "assessed_plan.parcels.placements.sku"]
    (parcel,) = packing.CheckPlan(question, timeout=20).assessed_plan.parcels
    assert [line.sentence for line in parcel.bench.lines] == [line.sentence for line in made.parcels[0].bench.lines]
    assert {placement.sku for placement in parcel.placements} == {"B-7"}
