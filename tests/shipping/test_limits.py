"""Acceptance limits."""

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boxwright.domain.carrier import AcceptanceLimit
from boxwright.domain.gate import parse_gates
from boxwright.shipping import Biller, exceeded_limits, most_accepted_mg, refusing_limit

LIMIT_UM = (1_200_000, 450_000, 450_000)
KG = 1_000_000


def limited(rule, *refused, read_in_source=True):
    """Return a rule with other limits."""
    limits = tuple(AcceptanceLimit(parse_gates(each), read_in_source) for each in refused)
    return dataclasses.replace(rule, limits=limits)


def test_limits_themselves_are_accepted(rules):
    """A parcel at its limits exceeds none: 1200 mm long, 3000 mm length plus girth."""
    assert exceeded_limits(LIMIT_UM, 1, rules["dhl"]) == ()


def test_each_limit_is_named_with_its_figures(rules):
    """A parcel above its limits exceeds each of them, whichever edge is declared as the length."""
    longest, girth = exceeded_limits((450_000, 1_201_000, 450_000), 1, rules["dhl"])
    assert "120.1 cm" in longest
    assert "longest > 120 cm" in longest
    assert "300.1 cm" in girth
    assert "length_plus_girth > 300 cm" in girth


def test_mass_counts_as_gross(rules):
    """The weight limit applies to gross weight (150 lb are 68,038,855.5 mg); the bill names the exceeded limit."""
    found = Biller(rules["ups"]).bill((1_000,) * 3, 68_038_856)
    (limit,) = found.exceeded_limits
    assert "actual > 150 lb" in limit
    assert Biller(rules["ups"]).bill((1_000,) * 3, 68_038_855).exceeded_limits == ()


def test_unknown_limit_is_not_checked(rules):
    """A rule without limits refuses nothing."""
    assert exceeded_limits((9_000_000,) * 3, 10**9, rules["actual"]) == ()
    assert most_accepted_mg((9_000_000,) * 3, rules["actual"]) is None


@pytest.mark.parametrize(
    ("refused", "outer_um", "most_mg", "remark"),
    [
        (["actual > 20 kg"], (1, 1, 1), 20 * KG, "a limit itself is accepted"),
        (["actual >= 20 kg"], (1, 1, 1), 20 * KG - 1, "unless the rule refuses it too"),
        (["actual > 70 lb"], (1, 1, 1), 31_751_465, "70 lb are 31,751,465.9 mg"),
        (["longest > 60 cm"], (600_001, 1, 1), -1, "too long at any weight"),
        (["longest < 14 cm"], (139_999, 1, 1), -1, "too short at any weight"),
        (["second > 70 cm and shortest > 70 cm"], (900_000, 800_000, 700_000), None, "one gate is shut"),
        (["longest > 60 cm and actual > 5 kg"], (700_000, 1, 1), 5 * KG, "long parcels may be light"),
        (["longest > 60 cm and actual > 5 kg"], (600_000, 1, 1), None, "short ones may be heavy"),
        (["actual > 9 kg", "actual > 7 kg", "longest > 1 in"], (1, 1, 1), 7 * KG, "the least of all counts"),
    ],
)
def test_most_gross_weight(rules, refused, outer_um, most_mg, remark):
    """The maximum gross weight of a parcel of an outer size follows from the limits that apply to it."""
    assert most_accepted_mg(outer_um, limited(rules["actual"], *refused)) == most_mg, remark


def test_unverified_limits_bind_and_are_marked(rules):
    """An unverified limit refuses like any other, and its text says so."""
    doubtful = limited(rules["actual"], "longest > 60 cm", read_in_source=False)
    (limit,) = exceeded_limits((700_000, 1, 1), 1, doubtful)
    assert "70 cm" in limit
    assert "unverified" in limit
    assert most_accepted_mg((700_000, 1, 1), doubtful) == -1
    assert refusing_limit((700_000, 1, 1), 1, doubtful) == limit


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    outer_um=st.tuples(*[st.integers(1, 2_000_000)] * 3),
    gross_mg=st.integers(0, 40 * KG),
    refused=st.sets(
        st.sampled_from(["actual > 20 kg", "longest > 60 cm", "side_sum >= 90 cm and actual > 3 lb", "shortest < 1 cm"])
    ),
)
def test_a_parcel_is_refused_exactly_above_its_most(rules, outer_um, gross_mg, refused):
    """The maximum gross weight of a size and the refusal of a parcel follow from the same rule."""
    rule = limited(rules["actual"], *sorted(refused))
    most = most_accepted_mg(outer_um, rule)
    assert (refusing_limit(outer_um, gross_mg, rule) is None) is (most is None or gross_mg <= most)
