"""Read masks: which fields of an answer are sent."""

from collections.abc import Iterable
from typing import Any

from google.protobuf import field_mask_pb2
from google.protobuf.message import Message

from boxwright.server.findings import Findings

Tree = dict[str, "Tree"]
"""Fields to keep, each with those below it; an empty tree keeps all below."""


def read_mask(mask: field_mask_pb2.FieldMask, descriptor: Any, found: Findings, field: str = "read_mask") -> Tree:
    """Return the tree of a mask, after noting paths that the message does not have. An empty tree keeps all."""
    tree: Tree = {}
    for index, path in enumerate(mask.paths):
        if path == "*":
            continue
        if _exists(path.split("."), descriptor):
            _insert(tree, path.split("."))
        else:
            found.invalid(f"{field}.paths[{index}]", f"must be a path of {descriptor.name}, got {path!r}")
    return {} if "*" in mask.paths else tree


def _exists(names: list[str], descriptor: Any) -> bool:
    for name in names:
        known = descriptor.fields_by_name.get(name) if descriptor is not None else None
        if known is None:
            return False
        descriptor = known.message_type
    return True


def _insert(tree: Tree, names: list[str]) -> None:
    for position, name in enumerate(names):
        if name in tree and not tree[name]:
            return  # a path above this one keeps all of it already
        last = position == len(names) - 1
        tree[name] = {} if last else tree.get(name, {})
        tree = tree[name]


def names(tree: Tree, path: str) -> bool:
    """Return whether a mask names a field or something below it."""
    for name in path.split("."):
        if name not in tree:
            return False
        tree = tree[name]
        if not tree:
            return True
    return True


def asks_for(mask: field_mask_pb2.FieldMask, path: str) -> bool:
    """Return whether a mask names a field itself, something below it, or everything by ``*``.

    Fields that are left out by default, as they cost time, are not asked for by naming what they are part of.
    """
    return any(each in ("*", path) or each.startswith(f"{path}.") for each in mask.paths)


def keep(message: Message, tree: Tree) -> None:
    """Clear every field that a tree does not keep; paths cross repeated fields."""
    if not tree:
        return
    for field, value in message.ListFields():
        if field.name not in tree:
            message.ClearField(field.name)
        elif tree[field.name]:
            for each in _each(value):
                keep(each, tree[field.name])


def _each(value: Any) -> Iterable[Message]:
    return [value] if isinstance(value, Message) else value
