"""The fields of an order file: one table for JSON keys, CSV headers and Parquet columns."""

from dataclasses import dataclass

from boxwright.orders.kinds import AMOUNTS, FLAG, NUMBER, TEXT, WHOLE, WORD, WORDS, CellKind


@dataclass(frozen=True, slots=True)
class OrderField:
    """One field of an order line.

    Attributes
    ----------
    name : str
        Name of the column, and of the JSON key.
    required : bool
        Whether it must be given.
    kind : CellKind
        How its values are read and written.
    meaning : str
        What it says, with unit, range and default; the documentation repeats it.
    inside : str
        JSON object inside the line that holds the key; empty for the line itself. Rows are flat.
    key : str
        The JSON key where it is not the column's name; empty otherwise.
    """

    name: str
    required: bool
    kind: CellKind
    meaning: str
    inside: str = ""
    key: str = ""

    @property
    def json_key(self) -> str:
        """The JSON key."""
        return self.key or self.name


LINE_FIELDS = (
    OrderField("line_id", True, TEXT, "Name of the line, unique in its order; 1 to 200 characters, not only spaces."),
    OrderField("quantity", True, WHOLE, "Units on the line; whole number, 1 or more."),
    OrderField("length_mm", True, NUMBER, "Length of one unit as sold, in mm; above 0 to 10,000."),
    OrderField("width_mm", True, NUMBER, "Width of one unit, in mm; above 0 to 10,000."),
    OrderField("height_mm", True, NUMBER, "Height of one unit, in mm; above 0 to 10,000."),
    OrderField("mass_g", True, NUMBER, "Mass of one unit as sold, in g; 0 to 1,000,000."),
    OrderField(
        "orientations",
        False,
        WORDS,
        "Allowed orientations, each naming the edges that lie along x, y and z: `LWH`, `WLH`, `LHW`, `HLW`,"
        " `WHL`, `HWL`. A list in JSON and Parquet, separated by spaces in CSV. `LWH WLH` is this way up."
        " Default: all six.",
    ),
    OrderField(
        "max_load_g",
        False,
        NUMBER,
        "Mass that one unit may carry on top, in g; 0 to 1,000,000, 0 is nothing on top. Default: that of its"
        " [fragility](protection.md#fragility), else by [mass and density](protection.md#load); of soft goods, soft"
        " goods only.",
    ),
    OrderField(
        "fragility_class",
        False,
        WORD,
        "How a unit is [protected](protection.md#fragility): `ship_ready`, `easy`, `boxed`, `fragile` or"
        " `very_fragile`. Default: the class that its G-level falls in, else that of its article, else `easy`.",
        inside="fragility",
    ),
    OrderField(
        "g_level",
        False,
        NUMBER,
        "Peak acceleration that a unit survives, in multiples of g; 1 to 1,000. By itself or with a class; below 60 not"
        " with `ship_ready` or `easy`. Default: not known.",
        inside="fragility",
    ),
    OrderField(
        "article",
        False,
        TEXT,
        "What a unit is, such as `mug` or `laptop`: an [article](protection.md#articles), which says how it is"
        " protected where the line does not. Default: not said.",
    ),
    OrderField(
        "min_thickness_mm",
        False,
        NUMBER,
        "[Soft goods](soft_goods.md): thickness to which one unit lying flat may be pressed, in mm; above 0, at most"
        " its height. Default: it does not give way.",
        inside="soft_goods",
    ),
    OrderField(
        "max_folds",
        False,
        WHOLE,
        "Soft goods: how many times one unit may be folded in half; whole number, 0 to 6. Default: 0.",
        inside="soft_goods",
    ),
    OrderField(
        "dimension_status",
        False,
        WORD,
        "`declared`, `measured`, `defaulted` or `missing`. Edges of a `missing` line may be left out; its"
        " units are reported as unpacked. Default: `declared`.",
    ),
    OrderField(
        "keep_together_group",
        False,
        TEXT,
        "All units of lines with the same value go into one parcel, or none is packed; at most 200 characters."
        " Default: no such rule.",
    ),
    OrderField(
        "keep_apart_group",
        False,
        TEXT,
        "A parcel holds units of at most one value; units without one go with any; at most 200 characters."
        " Default: no such rule.",
    ),
    OrderField(
        "property_amounts",
        False,
        AMOUNTS,
        "What one unit adds to properties that the policy caps; each 0 to 100,000,000, snapped to the nearest"
        ' millionth. An object such as `{"lithium_wh": 20}` in JSON; `lithium_wh=20;liquid_ml=500` in CSV; a map'
        " or such a text in Parquet. Default: none.",
    ),
    OrderField(
        "ships_in_own_container",
        False,
        FLAG,
        "Whether the unit may ship as it is, without a box; `true` or `false`. Default: `false`.",
    ),
    OrderField(
        "inner_cushion_mm",
        False,
        NUMBER,
        "Thickness of the cushion that the unit's sales packaging holds on each face, in mm; 0 to 1,000, less than half"
        " the shortest edge. It counts against the gap to keep. Default: 0.",
        inside="sales_packaging",
        key="cushion_mm",
    ),
    OrderField(
        "inner_cushion_material_id",
        False,
        WORD,
        "Material of that cushion, an id of `materials/`. Default: not known.",
        inside="sales_packaging",
        key="cushion_material_id",
    ),
    OrderField(
        "sales_packaging_materials",
        False,
        AMOUNTS,
        'What the sales packaging is made of, in g of each material: an object such as `{"corrugated-board": 80}` in'
        " JSON; `corrugated-board=80;eps=12` in CSV; a map or such a text in Parquet. Default: not known.",
        inside="sales_packaging",
        key="materials",
    ),
    OrderField("sku", False, TEXT, "Stock keeping unit, carried along to reports; at most 200 characters."),
    OrderField(
        "description",
        False,
        TEXT,
        "Name for people, carried along to reports and [bench sentences](bench.md); at most 200 characters, none of"
        " them a control character such as a line break. The same holds for `sku` and `barcode`.",
    ),
    OrderField("barcode", False, TEXT, "What a scanner reads on the unit, such as its GTIN; at most 200 characters."),
)
"""Every field of an order line, in the order of the documentation."""

EDGES = ("length_mm", "width_mm", "height_mm")

KINDS = {"order_id": TEXT, **{field.name: field.kind for field in LINE_FIELDS}}
"""Kinds of all columns, by name; any other column is carried along as a text."""
