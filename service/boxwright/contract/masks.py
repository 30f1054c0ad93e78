"""Read masks: the fields of an answer that are computed and sent."""

import difflib
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar

from google.protobuf import field_mask_pb2
from google.protobuf.message import Message

from boxwright.findings import Findings

Tree = dict[str, "Tree"]
"""Fields to keep, each with a tree of the fields below it; an empty tree keeps everything."""

ALL: Tree = {}
Built = TypeVar("Built", bound=Message)

STATION = (
    *(f"plan.{name}" for name in ("name", "order_id", "status", "unpacked", "verdicts", "warnings", "ship_date")),
    "plan.versions.catalog",
    *("plan.packaging_price", "plan.carriage_price", "plan.carbon_cost", "plan.cut_short", "plan.effort_used"),
    *(f"plan.certificate.{name}" for name in ("status", "scope", "rank")),
    *(f"plan.footprints.{name}" for name in ("accounting_profile", "allocation", "total_co2e_mg", "interval")),
    *("plan.footprints.factors_complete", "plan.footprints.unverified_share"),
    *(f"plan.parcels.{name}" for name in ("parcel_index", "box_type_id", "style", "opening", "inner", "outer")),
    *("plan.parcels.ships_in_own_container", "plan.parcels.started_parcel_id", "plan.parcels.cushioning_id"),
    *(f"plan.parcels.{name}" for name in ("placements", "net_g", "tare_g", "gross_g", "handling_marks")),
    *(f"plan.parcels.packaging.{name}" for name in ("component", "dunnage_id", "mass_g")),
    *(f"plan.parcels.chargeable_weights.{name}" for name in ("carrier_service", "chargeable_g", "read_in_source")),
    *("plan.parcels.chargeable_weights.exceeded_limits", "plan.parcels.chargeable_weights.surcharges.surcharge_id"),
    *(f"plan.parcels.protection.{name}" for name in ("line_id", "rule", "half_gap_mm", "wall_margin_mm")),
    *("plan.parcels.protection.wrap_layers", "plan.parcels.protection.pad_edge_mm"),
    *("plan.parcels.protection.inner_box_type_id", "plan.parcels.protection.inner_gap_mm"),
    *("plan.parcels.carriage_price.total", "plan.parcels.carriage_price.missing"),
    "comparison",
)
"""PackResponse fields that a packing station needs, sent if a request has no mask; alternatives have those of the plan.
"""


def tree_of(paths: Iterable[str]) -> Tree:
    """Return the tree of paths, which must be valid."""
    tree: Tree = {}
    for path in paths:
        _insert(tree, path.split("."))
    return tree


@cache
def station_tree() -> Tree:
    """Return the tree of the fields in ``STATION``."""
    tree = tree_of(STATION)
    return {**tree, "alternatives": tree["plan"]}


def read_mask(mask: field_mask_pb2.FieldMask, descriptor: Any, found: Findings) -> Tree:
    """Return the tree of a mask, after noting unknown paths."""
    tree: Tree = {}
    for index, path in enumerate(mask.paths):
        if path == "*":
            continue
        if instead := _instead(path.split("."), descriptor):
            found.add(f"read_mask.paths[{index}]", f"must be a path of {descriptor.name}, got {path!r}; {instead}")
        else:
            _insert(tree, path.split("."))
    return {} if "*" in mask.paths else tree


def _instead(steps: Sequence[str], descriptor: Any) -> str:
    """Return a hint on the first unknown name of a path; empty if the path exists."""
    for at, step in enumerate(steps):
        if descriptor is None:
            return f"there is nothing below {'.'.join(steps[:at])}"
        known = descriptor.fields_by_name
        if step not in known:
            near = difflib.get_close_matches(step[:100], list(known), 1)
            there = ".".join((*steps[:at], *near))
            return f"did you mean {there}?" if near else f"{descriptor.name} has {', '.join(known)}"
        descriptor = known[step].message_type
    return ""


def _insert(tree: Tree, names: list[str]) -> None:
    for position, name in enumerate(names):
        if name in tree and not tree[name]:
            return  # a parent path keeps everything below it already
        last = position == len(names) - 1
        tree[name] = {} if last else tree.get(name, {})
        tree = tree[name]


def names(tree: Tree, path: str) -> bool:
    """Return whether a tree keeps a field or a part of it."""
    for name in path.split("."):
        if name not in tree:
            return False
        tree = tree[name]
        if not tree:
            return True
    return True


def asks_for(mask: field_mask_pb2.FieldMask, path: str) -> bool:
    """Return whether a mask requests an expensive field: by ``*``, its path, or a path below it.

    The path of a field above it does not request it.
    """
    return any(named in ("*", path) or named.startswith(f"{path}.") for named in mask.paths)


def build(kind: type[Built], tree: Tree, **fields: Any) -> Built:
    """Return a message with the fields that a tree keeps. A field is a value or a function from its tree to a value."""
    return kind(
        **{name: made(value, tree.get(name, ALL)) for name, value in fields.items() if not tree or name in tree}
    )


def made(given: Any, below: Tree) -> Any:
    """Return the value of a field for ``build``, with the parts that its tree keeps."""
    return given(below) if callable(given) else kept(given, below) if below else given


def keep(message: Message, tree: Tree) -> None:
    """Clear every field that a tree does not keep, also in the entries of lists."""
    if not tree:
        return
    for name, repeated in _fields(message.DESCRIPTOR):
        if name not in tree:
            message.ClearField(name)
        elif below := tree[name]:
            if repeated:
                for entry in getattr(message, name):
                    keep(entry, below)
            elif message.HasField(name):
                keep(getattr(message, name), below)


@cache
def _fields(descriptor: Any) -> tuple[tuple[str, bool], ...]:
    """Return name and repetition of all fields; listing the fields that are set would be slower."""
    return tuple((field.name, field.is_repeated) for field in descriptor.fields)


def kept(value: Any, tree: Tree = ALL) -> Any:
    """Return a message or list of messages with the fields that a tree keeps; None stays None."""
    for message in [] if value is None else [value] if isinstance(value, Message) else value:
        keep(message, tree)
    return value
