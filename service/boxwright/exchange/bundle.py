"""Evidence bundles: a zip of plans with their inputs, which anyone can verify offline.

A folder per plan holds ``plan.json`` (with footprints, versions, certificate and outcome), ``request.json`` (order,
lane, policy) and ``evidence.json`` (the data rows behind the grams); ``catalogs/`` holds each catalog once.
``manifest.json``, the last file, has the SHA-256 of every other file. Equal plans make equal bytes.
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
"""Maximum length of a file in a bundle, in bytes, so that no zip fills the memory."""

Check = Callable[[Json, Json, Json], Iterable[str]]
"""A function from a plan, its request and its catalog to the plan's faults."""


def write_bundle(out: IO[bytes], records: Iterable[Json]) -> int:
    """Write a bundle as a stream, and return its number of plans.

    Each record has ``plan``, whose name is ``plans/{plan}``, ``request`` and ``catalog``. ``out`` need not be seekable.
    """
    number, hashes = 0, dict[str, str]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:

        def write(name: str, content: Any) -> None:
            data = _text(content)
            hashes[name] = hashlib.sha256(data).hexdigest()
            entry = zipfile.ZipInfo(name)  # records neither time nor system, so that equal plans make equal bytes
            entry.create_system = 3
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
    """Verify a bundle: yield the name and faults of each plan.

    All hashes are checked first, so that a changed bundle is refused before any plan is read. DataFileError if the file
    is not a bundle or has no plan, or a file in it is missing, changed, too long or not in the manifest.
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
    wrong += [f"{name} is missing" for name in stated if name not in names]
    for name, sha256 in stated.items():
        if name in names and hashlib.sha256(_bytes(bundle, name)).hexdigest() != sha256:
            wrong.append(f"{name} does not match its SHA-256")
    if wrong:
        raise _refusal("; ".join(wrong))
    folders = [name.removesuffix("/plan.json") for name in stated if name.endswith("/plan.json")]
    if not folders:
        raise _refusal("must hold a plan")
    for folder in folders:
        yield folder, list(_faults(bundle, folder, check))


def _faults(bundle: zipfile.ZipFile, folder: str, check: Check) -> Iterator[str]:
    try:
        plan, request = _read(bundle, f"{folder}/plan.json"), _read(bundle, f"{folder}/request.json")
        rows, catalog = _read(bundle, f"{folder}/evidence.json"), _read(bundle, _catalog_name(plan))
        if rows != evidence(plan):
            yield "evidence: does not match the plan's lines"
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
    try:
        with bundle.open(name) as file:
            data = file.read(MOST_BYTES + 1)
    except KeyError:
        raise _refusal(f"{name} is missing") from None
    if len(data) > MOST_BYTES:
        raise _refusal(f"{name} has more than {MOST_BYTES:,} bytes")
    return data


def _refusal(rule: str) -> DataFileError:
    return DataFileError("bundle", [FieldViolation("file", rule)])
