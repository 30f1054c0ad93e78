"""Sizes and masses that suggest a wrong unit or decimal point, by our own rules with figures from the data."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

from boxwright.catalog.materials import Materials
from boxwright.domain.order import DimensionStatus, Item, Order
from boxwright.domain.same import Same
from boxwright.domain.warning import PlanWarning, WarningCode
from boxwright.stop import NEVER, Stop
from boxwright.units import MG_PER_G, MG_PER_LB, OUNCES_PER_LB, UM_PER_INCH, UM_PER_MM

UM3_PER_CM3 = 10**12
_CM, _INCH = Fraction(10), Fraction(UM_PER_INCH, UM_PER_MM)
_GRAM, _OUNCE, _POUND = Fraction(1), MG_PER_LB / OUNCES_PER_LB / MG_PER_G, MG_PER_LB / MG_PER_G
READINGS = {
    "centimetres and grams": (_CM, _GRAM),
    "inches and pounds": (_INCH, _POUND),
    "inches and ounces": (_INCH, _OUNCE),
    "inches and grams": (_INCH, _GRAM),
    "inches and kilograms": (_INCH, 1_000 * _GRAM),
}
"""Units that a caller may have meant instead of mm and g, the likeliest first, each in mm and g.

Centimetres and kilograms are missing: their densities equal those of mm and g, so only small masses reveal them.
"""


def implausible(order: Order, materials: Materials, stop: Stop = NEVER) -> Iterator[PlanWarning]:
    """Yield a warning for each implausible size or mass of an order as given, then for its units as a whole.

    Lines of unknown size are left out.
    """
    rules = _rules_of(Same(materials))
    least, most, least_um = rules["least_density"], rules["most_density"], rules["least_edge"] * UM_PER_MM
    known = []
    for index, line in enumerate(order.lines):
        if line.dimension_status is DimensionStatus.MISSING:
            continue
        stop.look()
        known.append(line)
        path = f"lines[{index}]"
        # Integers are exact, and faster than fractions.
        mass, volume = line.mass_mg * UM3_PER_CM3, MG_PER_G * math.prod(line.edges_um)
        if mass * least.denominator < least.numerator * volume or mass * most.denominator > most.numerator * volume:
            text = (
                f"line {line.line_id!r} has a density of {_density_text(line)} g/cm3 ({_figures(line)}), where "
                f"{float(least):g} to {float(most):g} g/cm3 is plausible"
            )
            yield PlanWarning(WarningCode.IMPLAUSIBLE_DENSITY, f"{path}.mass_g", text)
        for name, edge_um in zip(("length_mm", "width_mm", "height_mm"), line.edges_um, strict=True):
            if edge_um < least_um:
                text = f"line {line.line_id!r} has a {name} of {edge_um / UM_PER_MM:g}, where"
                text += f" {float(rules['least_edge']):g} mm or more is plausible"
                yield PlanWarning(WarningCode.IMPLAUSIBLE_SIZE, f"{path}.{name}", text)
    yield from _units(known, rules)


@lru_cache(maxsize=64)
def _rules_of(materials: Same[Materials]) -> Mapping[str, Fraction]:
    return {name: Fraction(rule.value) for name, rule in materials.thing.plausibility_rules.items()}


def _units(lines: Sequence[Item], rules: Mapping[str, Fraction]) -> Iterator[PlanWarning]:
    """Yield a warning if an order may use other units: all its goods are small, and dense or light as given."""
    if not lines or any(max(line.edges_um) >= rules["small_edge"] * UM_PER_MM for line in lines):
        return
    given = [density_g_per_cm3(line) for line in lines]
    first = lines[0]
    light = all(line.mass_mg < rules["light_mass"] * MG_PER_G for line in lines)
    if light and all(rules["least_read_density"] <= density <= rules["most_light_density"] for density in given):
        text = (
            f"every line is small and lighter than {float(rules['light_mass']):g} g: line {first.line_id!r} "
            f"({_figures(first)}); lengths look like centimetres and masses like kilograms; "
            "the figures are right if mm and g were meant"
        )
        yield PlanWarning(WarningCode.IMPLAUSIBLE_UNITS, "lines", text, len(lines))
        return
    if any(density <= rules["dense"] for density in given):
        return
    fitting = []
    for words, (edge_mm, mass_g) in READINGS.items():
        # The factor by which the density falls if mm and g are read as these units.
        factor = mass_g / edge_mm**3
        if all(rules["least_read_density"] <= density * factor <= rules["most_read_density"] for density in given):
            fitting.append(f"{float(given[0] * factor):.3g} g/cm3 in {words}")
    if fitting:
        text = (
            f"every line is small and dense: line {first.line_id!r} ({_figures(first)}) has "
            f"{_density_text(first)} g/cm3; it would have {', '.join(fitting)}; "
            "the figures are right if mm and g were meant"
        )
        yield PlanWarning(WarningCode.IMPLAUSIBLE_UNITS, "lines", text, len(lines))


def density_g_per_cm3(line: Item) -> Fraction:
    """Return the mass of a unit over the volume of its declared edges, in g/cm3."""
    return Fraction(line.mass_mg * UM3_PER_CM3, MG_PER_G * math.prod(line.edges_um))


def _density_text(line: Item) -> str:
    return f"{float(density_g_per_cm3(line)):.3g}"


def _figures(line: Item) -> str:
    return f"{line.length_mm:g} x {line.width_mm:g} x {line.height_mm:g} mm, {line.mass_g:g} g"
