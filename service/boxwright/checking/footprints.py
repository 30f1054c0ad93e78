"""Footprints: each line of a parcel is its product, and those of the plan are the sums over its parcels."""

from collections.abc import Iterator
from fractions import Fraction
from math import isclose

from boxwright import fuse
from boxwright.checking.amounts import is_figure, is_mass_datum, is_mass_part
from boxwright.checking.listed import listed
from boxwright.checking.violation import PlanViolation, ViolationKind
from boxwright.domain.footprint import Allocation, Footprint, FootprintLine
from boxwright.domain.plan import Parcel, Plan

Key = tuple[str, Allocation]
"""Profile and allocation: footprints that differ in either are never added."""

Sums = dict[tuple[str, ...], tuple[float, int]]
"""Amount and mg CO2e by component, stage, subject, factor, unit and leg."""


def wrong_footprints(plan: Plan) -> Iterator[PlanViolation]:
    """Yield lines that are not amount x factor, and footprints of the plan that are not the sum over the parcels."""
    try:
        details = [*_differences(plan), *_false_lines(plan)]
    except (TypeError, ValueError) as error:
        details = [f"{error}"]
    for detail in details:
        yield PlanViolation(ViolationKind.WRONG_FOOTPRINT, detail)


def _differences(plan: Plan) -> Iterator[str]:
    whole = _by_key(plan.footprints)
    of_parcels = [_by_key(parcel.footprints) for parcel in listed(plan.parcels) if isinstance(parcel, Parcel)]
    for key in dict.fromkeys([*whole, *(key for each in of_parcels for key in each)]):
        name = f"{key[0]} {key[1]}"
        stated = whole.get(key)
        portions = [each[key] for each in of_parcels if key in each]
        if stated is None or len(portions) < len(of_parcels) or not portions:
            count = f"{len(portions)} of {len(of_parcels)} parcels do"
            yield f"{name}: the plan {'has one' if stated else 'has none'}, {count}"
            continue
        if len(portions) > 1 or stated.lines != portions[0].lines:
            yield from _unequal(name, _sums([stated]), _sums(portions))
        if {*stated.mass_data} != {datum for each in portions for datum in each.mass_data}:
            yield f"{name}: its masses stand on {stated.mass_data!r:.200}, its parcels say otherwise"
        for lacking in ("missing", "missing_scope"):
            if set(getattr(stated, lacking)) != {gap for each in portions for gap in getattr(each, lacking)}:
                yield f"{name}: {lacking} is {getattr(stated, lacking)!r:.120}, its parcels say otherwise"


def _false_lines(plan: Plan) -> Iterator[str]:
    """Yield what is wrong with the lines of each parcel by themselves."""
    for index, parcel in enumerate(each for each in listed(plan.parcels) if isinstance(each, Parcel)):
        for (profile_id, allocation), footprint in _by_key(parcel.footprints).items():
            name = f"parcel {index}, {profile_id} {allocation}"
            stages: dict[tuple[str, str], set[str]] = {}
            for line in footprint.lines:
                fuse.look()
                yield from _false_line(name, line)
                stages.setdefault((line.component, line.subject), set()).add(line.stage)
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


def _false_line(name: str, line: FootprintLine) -> Iterator[str]:
    subject = f"{line.component}/{line.stage} of {line.subject} by {line.factor_id}"
    if not is_figure(line.factor_kg_per_unit):
        raise TypeError(f"a factor is {line.factor_kg_per_unit!r:.80}")
    factor = Fraction(line.factor_kg_per_unit)
    product = Fraction(line.amount) * factor * 1_000_000
    # Amounts are rounded to 34 digits for reading, so a product may miss the half by a trace.
    if abs(line.co2e_mg - product) > Fraction(1, 2) + Fraction(1, 10**6):
        yield f"{name}, {subject}: says {line.co2e_mg} mg CO2e, its amount times its factor is {float(product):.3f}"
    for end, wrong in ((line.low_kg_per_unit, 1), (line.high_kg_per_unit, -1)):
        if end is not None and not is_figure(end):
            raise TypeError(f"an end of a range is {end!r:.80}")
        if end is not None and (Fraction(end) - factor) * wrong > 0:
            yield f"{name}, {subject}: its factor {line.factor_kg_per_unit} lies outside its range, which ends at {end}"


def _by_key(footprints: object) -> dict[Key, Footprint]:
    """Return footprints by profile and allocation; TypeError or ValueError if they are none or repeat."""
    found: dict[Key, Footprint] = {}
    for each in listed(footprints):
        fuse.look()
        if not isinstance(each, Footprint):
            raise TypeError(f"a footprint is {each!r:.80}")
        if not all(isinstance(some, tuple) for some in (each.lines, each.missing, each.missing_scope)):
            raise TypeError(f"a footprint is {each!r:.80}")
        for line in each.lines:
            if not isinstance(line, FootprintLine) or type(line.co2e_mg) is not int or not is_figure(line.amount):
                raise TypeError(f"a footprint line is {line!r:.120}")
            if not isinstance(line.mass_parts, tuple) or not all(map(is_mass_part, line.mass_parts)):
                raise TypeError(f"a line stands on {line.mass_parts!r:.120}")
        if not isinstance(each.mass_data, tuple) or not all(map(is_mass_datum, each.mass_data)):
            raise TypeError(f"the masses of a footprint stand on {each.mass_data!r:.120}")
        if not all(isinstance(gap, str) for gap in (*each.missing, *each.missing_scope)):
            raise TypeError(f"what a footprint lacks is {each.missing!r:.120} and {each.missing_scope!r:.120}")
        key = (str(each.profile_id), each.allocation)
        if key in found:
            raise ValueError(f"two footprints of {key[0]} {key[1]}")
        found[key] = each
    return found


def _sums(footprints: list[Footprint]) -> Sums:
    sums: Sums = {}
    for each in footprints:
        fuse.look()
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
