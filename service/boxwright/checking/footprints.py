"""Footprints: each line of a parcel is its product, and those of the plan are the sums over its parcels."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import isclose

from boxwright.checking.listed import listed
from boxwright.checking.reading import ONE, Reading, Readings, grains
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.footprint import Allocation, Footprint, FootprintLine
from boxwright.domain.plan import Parcel, Plan
from boxwright.stop import Stop
from boxwright.units import MG_PER_KG

Key = tuple[str, Allocation]
"""Profile and allocation: footprints that differ in either are never added."""

Sums = dict[tuple[str, ...], tuple[float, int]]
"""Amount and mg CO2e by component, stage, subject, factor, unit and leg."""


def wrong_footprints(plan: Plan, readings: Readings | None = None) -> Iterator[PlanViolation]:
    """Yield lines that are not amount x factor, and footprints of the plan that are not the sum over the parcels.

    Parameters
    ----------
    plan : Plan
        Anybody's.
    readings : Readings, optional
        Its footprints, of which some may have been read already. Default: none are.
    """
    at_hand = readings or Readings()
    try:
        whole = _by_key(plan.footprints, at_hand)
        of_parcels = [_by_key(each.footprints, at_hand) for each in listed(plan.parcels) if isinstance(each, Parcel)]
        details = [*_differences(whole, of_parcels, at_hand.stop), *_false_lines(of_parcels, at_hand.stop)]
    except (TypeError, ValueError) as error:
        details = [f"{error}"]
    for detail in details:
        yield PlanViolation(ViolationKind.WRONG_FOOTPRINT, detail)


def _differences(
    whole: Mapping[Key, Reading], of_parcels: Sequence[Mapping[Key, Reading]], stop: Stop
) -> Iterator[str]:
    for key in dict.fromkeys([*whole, *(key for each in of_parcels for key in each)]):
        name = f"{key[0]} {key[1]}"
        portions = [each[key].footprint for each in of_parcels if key in each]
        if key not in whole or len(portions) < len(of_parcels) or not portions:
            count = f"{len(portions)} of {len(of_parcels)} parcels do"
            yield f"{name}: the plan {'has one' if key in whole else 'has none'}, {count}"
            continue
        stated = whole[key].footprint
        if len(portions) == 1 and stated is portions[0]:
            continue
        if len(portions) > 1 or stated.lines != portions[0].lines:
            yield from _unequal(name, _sums([stated], stop), _sums(portions, stop))
        if {*stated.mass_data} != {datum for each in portions for datum in each.mass_data}:
            yield f"{name}: its masses stand on {stated.mass_data!r:.200}, its parcels say otherwise"
        for lacking in ("missing", "missing_scope"):
            if set(getattr(stated, lacking)) != {gap for each in portions for gap in getattr(each, lacking)}:
                yield f"{name}: {lacking} is {getattr(stated, lacking)!r:.120}, its parcels say otherwise"


def _false_lines(of_parcels: Sequence[Mapping[Key, Reading]], stop: Stop) -> Iterator[str]:
    """Yield what is wrong with the lines of each parcel by themselves."""
    for index, footprints in enumerate(of_parcels):
        for (profile_id, allocation), reading in footprints.items():
            name = f"parcel {index}, {profile_id} {allocation}"
            stages: dict[tuple[str, str], set[str]] = defaultdict(set)
            for line in reading.footprint.lines:
                stop.look()
                for detail in _false_line(line):
                    yield f"{name}, {line.component}/{line.stage} of {line.subject} by {line.factor_id}: {detail}"
                stages[line.component, line.subject].add(line.stage)
            for (component, subject), found in stages.items():
                for whole, portions in _WHOLES.items():
                    if whole in found and found & portions:
                        counted = ", ".join(sorted(found & portions))
                        yield f"{name}, {component} of {subject}: counts {counted} beside {whole}, which holds it"


_WHOLES = {
    "cradle_to_grave": {"production", "end_of_life"},
    "transport_wtw": {"transport_ttw", "transport_wtt"},
}
"""Stages that hold others: of one subject a parcel counts the whole or its portions."""

_ONE_MG = ONE * ONE // MG_PER_KG
"""A mg of CO2e as a product of grains: of an amount, and of kg per unit."""


def _false_line(line: FootprintLine) -> Iterator[str]:
    factor = line.factor_kg_per_unit
    product = grains(line.amount) * grains(factor)
    # Amounts are rounded to 34 digits for reading, so a product may miss the half by a trace.
    if abs(line.co2e_mg * _ONE_MG - product) > _ONE_MG // 2 + _ONE_MG // 10**6:
        yield f"says {line.co2e_mg} mg CO2e, its amount times its factor is {product / _ONE_MG:.3f}"
    low, high = line.low_kg_per_unit, line.high_kg_per_unit
    for end, outside in ((low, low is not None and low > factor), (high, high is not None and high < factor)):
        if outside:
            yield f"its factor {factor} lies outside its range, which ends at {end}"


def _by_key(footprints: object, readings: Readings) -> dict[Key, Reading]:
    """Return footprints by profile and allocation; TypeError or ValueError if they are none or repeat."""
    found: dict[Key, Reading] = {}
    for each in listed(footprints):
        readings.stop.look()
        if not isinstance(each, Footprint):
            raise TypeError(f"a footprint is {each!r:.80}")
        reading = readings.of(each)
        if reading.fault:
            raise TypeError(reading.fault)
        key = (str(each.profile_id), each.allocation)
        if key in found:
            raise ValueError(f"two footprints of {key[0]} {key[1]}")
        found[key] = reading
    return found


def _sums(footprints: list[Footprint], stop: Stop) -> Sums:
    sums: Sums = {}
    for each in footprints:
        stop.look()
        for line in each.lines:
            key = (
                line.component,
                line.stage,
                line.subject,
                line.factor_id,
                line.unit,
                str(line.leg_index),
                _used(line),
            )
            amount, co2e_mg = sums.get(key, (0.0, 0))
            sums[key] = (amount + float(line.amount), co2e_mg + line.co2e_mg)
            for part in line.mass_parts:
                on = (*key, f"on {' and '.join(sorted(part.data))}")
                sums[on] = (sums.get(on, (0.0, 0))[0] + float(part.amount), 0)
    return sums


def _used(line: FootprintLine) -> str:
    """Return the factor as a line states it, so that a plan's line has the factor and range of its parcels' lines."""
    ends = (line.low_kg_per_unit, line.high_kg_per_unit)
    return f"{line.factor_kg_per_unit} of {ends[0]} to {ends[1]}{'' if line.read_in_source else ', unverified'}"


def _unequal(name: str, stated: Sums, true: Sums) -> Iterator[str]:
    for key in dict.fromkeys([*stated, *true]):
        amount, co2e_mg = stated.get(key, (0.0, 0))
        true_amount, true_mg = true.get(key, (0.0, 0))
        if co2e_mg != true_mg or not isclose(amount, true_amount, rel_tol=1e-9, abs_tol=1e-12):
            subject = f"{key[0]}/{key[1]} of {key[2]} by {key[3]} {' '.join(key[6:])}"
            figures = f"says {co2e_mg} mg CO2e of {amount:g} {key[4]}, its parcels sum to {true_mg} of {true_amount:g}"
            yield f"{name}, {subject}: {figures}"
