"""Requests of the docs, and faulty bytes and JSON made from them."""

import copy
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pool, json_format, message_factory
from google.protobuf.message import Message

REQUESTS = Path(__file__).parents[2] / "docs" / "requests"
WEIGHTS = {"Pack": 16, "BatchPack": 4, "CheckPlan": 6, "CreateCatalog": 4, "EstimateFootprint": 4}
"""Weight with which a method is drawn; others have 1. Methods that write catalogs are drawn rarely, because each write
that succeeds starts new planning processes."""

WRITES = frozenset({"CreateCatalog", "UpdateCatalog", "DeleteCatalog"})
SELDOM = 0.002


@dataclass(frozen=True)
class Seed:
    """A request: service, method, data as JSON, and bytes."""

    path: str
    data: Any
    content: bytes


def _load() -> list[Seed]:
    seeds = []
    for file in sorted(REQUESTS.glob("*.json")):
        service, method = file.stem.split(".")[:2]
        if method == "StreamPack":
            continue
        data = json.loads(file.read_text(encoding="utf-8"))
        data.pop("request_id", None)  # or all but the first would be refused for it alone
        described = descriptor_pool.Default().FindMethodByName(f"boxwright.v1.{service}.{method}")
        message: Message = json_format.ParseDict(data, message_factory.GetMessageClass(described.input_type)())
        seeds.append(Seed(f"boxwright.v1.{service}/{method}", data, message.SerializeToString()))
    return seeds


class Seeds:
    """Draws requests."""

    def __init__(self) -> None:
        from boxwright.server import lifecycle  # noqa: F401 - brings the contract's descriptors

        found = _load()
        self._writes = [each for each in found if _method(each) in WRITES]
        self._others = [each for each in found if _method(each) not in WRITES]
        self._weights = [WEIGHTS.get(_method(each), 1) for each in self._others]
        self.pack = next(each for each in found if _method(each) == "Pack")

    def draw(self, rng: random.Random) -> Seed:
        """Return a request drawn by the weights."""
        if rng.random() < SELDOM:
            return rng.choice(self._writes)
        return rng.choices(self._others, self._weights)[0]


def _method(seed: Seed) -> str:
    return seed.path.rpartition("/")[2]


SEEDS = Seeds()


MARK = "@hostile@"
RAW = (
    *("NaN", "Infinity", "-Infinity", "1e999", "-1e308", "1e-400", "-0.0", "0", "-1", "0.5", "1000000", "2147483648"),
    *("9223372036854775808", "-9223372036854775809", "1e6", "null", "true", "[]", "{}", "[[]]", "[{}]", '""', '"NaN"'),
    *(
        '"Infinity"',
        '"1e999"',
        '"\\u0000"',
        '"\\ud800"',
        '"\\ud83d\\ude00"',
        '"\\u202eabc"',
        '"a\\r\\nb"',
        "01",
        "+1",
        "0x10",
    ),
    *("1_000", "'a'", ".5", "5.", "--1", "nul", "undefined", '"\\x"', '"a', "// a\n1", '"catalogs/../../etc/passwd"'),
    *('"%s%n%x"', '"${jndi:ldap://a/b}"', '"\'; DROP TABLE plans; --"', '"plans/*"', '"<script>alert(1)</script>"'),
    *(
        '"x\\n{\\"level\\": \\"ERROR\\", \\"message\\": \\"forged\\"}"',
        '"catalogs/china-post"',
        '"OBJECTIVE_UNSPECIFIED"',
    ),
    *(
        '"' + "a" * 5_000 + '"',
        "9" * 500,
        "1" * 5_000,
        "[" * 60 + "]" * 60,
        '{"a":' * 60 + "1" + "}" * 60,
        "1" + "0" * 40,
    ),
)
"""Replacements of a value, as text that is JSON or nearly JSON."""


def json_of(data: Any, rng: random.Random) -> bytes:
    """Return a request as JSON, in most cases with one to three errors."""
    mutant = copy.deepcopy(data)
    raw: list[str] = []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        places = _places(mutant)
        if not places:
            break
        holder, key = rng.choice(places)
        rng.choice(_AT)(holder, key, rng, raw)
    text = json.dumps(mutant, ensure_ascii=False)
    for each in raw:
        text = text.replace(f'"{MARK}"', each, 1)
    body = text.encode("utf-8", "surrogatepass")
    return bytes_of(body, rng) if rng.random() < 0.05 else body


def bytes_of(content: bytes, rng: random.Random) -> bytes:
    """Return bytes with up to four bytes or parts changed."""
    mutant = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        rng.choice(_IN_BYTES)(mutant, rng)
    return bytes(mutant)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return the container of each value with its key or index."""
    found: list[tuple[Any, Any]] = []
    pending = [value]
    while pending:
        holder = pending.pop()
        for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
            found.append((holder, key))
            if isinstance(holder[key], dict | list):
                pending.append(holder[key])
    return found


def _replace(holder: Any, key: Any, rng: random.Random, raw: list[str]) -> None:
    holder[key] = MARK
    raw.append(rng.choice(RAW))


def _drop(holder: Any, key: Any, rng: random.Random, raw: list[str]) -> None:
    del holder[key]


def _rename(holder: Any, key: Any, rng: random.Random, raw: list[str]) -> None:
    if isinstance(holder, dict):
        holder[key + rng.choice(["s", "\n", "é", "\x00", "", "_", '"', "\ud800"])] = holder.pop(key)


def _repeat(holder: Any, key: Any, rng: random.Random, raw: list[str]) -> None:
    value = holder[key]
    if isinstance(value, list) and value:
        holder[key] = value * rng.choice([2, 3, 20, 101])
    else:
        holder[key] = [value] * rng.choice([1, 2, 3])


def _scale(holder: Any, key: Any, rng: random.Random, raw: list[str]) -> None:
    value = holder[key]
    if isinstance(value, int | float) and not isinstance(value, bool):
        holder[key] = value * rng.choice([0, -1, 0.001, 1.5, 10, 1_000, 10**6, 10**9])
    else:
        _replace(holder, key, rng, raw)


def _nest(holder: Any, key: Any, rng: random.Random, raw: list[str]) -> None:
    holder[key] = {"value": holder[key]}


Change = Callable[[Any, Any, random.Random, list[str]], None]
_AT: tuple[Change, ...] = (_replace, _replace, _replace, _scale, _drop, _rename, _repeat, _nest)


def _flip(mutant: bytearray, rng: random.Random) -> None:
    if mutant:
        mutant[rng.randrange(len(mutant))] ^= 1 << rng.randrange(8)


def _set(mutant: bytearray, rng: random.Random) -> None:
    if mutant:
        mutant[rng.randrange(len(mutant))] = rng.choice([0, 0xFF, 0x7F, 0x80, 0x22, 0x7B, rng.randrange(256)])


def _cut(mutant: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(mutant) + 1)
    del mutant[at : at + rng.choice([1, 4, 50, len(mutant)])]


def _insert(mutant: bytearray, rng: random.Random) -> None:
    at = rng.randrange(len(mutant) + 1)
    mutant[at:at] = rng.randbytes(rng.choice([1, 3, 16, 200]))


def _double(mutant: bytearray, rng: random.Random) -> None:
    start, end = sorted(rng.randrange(len(mutant) + 1) for _ in range(2))
    mutant[end:end] = mutant[start:end] * rng.choice([1, 1, 10])


_IN_BYTES: tuple[Callable[[bytearray, random.Random], None], ...] = (_flip, _set, _cut, _insert, _double)
