"""Headers of columns as people write them: a plain name, and the unit that it ends in."""

import re
import unicodedata

from boxwright.domain.written import G_PER_UNIT, MM_PER_UNIT

UNIT_WORDS = {
    "millimeter": "mm",
    "millimetre": "mm",
    "millimeters": "mm",
    "毫米": "mm",
    "centimeter": "cm",
    "centimetre": "cm",
    "centimeters": "cm",
    "厘米": "cm",
    "meter": "m",
    "metre": "m",
    "inch": "in",
    "inches": "in",
    "zoll": "in",
    "pouces": "in",
    "gram": "g",
    "grams": "g",
    "gr": "g",
    "gramm": "g",
    "克": "g",
    "kilogram": "kg",
    "kilograms": "kg",
    "kgs": "kg",
    "千克": "kg",
    "公斤": "kg",
    "lbs": "lb",
    "pound": "lb",
    "pounds": "lb",
    "ounce": "oz",
    "ounces": "oz",
    "milimetro": "mm",
    "milimetros": "mm",
    "millimetri": "mm",
    "centimetro": "cm",
    "centimetros": "cm",
    "centimetri": "cm",
    "centimetres": "cm",
    "millimetres": "mm",
    "pulgada": "in",
    "pulgadas": "in",
    "pulg": "in",
    "polegada": "in",
    "polegadas": "in",
    "pol": "in",
    "pouce": "in",
    "pollice": "in",
    "pollici": "in",
    "英寸": "in",
    "gramo": "g",
    "gramos": "g",
    "grama": "g",
    "gramas": "g",
    "gramme": "g",
    "grammes": "g",
    "grammi": "g",
    "kilogramo": "kg",
    "kilogramos": "kg",
    "quilograma": "kg",
    "quilogramas": "kg",
    "kilogramme": "kg",
    "kilogrammes": "kg",
    "chilogrammi": "kg",
    "libra": "lb",
    "libras": "lb",
    "libbre": "lb",
    "磅": "lb",
    "onza": "oz",
    "onzas": "oz",
    "onca": "oz",
    "oncas": "oz",
    "盎司": "oz",
    "zentimeter": "cm",
    "kilogramm": "kg",
    "mmt": "mm",
    "cmt": "cm",
    "mtr": "m",
    "inh": "in",
    "grm": "g",
    "kgm": "kg",
    "lbr": "lb",
    "onz": "oz",
}
"""Units as headers and cells name them; those of three letters are codes of UN/ECE Recommendation 20."""
_INCH_SIGNS = ('"', "″", "”", "''")

_UNITS = sorted((*MM_PER_UNIT, *G_PER_UNIT, *UNIT_WORDS), key=len, reverse=True)
_UNIT_AT_END = re.compile(rf"(?:(?<=\s)|(?<=[^\W_a-z0-9]))({'|'.join(_UNITS)})$")


def plain_header(header: str) -> str:
    """Return a header without case, accents, marks and camel case: ``Länge_(cm)`` is ``lange cm``."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", header).replace("#", " no "))
    bare = "".join(each for each in unicodedata.normalize("NFKD", parted) if not unicodedata.combining(each))
    return re.sub(r"[\W_]+", " ", bare.casefold()).strip()


def header_parts(header: str) -> tuple[str, str]:
    """Return the plain name of a header and the unit that it ends in; empty if it names none."""
    plain = plain_header(header)
    match = _UNIT_AT_END.search(plain)
    if match is None or not (name := plain[: match.start()].strip()):
        return plain, ""
    return name, UNIT_WORDS.get(match[1], match[1])


def unit_in(cell: object) -> str:
    """Return the unit that a cell names by itself, such as ``KG`` or ``Inches``; another text plain, empty if none."""
    text = str(cell).strip()
    plain = plain_header(text)
    return "in" if text in _INCH_SIGNS else UNIT_WORDS.get(plain, plain)
