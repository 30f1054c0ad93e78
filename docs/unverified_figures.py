"""Builds docs/unverified.md: every figure of materials/ that nobody could read in the source it names.

The page is written by docs/write_pages.py. The files are read as they are, not through the catalog, so that a row
cannot hide behind a default of the loader. Each file with unverified rows needs an entry in ``REMEDIES``.
"""

import csv
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MATERIALS = Path(__file__).parent.parent / "materials"
REMEDIES = {
    "blank_allowances.csv": "The maker's drawing of the blank, or a ruler on an opened box.",
    "blocking_and_labels.csv": "A cut piece or a filled volume, weighed.",
    "blocking_rules.csv": "A drop or vibration test (ISTA 2A) of the packed parcel with and without blocking.",
    "plausibility_rules.csv": "Nothing, they are our own rules: orders with known slips of unit show what each finds.",
    "tape_rules.csv": "The carrier's packaging guideline, and a taped box measured.",
    "boards.csv": "The mill's data sheet of the board (caliper by ISO 3034, grammage by ISO 536, edge crush by "
    "ISO 3037), or a sheet measured and weighed.",
    "catalogs/*": "The seller's drawing, or the inner edges of a folded box measured and the empty box weighed.",
    "carbon_contents.csv": "The table itself, or an elemental analysis of the material (ISO 16948, ASTM D6866).",
    "carriers/*": "The carrier's own tariff or service guide of the period.",
    "detour_factors.csv": "Routes over the network of that mode, compared with great circles.",
    "handling_profiles.csv": "The test procedure itself: its network, its series and the number of drops.",
    "lifting_profiles.csv": "The NIOSH lifting equation and the marketplace's own packing rules; for a bench, the law "
    "of its country and an assessment of the work done there.",
    "drop_heights.csv": "The test procedure itself, which its publisher sells.",
    "dunnage.csv": "Cushion factors: a cushion curve of the very product, measured as ASTM D1596 says, at its "
    "thickness, static stress and number of drops. Densities and grammages: a filled volume or a cut piece, weighed.",
    "epr_codes.csv": "The scheme's own guidance on materials, or an answer of its regulator.",
    "factors/*": "A verified environmental product declaration of the material, or the publisher's own row for it.",
    "articles.csv": "Packing guides of carriers and makers that name such goods, or drops of packed parcels (ISTA 3A).",
    "special_handling.csv": "Rules on the carriage of dangerous goods (ADR, IMDG, IATA); packing guides of carriers.",
    "fragility_classes.csv": "Drops of packed parcels (ISTA 3A); for one product a fragility test (ASTM D3332), which "
    "gives its own G-level.",
    "protection_rules.csv": "Drops of packed parcels, and the sources named.",
    "market_rules.csv": "The act in the official journal.",
    "markets.csv": "The decision of the EEA Joint Committee that takes the act over.",
    "parcel_limits.csv": "The carrier's own packaging guide, or the limit that the box maker states.",
    "strength.csv": "The manual or study that the range comes from, or compression tests (ISO 12048) of the boxes "
    "stacked so.",
    "mass_ranges.csv": "The board or dunnage weighed: a cut area, a filled volume; then give its figure as your own.",
    "mean_densities.csv": "Weighed and measured loads of such vehicles, or the publisher's own figure.",
    "profiles/*": "The publisher's own definition of its classes of flights.",
    "port_positions.csv": "A chart, or the port authority's own address.",
    "recycling_streams.csv": "The collection rules of the place in question: the law, or the collector's own list.",
    "materials.csv": "A test report by ISO 14021 or EN 643, a certificate of the material, or its data sheet.",
}
"""What would verify a row, by file or folder of materials/."""

UNSHOWN = {"year", "read_in_source", "source_grade", "min_quantity"}
INTRODUCTION = """\
A figure is unverified where it was not read in the source that it names. The grade says whether it comes from a text
about the source (`secondary`), from memory (`memory`), or is an own rule, an estimate or a figure that stands in for
another (`own`; [grades](materials.md#grades)). Plans state the share of their grams that rests on unverified factors,
masses or classes of flights ([footprint](footprint.md)), and warn where the order, its way or its boxes lead to one
([warnings](warnings.md)). In choices an unverified emission factor counts at the upper end of its range.

To replace one, bring the better figure with its source in a folder of your own ([materials](materials.md)), or propose
it for the next release. The heading of each table says what would verify its rows."""


def unverified_page(generated: str) -> str:
    """Return the page.

    Parameters
    ----------
    generated : str
        The line that says by what it was written.
    """
    parts = ["# Unverified figures", generated, INTRODUCTION]
    total = 0
    for path in sorted([*MATERIALS.rglob("*.csv"), *MATERIALS.rglob("*.toml")]):
        name = path.relative_to(MATERIALS).as_posix()
        rows = list(unverified_rows(path))
        if not rows:
            continue
        total += len(rows)
        parts += [f"## {name}", f"{len(rows)} rows. What would verify them: {remedy(name)}"]
        lines = ["| row | figures | grade | said by | more |", "|---|---|---|---|---|"]
        lines += [f"| {' | '.join(_cell(each) for each in row)} |" for row in rows]
        parts.append("\n".join(lines))
    parts.insert(3, f"{total} rows in all.")
    return "\n\n".join(parts) + "\n"


def remedy(name: str) -> str:
    """Return what would verify the rows of a file.

    Raises
    ------
    KeyError
        If nobody has said it.
    """
    for pattern, text in REMEDIES.items():
        if re.fullmatch(pattern.replace("*", ".*"), name):
            return text
    raise KeyError(f"docs/unverified_figures.py does not say what would verify the rows of materials/{name}")


def unverified_rows(path: Path) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield identity, figures, grade, source and note of each unverified row of a file."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if row.get("read_in_source") == "no":
                    yield _row(row, _identity(row), {})
        return
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    if path.parent.name == "carriers":
        yield from _unverified_of_carrier(document)
        return
    for tables in document.values():
        if isinstance(tables, list) and tables and isinstance(tables[0], dict):
            for table in tables:
                graded = {"read_in_source": True, **document.get("defaults", {}), **table}
                if not graded["read_in_source"]:
                    more = {name: graded[name] for name in ("read_in_source", "source_grade")}
                    yield _row(table | more, str(next(iter(table.values()))), document)


def _unverified_of_carrier(document: dict[str, Any]) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the rules that are unverified, and the limits and surcharges that are."""
    for service in document["services"]:
        for rule in service["rules"]:
            whole = bool(rule["read_in_source"])
            since = f" from {rule['from']}" if "from" in rule else ""
            if not whole:
                figures = [f"{name} {value}" for name, value in rule.items() if name not in UNSHOWN | {"note"}]
                figures = [each for each in figures if not each.startswith(("source", "url", "limits", "surcharges"))]
                said = rule["source_grade"], rule["source"], rule.get("note", "")
                yield f"`{service['id']}`{since}", ", ".join(figures), *said
            for each in [*rule.get("limits", []), *rule.get("surcharges", [])]:
                if not each.get("read_in_source", whole):
                    figure = f"not accepted: {each['refused']}" if "refused" in each else f"{each['id']}: {each['any']}"
                    said = each.get("source", "no source: from the maintainers' memory" if whole else rule["source"])
                    grade = each.get("source_grade", rule["source_grade"])
                    yield f"`{service['id']}`{since}", figure, grade, said, each.get("note", "")


def _identity(row: dict[str, str]) -> str:
    """Return the first column and, where rows of one name differ by a band or a start, that too."""
    (first, *_), *_ = [list(row.values())]
    spans = [row[name] for name in ("above_kg", "up_to_kg", "effective_from") if row.get(name)]
    if {"kind", "subject"} <= row.keys():
        spans.append(row["subject"])
    if "collection" in row:
        spans.append(row["market_id"])
    return " ".join([first, *spans])


def _row(row: dict[str, Any], identity: str, document: dict[str, Any]) -> tuple[str, str, str, str, str]:
    read = {"caliper_mm", "edge_crush_kn_per_m"} if row.get("strength_read_in_source") == "yes" else set()
    figures = [f"{name} {value}" for name, value in row.items() if name not in UNSHOWN | read and _is_figure(value)]
    if "collection" in row:
        figures.append(str(row["collection"]))
    if row.get("composition"):
        figures.append(f"composition {row['composition']}")
    source = row.get("source") or document.get("source", "")
    return f"`{identity}`", ", ".join(figures), str(row["source_grade"]), str(source), str(row.get("note", ""))


def _is_figure(value: object) -> bool:
    return not isinstance(value, bool) and re.fullmatch(r"-?\d+(\.\d+)?", str(value)) is not None


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
