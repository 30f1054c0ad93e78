"""Builds the page of messages: every message and enum of the contract as a table, from the comments in the contract.

``buf`` reads the contract, so that types and comments are the same as for any generator.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from google.api import field_behavior_pb2
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FieldDescriptorProto

ROOT = Path(__file__).parent.parent
PACKAGE = ".boxwright.v1."
INTRODUCTION = """\
Every message of the contract, field by field. `field` is the name in the contract, in JSON, in read masks and in the
paths that errors name; JSON may have it in camelCase too, as `buf curl` prints it. In JSON, `units` of money are
texts; all other numbers are numbers.

`without it` gives the default of a request without the field. Answers leave out empty texts, empty lists, `false` and
zeros without a meaning; fields marked `optional` are written if they have a value.

Misspelt keys are caught by the JSON parsers of protobuf libraries, by `buf curl` and by the stubs of typed languages.
**`@grpc/proto-loader` for Node silently drops unknown keys**, so `fragilty` plans an order without
fragility: use the [TypeScript client](../http.md), whose compiler refuses it in messages that are
written with `satisfies`."""

_MESSAGE, _ENUM = 4, 5
"""Field numbers of the lists in a FileDescriptorProto, used in the paths of comments."""
_TYPES = FieldDescriptorProto.Type
_REPEATED = FieldDescriptorProto.Label.LABEL_REPEATED
Comments = dict[tuple[int, ...], str]


def messages_page() -> str:
    """Return the page."""
    parts = ["# Messages", INTRODUCTION]
    for file in contract().file:
        if file.package != PACKAGE.strip("."):
            continue
        comments = {tuple(each.path): _line(each.leading_comments) for each in file.source_code_info.location}
        parts.append(f"## {file.name.rpartition('/')[2]}")
        for index, message in enumerate(file.message_type):
            parts += _message(message, (_MESSAGE, index), comments, message.name)
        for index, enum in enumerate(file.enum_type):
            parts += _enum(enum, (_ENUM, index), comments, enum.name)
    return "\n\n".join(parts) + "\n"


def contract() -> descriptor_pb2.FileDescriptorSet:
    """Return the contract with its comments.

    Raises
    ------
    RuntimeError
        If buf is not installed; the dev dependencies bring it.
    """
    beside = Path(sys.executable).parent / "buf"
    buf = str(beside) if beside.exists() else shutil.which("buf")
    if buf is None:
        raise RuntimeError("buf is not installed; the dev dependencies bring it")
    command = [buf, "build", "--path", "proto/boxwright", "--as-file-descriptor-set", "-o", "-#format=binpb"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return descriptor_pb2.FileDescriptorSet.FromString(done.stdout)


def _line(comment: str) -> str:
    return " ".join(comment.split()).replace("|", r"\|")


def _message(message: DescriptorProto, path: tuple[int, ...], comments: Comments, name: str) -> Iterator[str]:
    """Yield heading, comment and table of a message, then those of the messages and enums inside it."""
    yield f"### {name}"
    yield comments.get(path, "")
    if message.field:
        rows = ["| field | type | without it | what it is |", "|---|---|---|---|"]
        for index, field in enumerate(message.field):
            meaning, without = _without(comments.get((*path, 2, index), ""), field, message)
            rows.append(f"| `{field.name}` | {_type(field)} | {without} | {meaning} |")
        yield "\n".join(rows)
    for index, nested in enumerate(message.nested_type):
        yield from _message(nested, (*path, 3, index), comments, f"{name}.{nested.name}")
    for index, enum in enumerate(message.enum_type):
        yield from _enum(enum, (*path, 4, index), comments, f"{name}.{enum.name}")


def _enum(enum: EnumDescriptorProto, path: tuple[int, ...], comments: Comments, name: str) -> Iterator[str]:
    yield f"### {name}"
    yield comments.get(path, "")
    rows = ["| value | what it says |", "|---|---|"]
    rows += [f"| `{each.name}` | {comments.get((*path, 2, index), '')} |" for index, each in enumerate(enum.value)]
    yield "\n".join(rows)


def _type(field: FieldDescriptorProto) -> str:
    if field.type in (_TYPES.TYPE_MESSAGE, _TYPES.TYPE_ENUM):
        name = field.type_name.removeprefix(PACKAGE)
        ours = field.type_name.startswith(PACKAGE)
        shown = f"[{name}](#{name.replace('.', '').lower()})" if ours else f"`{name.removeprefix('.')}`"
    else:
        shown = f"`{_TYPES.Name(field.type).removeprefix('TYPE_').lower()}`"
    if field.label == _REPEATED:
        return f"list of {shown}"
    return f"optional {shown}" if field.proto3_optional else shown


def _without(comment: str, field: FieldDescriptorProto, message: DescriptorProto) -> tuple[str, str]:
    """Return a field's comment without its default, and the meaning of an absent field."""
    required = field_behavior_pb2.REQUIRED in field.options.Extensions[field_behavior_pb2.field_behavior]
    stated = re.search(r"Default: ((?:[^.]|\.(?=\S))*)\.\s*", comment)
    meaning = comment if stated is None else comment.replace(stated[0], "").strip()
    if required:
        return meaning, "an error"
    if stated is not None:
        return meaning, stated[1]
    if field.HasField("oneof_index") and not field.proto3_optional:
        return meaning, f"one of `{message.oneof_decl[field.oneof_index].name}`"
    return meaning, ""
