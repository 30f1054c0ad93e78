"""Bytes and JSON that are almost right, and some that are not at all."""

import copy
import json
import random
from collections.abc import Callable
from typing import Any

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
"""What a value is put in place of, as text of JSON or nearly so."""


def json_of(data: Any, rng: random.Random) -> bytes:
    """Return a request as JSON, with one to three things wrong, most of the time."""
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
    """Return bytes with up to four of them, or whole parts, changed."""
    mutant = bytearray(content)
    for _ in range(rng.randint(1, 4)):
        rng.choice(_IN_BYTES)(mutant, rng)
    return bytes(mutant)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return where values stand: what holds each, and its key or index there."""
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
