"""A small export and its item master, and the conversion of CSV texts."""

from typing import Any

from boxwright.orders import convert_orders

HEADER = "order id,sku,qty,length (mm),width (mm),height (mm),weight (g)"
ROWS = ["o1,A,2,300,200,100,500", "o2,B,1,30,20,10,50", "o1,C,1,31,21,11,51"]
TEXT = "\n".join([HEADER, *ROWS])
ITEMS = (
    b"sku,length (cm),width (cm),height (cm),weight (kg),qty\nA,30,20,10,0.5,99\nB,3,2,1,x,9\nC,3,2,1,1,9\nC,4,2,1,1,9"
)


def converted(text: str | bytes, **options: Any) -> Any:
    """Return the conversion of a CSV text."""
    content = text.encode() if isinstance(text, str) else text
    return convert_orders([("orders.csv", content)], **options)
