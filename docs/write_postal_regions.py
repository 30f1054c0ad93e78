"""Writes materials/postal_regions.csv from the GeoNames postal code data set.

``python docs/write_postal_regions.py FILE`` takes ``allCountries.txt`` as GeoNames publishes it (tab-separated), or the
same records as JSON lines (``.jsonl`` or ``.jsonl.gz``: country_code, postal_code, latitude, longitude). The day that
they were published goes into materials/routing.toml. docs/footprint.md describes regions.
"""

import collections
import csv
import gzip
import json
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from boxwright.routing.great_circle import great_circle_km
from boxwright.routing.postal import region_of

OUT = Path(__file__).parents[1] / "materials" / "postal_regions.csv"

LEFT_OUT = frozenset({"AE"})
"""Countries whose records are numbers of buildings, not postal codes."""


def records(path: Path) -> Iterator[tuple[str, str, float, float]]:
    """Yield country, postal code, latitude and longitude of each record that has a position."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("{"):
                found = json.loads(line)
                row = [found["country_code"], found["postal_code"], found["latitude"], found["longitude"]]
            else:
                cells = line.rstrip("\n").split("\t")
                row = [cells[0], cells[1], cells[9], cells[10]]
            if row[2] not in (None, "") and row[3] not in (None, ""):
                yield str(row[0]), str(row[1]), float(row[2]), float(row[3])


def main(path: Path) -> None:
    """Write one row per region: the medians of its codes' positions, and the distance of nine in ten from them."""
    codes: dict[tuple[str, str], tuple[float, float]] = {}
    for country, code, latitude, longitude in records(path):
        if country not in LEFT_OUT:
            codes.setdefault((country, code), (latitude, longitude))
    regions: dict[tuple[str, str], list[tuple[float, float]]] = collections.defaultdict(list)
    for (country, code), point in codes.items():
        if region := region_of(country, code):
            regions[country, region].append(point)
    with OUT.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["country", "region", "latitude", "longitude", "spread_km", "codes"])
        for (country, region), points in sorted(regions.items()):
            latitude = round(statistics.median(point[0] for point in points), 2)
            longitude = round(statistics.median(point[1] for point in points), 2)
            away = sorted(great_circle_km(latitude, longitude, *point) for point in points)
            spread = round(away[min(len(away) - 1, len(away) * 9 // 10)])
            writer.writerow([country, region, latitude, longitude, spread, len(points)])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
