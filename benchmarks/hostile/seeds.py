"""Requests of the docs, from which hostile ones are made: as plain data and as protobuf."""

import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pool, json_format, message_factory
from google.protobuf.message import Message

REQUESTS = Path(__file__).parents[2] / "docs" / "requests"
WEIGHTS = {"Pack": 16, "BatchPack": 4, "CheckPlan": 6, "ValidateCatalog": 4, "EstimateFootprint": 4}
"""How often a method is asked; others once. Those that write catalogs are asked once in a long while: each write that
succeeds has planning processes made anew."""

WRITES = frozenset({"CreateCatalog", "UpdateCatalog", "DeleteCatalog"})
SELDOM = 0.002


@dataclass(frozen=True)
class Seed:
    """A request: service and method, its data as JSON has it, and its bytes."""

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
        """Return one."""
        if rng.random() < SELDOM:
            return rng.choice(self._writes)
        return rng.choices(self._others, self._weights)[0]


def _method(seed: Seed) -> str:
    return seed.path.rpartition("/")[2]


SEEDS = Seeds()
