"""Labels, blocking, cushioning and prices of dunnage over the API."""

from decimal import Decimal

import pytest
from google.protobuf import json_format

from boxwright.contract.catalog import dunnage_to_wire
from boxwright.domain.dunnage import DunnageKind
from boxwright.domain.policy import ProtectionRule

from .live_calls import BOX
from .wire import broken, job_of

LABEL = {"dunnage_id": "l", "kind": "DUNNAGE_KIND_LABEL", "piece_g": 4.5}
BLOCK = {"dunnage_id": "k", "kind": "DUNNAGE_KIND_BLOCKING", "density_kg_per_m3": 40}


def read(dataset, *dunnage, **policy):
    """Return the job of a request whose catalog has this dunnage."""
    catalog = {"catalog_id": "c", "box_types": [BOX], "dunnage": list(dunnage)}
    return job_of(dataset, inline_catalog=catalog, policy=policy)


def test_label_and_blocking_arrive(dataset):
    """Kinds, figures and exact prices are read and shown; the policy may name them."""
    price = {"currency_code": "EUR", "units": 1, "nanos": 234_500_000}
    job = read(dataset, {**LABEL, "price_per_kg": price}, BLOCK, label_id="l", blocking_id="", tape_rule="h-seal")
    label, block = job.catalog.published.dunnage
    assert (label.kind, label.piece_g) == (DunnageKind.LABEL, Decimal("4.5"))
    assert label.price_per_kg_minor == Decimal("123.45")
    assert (block.kind, block.density_kg_per_m3) == (DunnageKind.BLOCKING, Decimal("40.0"))
    assert (job.task.policy.label_id, job.task.policy.blocking_id, job.task.policy.tape_rule) == ("l", "none", "h-seal")
    shown = dunnage_to_wire(label, "", "EUR").price_per_kg
    assert (shown.currency_code, shown.units, shown.nanos) == ("EUR", 1, 234_500_000)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"piece_g": 0}, "piece_g"),
        ({"piece_g": 10_001}, "piece_g"),
        ({"price_per_kg": {"currency_code": "EUR", "units": -1}}, "price_per_kg"),
        ({"price_per_kg": {"currency_code": "euro", "units": 1}}, "price_per_kg.currency_code"),
        ({"price_per_kg": {"currency_code": "USD", "units": 1}}, "price_per_kg.currency_code"),
    ],
)
def test_a_broken_figure_is_named_by_its_path(dataset, changed, field):
    """Each broken rule is the only finding, at the caller's path; a catalog has one currency."""
    assert broken(read, dataset, {**LABEL, **changed}).keys() == {f"inline_catalog.dunnage[0].{field}"}


def test_a_label_needs_its_mass(dataset):
    """A label without a mass and blocking without a density are refused."""
    for kind, field in (("LABEL", "piece_g"), ("BLOCKING", "density_kg_per_m3")):
        found = broken(read, dataset, {"dunnage_id": "d", "kind": f"DUNNAGE_KIND_{kind}"})
        assert list(found) == [f"inline_catalog.dunnage[0].{field}"]


def test_shipped_dunnage_comes_back_but_not_with_other_figures(dataset):
    """Shipped dunnage may be sent back with a price, and not with changed figures."""
    shown = json_format.MessageToDict(
        dunnage_to_wire(dataset.materials.dunnage_of("honeycomb-paper-wrap"), ""), preserving_proto_field_name=True
    )
    (wrap,) = read(dataset, shown).catalog.published.dunnage
    assert not wrap.read_in_source
    ((field, rule),) = broken(read, dataset, {**shown, "grammage_g_per_m2": 80}).items()
    assert field == "inline_catalog.dunnage[0].dunnage_id"
    assert all(part in rule for part in ("grammage_g_per_m2", "90"))


def test_whether_a_fill_cushions_arrives_and_comes_back(dataset):
    """The flag is for void fill only."""
    fill = {"dunnage_id": "v", "kind": "DUNNAGE_KIND_VOID_FILL", "density_kg_per_m3": 20, "cushions": True}
    (read_fill,) = read(dataset, fill).catalog.published.dunnage
    assert read_fill.cushions
    assert dunnage_to_wire(read_fill, "").cushions
    assert list(broken(read, dataset, {**LABEL, "cushions": True})) == ["inline_catalog.dunnage[0].cushions"]


FOAM = {
    "dunnage_id": "f",
    "kind": "DUNNAGE_KIND_CUSHIONING",
    "density_kg_per_m3": 22,
    "cushion_factor": 3.2,
    "min_static_stress_kpa": 2,
    "max_static_stress_kpa": 7.5,
    "multi_drop_factor": 1.2,
}


def test_a_range_of_static_stress_arrives(dataset):
    """Both ends and the multi-drop factor are read exactly and shown."""
    job = read(
        dataset,
        FOAM,
        {**FOAM, "dunnage_id": "g"},
        cushioning_ids=["g", "f"],
        handling_profile="ista-2a@1",
        lifting_profile="freight@1",
        protection="PROTECTION_RULE_PHYSICS",
    )
    foam, _ = job.catalog.published.dunnage
    figures = (foam.min_static_stress_kpa, foam.max_static_stress_kpa, foam.multi_drop_factor)
    assert figures == (Decimal("2.0"), Decimal("7.5"), Decimal("1.2"))
    assert foam.read_in_source
    assert (job.task.policy.cushioning_ids, job.task.policy.handling_profile) == (("g", "f"), "ista-2a@1")
    assert (job.task.policy.lifting_profile, job.task.policy.protection) == ("freight@1", ProtectionRule.PHYSICS)
    shown = dunnage_to_wire(foam, "", "EUR")
    assert (shown.min_static_stress_kpa, shown.max_static_stress_kpa, shown.multi_drop_factor) == (2, 7.5, 1.2)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"min_static_stress_kpa": 0}, "dunnage[0].min_static_stress_kpa"),
        ({"min_static_stress_kpa": 8}, "dunnage[0].min_static_stress_kpa"),
        ({"max_static_stress_kpa": 10_001}, "dunnage[0].max_static_stress_kpa"),
        ({"max_static_stress_kpa": "NaN"}, "dunnage[0].max_static_stress_kpa"),
        ({"cushion_factor": 0.9}, "dunnage[0].cushion_factor"),
        ({"multi_drop_factor": 0.9}, "dunnage[0].multi_drop_factor"),
        ({"multi_drop_factor": 101}, "dunnage[0].multi_drop_factor"),
    ],
)
def test_a_broken_figure_of_cushioning_is_named(dataset, changed, field):
    """Figures out of range and inverted ranges are refused at their path."""
    assert list(broken(read, dataset, {**FOAM, **changed})) == [f"inline_catalog.{field}"]


def test_a_cushioning_is_allowed_once(dataset):
    """A repeated cushioning is an error at the second one."""
    assert list(broken(read, dataset, FOAM, cushioning_ids=["f", "f"])) == ["policy.cushioning_ids[1]"]
