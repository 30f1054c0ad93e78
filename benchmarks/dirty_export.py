"""A dirty export of orders, made with a seed: ``python -m benchmarks.dirty_export --out FOLDER``.

What a warehouse system might hand over: ``orders.csv`` with semicolons, German headers, Windows-1252, decimal commas,
rows in no order, extra columns and the box really used; ``items.csv`` with sizes in inches and masses in pounds; and
faults in 5 % of the order rows. ``faults.csv`` says which row has which fault and field, to compare with what is found.
The articles, orders and shares are made up; no real order is in them.
"""

import argparse
import csv
import datetime
import random
from collections.abc import Callable
from pathlib import Path

HEADER = (
    *("Auftragsnummer", "Pos.", "Artikelnummer", "Menge", "Karton", "Versanddatum", "PLZ", "Land", "Lager"),
    "Kundengruppe",
)
ITEM_HEADER = ("SKU", "Bezeichnung", "Length (in)", "Width (in)", "Height (in)", "Weight (lb)", "Quantity")
BOXES = ("K1 klein", "K2 mittel", "K3 groß", "K4 Übergröße")
GROUPS = ("Büro", "Privat", "Großhandel")
FAULTY_SHARE = 0.05
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
"""Field at which each fault is found, and how it is sown."""


def write_export(folder: Path, *, orders: int = 2_000, articles: int = 300, seed: int = 1) -> int:
    """Write the three files to a folder, which is made, and return how many rows are faulty.

    Parameters
    ----------
    folder : Path
        Where to.
    orders : int, optional
        Orders, of 1 to 5 lines.
    articles : int, optional
        Articles of the item master, besides those that are faulty.
    seed : int, optional
        The same seed makes the same files.
    """
    draw = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    skus = [f"A-{number:04d}" for number in range(articles)]
    _write(folder / "items.csv", ITEM_HEADER, _items(draw, skus), "utf-8-sig", ",")
    rows = []
    for number in range(orders):
        day = FIRST_DAY + datetime.timedelta(days=draw.randrange(180))
        of_order = (draw.choice(BOXES), f"{day:%d.%m.%Y}", f"{draw.randrange(1000, 99999):05d}", "DE", "Süd")
        for line in range(1, min(5, 1 + int(draw.expovariate(1.5))) + 1):
            quantity = draw.choice(("1", "1", "1", "1.0", "2", "2,0", "3"))
            rows.append([f"B-{number:06d}", str(line), draw.choice(skus), quantity, *of_order, draw.choice(GROUPS)])
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
    _write(folder / "faults.csv", ("row", "fault", "field"), faults, "utf-8", ",")
    return len(faults)


def _items(draw: random.Random, skus: list[str]) -> list[list[str]]:
    rows = []
    for sku in skus:
        edges = sorted((draw.randrange(8, 160) / 8 for _ in range(3)), reverse=True)
        pounds = edges[0] * edges[1] * edges[2] * draw.uniform(0.004, 0.03)
        rows.append([sku, f"Artikel {sku[2:]}", *(f"{edge:.2f}" for edge in edges), f"{max(pounds, 0.01):.2f}", "17"])
    rows.append(["A-LEER", "ohne Maß", "", "", "", "1.10", "3"])
    rows.append(["A-NULL", "Maß null", "4.25", "3.00", "0", "0.50", "3"])
    rows.append(["A-ZWEI", "zweimal", "4.25", "3.00", "2.00", "0.50", "3"])
    rows.append(["A-ZWEI", "zweimal", "9.25", "3.00", "2.00", "0.50", "3"])
    return rows


def _write(
    path: Path, header: tuple[str, ...], rows: list[list[str]] | list[tuple[str, ...]], encoding: str, mark: str
) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        table = csv.writer(file, delimiter=mark, lineterminator="\r\n")
        table.writerow(header)
        table.writerows(rows)


def main() -> None:
    """Write an export as the command line says."""
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
