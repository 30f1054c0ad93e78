"""Errors pass from one process to another without change."""

import pickle

import pytest

from boxwright.domain.lack import Lack, MissingFactorError
from boxwright.domain.plan import IncompletePlanError, UnpackedReason, UnpackedUnit
from boxwright.errors import (
    CpuCeilingError,
    DataFileError,
    EngineError,
    FieldViolation,
    InvalidInputError,
    SearchEndedError,
    UnsupportedError,
)

BROKEN = [FieldViolation("lines[3].mass_g", "must be 0 or more, got -1")]


@pytest.mark.parametrize(
    "error",
    [
        InvalidInputError(BROKEN),
        DataFileError("orders.csv", BROKEN),
        UnsupportedError(BROKEN),
        IncompletePlanError("o", [UnpackedUnit("a", 0, UnpackedReason.DOES_NOT_FIT_ANY_BOX, "900 mm, at most 500 mm")]),
        MissingFactorError("uk-desnz@2026", [Lack.read("box/production: straw")]),
        SearchEndedError("the search was ended"),
        CpuCeilingError("the order reached its ceiling of 2 s of CPU"),
        EngineError("py3dbp", ["overlap"]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_survives_a_process_pool(error):
    """A pickled error keeps its class, message and attributes."""
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_units_of_one_line_are_one_reason():
    """500 units with the same reason share one line of the message, with their number."""
    reason = UnpackedReason.DOES_NOT_FIT_ANY_BOX
    units = [UnpackedUnit("a", index, reason, "too long") for index in range(500)]
    error = IncompletePlanError("o", [*units, UnpackedUnit("b", 0, reason, "too high")])
    assert str(error).count("does_not_fit_any_box") == 2
    assert all(number in str(error) for number in ("501", "500"))
