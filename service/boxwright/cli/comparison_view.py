"""Two plans side by side, and reuse against single use, as a person reads them."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from boxwright.cli.tables import plain_table
from boxwright.domain.comparison import Comparison, ComparisonOutcome
from boxwright.domain.lack import in_words
from boxwright.domain.rounded import co2e, count, visible
from boxwright.footprint import BreakEven, BreakEvenOutcome

WORDS = {
    ComparisonOutcome.BETTER: "better",
    ComparisonOutcome.WORSE: "worse",
    ComparisonOutcome.NO_MEANINGFUL_DIFFERENCE: "no meaningful difference",
    ComparisonOutcome.UNKNOWN: "cannot be compared",
}


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Print the outcome, and the difference under each profile and allocation with its range."""
    console.print(Text(visible(f"Against {comparison.baseline}: {WORDS[comparison.outcome]}"), style="bold"))
    if comparison.message:
        console.print(Text(visible(comparison.message)))
    if not comparison.footprints:
        return
    table = plain_table("Profile", "Transport by", "g CO2e", "95 % of paired draws", "Outcome")
    for each in comparison.footprints:
        known = each.difference_co2e_mg is not None and each.low_co2e_mg is not None and each.high_co2e_mg is not None
        table.row(
            each.profile_id,
            each.allocation.words,
            "?" if each.difference_co2e_mg is None else signed(each.difference_co2e_mg),
            f"{signed(each.low_co2e_mg or 0)} to {signed(each.high_co2e_mg or 0)}" if known else "?",
            WORDS[each.outcome],
        )
    console.print(table)


def print_break_even(console: Console, reusable: str, single: str, found: Sequence[BreakEven]) -> None:
    """Print, per profile, what a life and a use emit and after how many trips they beat the box used once."""
    console.print(Text(visible(f"{reusable} against {single}, packaging in g CO2e"), style="bold"))
    table = plain_table("Profile", "Life", "Added per use", "Single use", "Break-even")
    for each in found:
        table.row(
            each.profile_id,
            co2e(each.life_mg),
            co2e(each.use_mg),
            co2e(each.single_mg),
            _verdict(each),
        )
    console.print(table)
    unstated = dict.fromkeys(what.subject for each in found for what in each.missing_scope)
    if unstated:
        warning = f"warning: {reusable}: {' and '.join(unstated)}, not counted: with it a use emits more"
        console.print(Text(visible(warning)))


def signed(co2e_mg: int) -> str:
    """Return a difference in mg CO2e as a number of g with its sign."""
    return f"{co2e_mg / 1_000:+,.1f}" if co2e_mg else "0.0"


def _verdict(each: BreakEven) -> str:
    if each.outcome is BreakEvenOutcome.UNKNOWN:
        return f"unknown, no factor for {in_words(each.missing)}"
    if each.outcome is BreakEvenOutcome.NEVER:
        return "never: a use alone emits as much"
    trips = count(each.trips or 0, "trip")
    if each.outcome is BreakEvenOutcome.REACHED:
        return f"from {trips} of {each.life_trips:,}"
    return f"no practical one: {trips}, a life has {each.life_trips:,}"
