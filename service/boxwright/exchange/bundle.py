"""Evidence bundles: a zip of plans with all that they were made with, which anyone can verify offline.

A folder per plan holds ``plan.json`` (with footprints, versions, certificate and what was recorded), ``request.json``
(order, lane, policy) and ``evidence.json`` (the rows of data that the grams rest on); ``catalogs/`` holds each catalog
once. ``manifest.json``, the last, has the SHA-256 of every other file. The same plans make the same bytes.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from boxwright.errors import DataFileError, FieldViolation
from boxwright.exchange.evidence import Json, evidence

FORMAT = "boxwright-evidence/1"
MANIFEST = "manifest.json"
MOST_BYTES = 64 << 20
"""Longest file of a bundle that is read, in bytes: a stranger's zip must not fill the memory."""

Check = Callable[[Json, Json, Json], Iterable[str]]
"""From a plan, its request and its catalog to what is wrong with the plan."""


def write_bundle(out: IO[bytes], records: Iterable[Json]) -> int:
    """Write a bundle as a stream, and return how many plans it holds.

    Parameters
    ----------
    out : binary file
        Need not be seekable.
    records : iterable of mapping
        ``plan`` with its name ``plans/{plan}``, ``request`` and ``catalog`` of each.
    """
    number, hashes = 0, dict[str, str]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:

        def write(name: str, content: Any) -> None:
            data = _text(content)
            hashes[name] = hashlib.sha256(data).hexdigest()
            entry = zipfile.ZipInfo(name)  # without the time of writing, which would make other bytes each time
            entry.create_system = 3  # on any system
            bundle.writestr(entry, data, zipfile.ZIP_DEFLATED)

        for record in records:
            number, plan = number + 1, record["plan"]
            if (catalog := _catalog_name(plan)) not in hashes:
                write(catalog, record["catalog"])
            files = {"plan": plan, "request": record["request"], "evidence": evidence(plan)}
            for name, content in files.items():
                write(f"{plan['name']}/{name}.json", content)
        write(MANIFEST, {"format": FORMAT, "plan_count": number, "sha256": dict(sorted(hashes.items()))})
    return number


def verify_bundle(file: IO[bytes], check: Check) -> Iterator[tuple[str, list[str]]]:
    """Verify a bundle: yield each plan's name with what is wrong with it, nothing where all holds.

    Hashes of all files are judged first, so that a bundle that was changed is refused before a plan of it is read.

    Raises
    ------
    DataFileError
        If it is no bundle or an empty one, or a file of it is missing, changed, too long or not in the manifest.
    """
    try:
        bundle = zipfile.ZipFile(file)
        manifest = _read(bundle, MANIFEST)
        stated, names = dict(manifest["sha256"]), set(bundle.namelist()) - {MANIFEST}
        if manifest["format"] != FORMAT:
            raise _refusal(f"must be of format {FORMAT}, got {manifest['format']!r:.80}")
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise _refusal(f"must be an evidence bundle: {error}") from None
    wrong = [f"{name} is not in the manifest" for name in sorted(names - stated.keys())]
    for name, sha256 in stated.items():
        if name not in names:
            wrong.append(f"{name} is missing")
        elif hashlib.sha256(_bytes(bundle, name)).hexdigest() != sha256:
            wrong.append(f"{name} is not as its SHA-256 says")
    if wrong:
        raise _refusal("; ".join(wrong))
    if not any(name.endswith("/plan.json") for name in stated):
        raise _refusal("must hold a plan")
    for name in stated:
        if name.endswith("/plan.json"):
            yield name.removesuffix("/plan.json"), list(_faults(bundle, name, check))


def _faults(bundle: zipfile.ZipFile, name: str, check: Check) -> Iterator[str]:
    folder = name.removesuffix("/plan.json")
    try:
        plan, request = _read(bundle, name), _read(bundle, f"{folder}/request.json")
        rows, catalog = _read(bundle, f"{folder}/evidence.json"), _read(bundle, _catalog_name(plan))
        if rows != evidence(plan):
            yield "evidence: is not that of the plan's lines"
    except (KeyError, TypeError, ValueError) as error:
        yield f"cannot be read: {error}"
        return
    yield from check(plan, request, catalog)


def _catalog_name(plan: Json) -> str:
    return f"catalogs/{plan['versions']['catalog_hash'].replace(':', '-')}.json"


def _text(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _read(bundle: zipfile.ZipFile, name: str) -> Any:
    return json.loads(_bytes(bundle, name))


def _bytes(bundle: zipfile.ZipFile, name: str) -> bytes:
    with bundle.open(name) as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise _refusal(f"{name} has more than {MOST_BYTES:,} bytes")
    return data


def _refusal(rule: str) -> DataFileError:
    return DataFileError("bundle", [FieldViolation("file", rule)])
