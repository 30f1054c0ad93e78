"""Catalogs that were sent along: the same one, order after order, is read once."""

import hashlib
from collections import OrderedDict

from google.protobuf.message import Message

from boxwright.domain.box import Catalog

MOST_BYTES = 1024 * 1024
"""Most bytes of the messages of all catalogs that are remembered; read, they take some twenty times as much."""


class InlineCatalogs:
    """Remembers valid catalogs by the content of their messages, oldest forgotten first. Used by many threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, tuple[Catalog, int]] = OrderedDict()

    def find(self, key: bytes) -> Catalog | None:
        """Return the catalog of a key, None if it is not remembered."""
        kept = self._kept.get(key)
        return kept[0] if kept else None

    def keep(self, key: bytes, catalog: Catalog, size: int) -> None:
        """Remember a catalog whose message has so many bytes."""
        if size > MOST_BYTES:
            return
        self._kept[key] = catalog, size
        while sum(each[1] for each in list(self._kept.values())) > MOST_BYTES:
            self._kept.popitem(last=False)


def content_key(message: Message) -> tuple[bytes, int]:
    """Return a digest of a message's content, and its size in bytes."""
    content = message.SerializeToString(deterministic=True)
    return hashlib.sha256(content).digest(), len(content)
