"""Splits column headers into a plain name and a unit."""

import csv
import itertools
import re
import unicodedata
from pathlib import Path

from boxwright.domain.written import G_PER_UNIT, MM_PER_UNIT


def read_words(path: Path) -> dict[str, list[str]]:
    """Return, by the first cell of each row below the header, the words in the other cells of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return {meaning: words for meaning, *words in itertools.islice(csv.reader(file), 1, None)}


UNIT_WORDS = {
    word: unit for unit, words in read_words(Path(__file__).with_name("unit_words.csv")).items() for word in words
}
"""Units by their names in headers and cells; those of three letters are codes of UN/ECE Recommendation 20."""
_INCH_SIGNS = ('"', "″", "”", "''")

_UNITS = sorted((*MM_PER_UNIT, *G_PER_UNIT, *UNIT_WORDS), key=len, reverse=True)
_UNIT_AT_END = re.compile(rf"(?:(?<=\s)|(?<=[^\W_a-z0-9]))({'|'.join(_UNITS)})$")


def plain_header(header: str) -> str:
    """Return a header in lower case, without accents, marks and camel case, such as ``lange cm`` for ``Länge_(cm)``."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", header).replace("#", " no "))
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", parted) if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", " ", bare.casefold()).strip()


def header_parts(header: str) -> tuple[str, str]:
    """Return the plain name of a header, and the unit at its end, empty if there is none."""
    plain = plain_header(header)
    match = _UNIT_AT_END.search(plain)
    if match is None or not (name := plain[: match.start()].strip()):
        return plain, ""
    return name, UNIT_WORDS.get(match[1], match[1])


def unit_in(cell: object) -> str:
    """Return the unit that a cell names, such as ``kg`` for ``KG``; other strings in plain form."""
    text = str(cell).strip()
    plain = plain_header(text)
    return "in" if text in _INCH_SIGNS else UNIT_WORDS.get(plain, plain)
