"""Grams CO2e by profile and allocation, packaging and transport apart."""

from collections.abc import Iterable

from rich.console import Group
from rich.text import Text

from boxwright.cli.tables import plain_table
from boxwright.domain.factor import CARRIED, Component
from boxwright.domain.footprint import Footprint
from boxwright.domain.lack import HUBS_UNSTATED, in_words
from boxwright.domain.rounded import co2e, percent, stated

PACKAGING = tuple(component for component in Component if component not in CARRIED)


def footprint_table(footprints: Iterable[Footprint]) -> Group:
    """Return the table of footprints.

    A part that the profile lacks factors for is marked ``+ ?``: missing is never zero. Profiles and allocations are
    different accounts of the same parcels, so no row is summed with another.
    """
    table = plain_table("Profile", "Transport by", "Packaging", "Transport", "Total", "Unverified")
    listed = tuple(footprints)
    for footprint in listed:
        table.row(
            footprint.profile_id,
            footprint.allocation.words,
            _part(footprint, PACKAGING),
            _part(footprint, tuple(CARRIED)),
            Text(stated(co2e(footprint.total_co2e_mg), lacking=bool(footprint.lacks)), style="bold"),
            percent(footprint.unverified_share),
        )
    ranges = [
        f"Range of {each.profile_id}, transport by {each.allocation.words}: {ends}"
        for each in listed
        if (ends := range_words(each.interval_co2e_mg, lacking=bool(each.lacks)))
    ]
    notes = {f"? {each.profile_id}: {in_words(each.lacks)}" for each in listed if each.lacks}
    if any(each.hubs_unstated for each in listed):
        notes.add(HUBS_UNSTATED)
    below = (*ranges, *sorted(notes))
    return Group(Text("Emissions in g CO2e", style="bold"), table, *(Text(note, style="dim") for note in below))


def range_words(ends: tuple[int, int] | None, *, lacking: bool) -> str:
    """Return the ends of a range in mg CO2e as text in g, marked where the total lacks a part; empty without ends."""
    return "" if ends is None else stated(f"{co2e(ends[0])} to {co2e(ends[1])} g", lacking=lacking)


def _part(footprint: Footprint, components: tuple[Component, ...]) -> str:
    """Return the subtotal of some components, marked where it lacks factors."""
    lacking = any(each.component in components for each in footprint.lacks)
    return stated(co2e(footprint.subtotal_co2e_mg(*components)), lacking=lacking)
