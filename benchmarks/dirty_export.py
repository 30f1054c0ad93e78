"""Generates a faulty export of orders with a seed: ``python -m benchmarks.dirty_export --out FOLDER``.

The export is like that of a warehouse system: ``orders.csv`` has semicolons, German headers, Windows-1252, decimal
commas, unsorted rows, extra columns and the box used; ``items.csv`` has inches and pounds. 5 % of the order rows are
faulty, and ``faults.csv`` lists row, fault and field. ``boxes.csv`` has the boxes with sizes in cm and prices,
``tariff.toml`` the price of carriage. All data are invented. Packers choose boxes with spare room, and 3 % of the
orders record a wrong box.
"""

import argparse
import csv
import datetime
import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path

HEADER = (
    *("Auftragsnummer", "Pos.", "Artikelnummer", "Menge", "Karton", "Versanddatum", "PLZ", "Land", "Lager"),
    "Kundengruppe",
)
ITEM_HEADER = ("SKU", "Bezeichnung", "Length (in)", "Width (in)", "Height (in)", "Weight (lb)", "Quantity")
BOX_HEADER = ("id", "name", "length (cm)", "width (cm)", "height (cm)", "price")
BOXES = {
    "K1 klein": ("K1", 25.0, 17.5, 10.0, 0.28),
    "K2 mittel": ("K2", 35.0, 25.0, 15.0, 0.49),
    "K3 groß": ("K3", 45.0, 35.0, 25.0, 0.94),
    "K4 Übergröße": ("K4", 60.0, 40.0, 40.0, 1.62),
}
"""Id, inner sizes in cm, and price in EUR of each box."""
TARIFF = """# Made up: 3.88 EUR to 0.5 kg, and 0.38 EUR for each 0.5 kg more.
[[price_tables]]
price_table_id = "made-up"
version = "1"
carrier_service = "dhl-express/international"
currency = "EUR"
weight_unit = "kg"

[[price_tables.zones]]
steps = [{ up_to = 0.5, price_minor = 388 }]
additional = [{ per = 0.5, price_minor = 38 }]
"""
GROUPS = ("Büro", "Privat", "Großhandel")
FAULTY_SHARE = 0.05
MISRECORDED_SHARE = 0.03
FILL = 0.45
"""Share of a box that a packer fills."""
_CM3_PER_IN3 = 16.387
FIRST_DAY = datetime.date(2026, 1, 5)

Fault = Callable[[list[str]], None]


def _set(column: str, text: str) -> Fault:
    def spoil(cells: list[str]) -> None:
        cells[HEADER.index(column)] = text

    return spoil


def _too_few(cells: list[str]) -> None:
    del cells[4:]


FAULTS: dict[str, tuple[str, Fault]] = {
    "no order": ("order_id", _set("Auftragsnummer", "")),
    "no quantity": ("quantity", _set("Menge", "")),
    "return": ("quantity", _set("Menge", "-1")),
    "quantity in words": ("quantity", _set("Menge", "zwei Stück")),
    "half a unit": ("quantity", _set("Menge", "1,5")),
    "quantity in doubt": ("quantity", _set("Menge", "1,000")),
    "unknown article": ("sku", _set("Artikelnummer", "X-0000")),
    "no article": ("length_mm", _set("Artikelnummer", "")),
    "article without size": ("length_mm", _set("Artikelnummer", "A-LEER")),
    "article of size 0": ("height_mm", _set("Artikelnummer", "A-NULL")),
    "article in the master twice": ("sku", _set("Artikelnummer", "A-ZWEI")),
    "row cut off": ("", _too_few),
}
"""The field of each fault, and the function that inserts it."""


def write_export(folder: Path, *, orders: int = 2_000, articles: int = 300, seed: int = 1) -> int:
    """Write the files to a folder and return the number of faulty rows.

    Parameters
    ----------
    folder : Path
        Created if missing.
    orders : int, optional
        Number of orders, of 1 to 5 lines.
    articles : int, optional
        Number of articles without faults.
    seed : int, optional
        Seed of all draws.
    """
    draw = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    skus = [f"A-{number:04d}" for number in range(articles)]
    items = _items(draw, skus)
    _write(folder / "items.csv", ITEM_HEADER, items, "utf-8-sig", ",")
    sizes = {row[0]: [float(edge) for edge in row[2:5]] for row in items[:articles]}
    rows = []
    for number in range(orders):
        day = FIRST_DAY + datetime.timedelta(days=draw.randrange(180))
        lines = [
            (draw.choice(skus), draw.choice(("1", "1", "1", "1.0", "2", "2,0", "3")))
            for _ in range(min(5, 1 + int(draw.expovariate(1.5))))
        ]
        of_order = (_box(draw, sizes, lines), f"{day:%d.%m.%Y}", f"{draw.randrange(1000, 99999):05d}", "DE", "Süd")
        for line, (sku, quantity) in enumerate(lines, start=1):
            rows.append([f"B-{number:06d}", str(line), sku, quantity, *of_order, draw.choice(GROUPS)])
    draw.shuffle(rows)
    faults = []
    names = list(FAULTS)
    faulty = sorted(draw.sample(range(len(rows)), round(FAULTY_SHARE * len(rows))))
    for turn, at in enumerate(faulty):
        name = names[turn % len(names)]
        field, spoil = FAULTS[name]
        spoil(rows[at])
        faults.append((str(at + 2), name, field))
    _write(folder / "orders.csv", HEADER, rows, "cp1252", ";")
    boxes = [(box, name, *map(str, rest)) for name, (box, *rest) in BOXES.items()]
    _write(folder / "boxes.csv", BOX_HEADER, boxes, "utf-8", ",")
    (folder / "tariff.toml").write_text(TARIFF, encoding="utf-8")
    _write(folder / "faults.csv", ("row", "fault", "field"), faults, "utf-8", ",")
    return len(faults)


def _box(draw: random.Random, sizes: dict[str, list[float]], lines: list[tuple[str, str]]) -> str:
    """Return the box that a packer takes: the first that looks large enough, or sometimes another one."""
    if draw.random() < MISRECORDED_SHARE:
        return draw.choice(list(BOXES))
    units = [(sizes[sku], int(float(quantity.replace(",", ".")))) for sku, quantity in lines]
    volume_cm3 = sum(math.prod(edges) * count for edges, count in units) * _CM3_PER_IN3
    for name, (_, *edges_cm, _price) in BOXES.items():
        fits = all(
            edge * 2.54 <= side
            for edges, _ in units
            for edge, side in zip(sorted(edges), sorted(edges_cm), strict=True)
        )
        if fits and volume_cm3 <= FILL * math.prod(edges_cm):
            return name
    return list(BOXES)[-1]


def _items(draw: random.Random, skus: list[str]) -> list[list[str]]:
    rows = []
    for sku in skus:
        edges = sorted((round(math.exp(draw.uniform(0.2, 2.6)) * 8) / 8 for _ in range(3)), reverse=True)
        pounds = edges[0] * edges[1] * edges[2] * draw.uniform(0.004, 0.03)
        rows.append([sku, f"Artikel {sku[2:]}", *(f"{edge:.2f}" for edge in edges), f"{max(pounds, 0.01):.2f}", "17"])
    rows.append(["A-LEER", "ohne Maß", "", "", "", "1.10", "3"])
    rows.append(["A-NULL", "Maß null", "4.25", "3.00", "0", "0.50", "3"])
    rows.append(["A-ZWEI", "zweimal", "4.25", "3.00", "2.00", "0.50", "3"])
    rows.append(["A-ZWEI", "zweimal", "9.25", "3.00", "2.00", "0.50", "3"])
    return rows


def _write(path: Path, header: tuple[str, ...], rows: Sequence[Sequence[str]], encoding: str, mark: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        table = csv.writer(file, delimiter=mark, lineterminator="\r\n")
        table.writerow(header)
        table.writerows(rows)


def main() -> None:
    """Write an export with the options of the command line."""
    parser = argparse.ArgumentParser(description="Make a dirty export of orders.")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--orders", type=int, default=2_000)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    faulty = write_export(options.out, orders=options.orders, articles=options.articles, seed=options.seed)
    print(f"wrote {options.out}: {faulty} faulty rows")


if __name__ == "__main__":
    main()
