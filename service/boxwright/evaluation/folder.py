"""A folder of row files from which an interrupted run can resume."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from boxwright.errors import DataFileError, FieldViolation
from boxwright.evaluation.batch import Part, stored_part
from boxwright.evaluation.rows import RowForm, RowWriter

MANIFEST = "manifest.json"
_STATE = ".state"
_UNFINISHED = ".unfinished"
_FORMAT = 3
_MOST_NAMED = 6


class Folder:
    """Writes the parts of a run into a folder; a ``run.Sink``.

    Parameters
    ----------
    path : Path
        The folder; made if it does not exist.
    form : RowForm
        Format of the rows.
    made_of : mapping of str to str
        All inputs that decide the rows, by the names that users know. Only a run with the same values may resume here.

    Raises
    ------
    DataFileError
        If the folder holds other files, or parts of a run with other values; the message names the differences.
    OSError
        If the folder cannot be written, or another run is writing to it.
    """

    def __init__(self, path: Path, form: RowForm, made_of: Mapping[str, str]) -> None:
        self.path, self._form, self._made_of = path, form, dict(made_of)
        self._parts: list[dict[str, Any]] = []
        path.mkdir(parents=True, exist_ok=True)
        self._check()
        self.state: Path | None = path / _STATE
        self.state.mkdir(exist_ok=True)
        self._lock = _locked(path / _STATE / "lock")
        for left in (*path.glob(f"*{_UNFINISHED}"), *(path / _STATE).glob(f"*{_UNFINISHED}")):
            left.unlink()
        self._write_manifest(finished=False)

    def _check(self) -> None:
        """Raise DataFileError if this run cannot resume from the folder."""
        manifest = self.path / MANIFEST
        if not manifest.exists():
            if any(entry.name != _STATE for entry in self.path.iterdir()):
                rule = "must be empty, or hold an unfinished run of the same command"
                raise DataFileError(str(self.path), [FieldViolation("folder", rule)])
            return
        began = begun_with(self.path)
        changed = [
            FieldViolation(name, f"is {self._made_of.get(name, 'not given')}, was {began.get(name, 'not given')}")
            for name in dict.fromkeys((*began, *self._made_of))
            if began.get(name) != self._made_of.get(name)
        ]
        if changed:
            more = len(changed) - _MOST_NAMED
            named = changed[:_MOST_NAMED] + ([FieldViolation("", f"and {more} more differ")] if more > 0 else [])
            other = FieldViolation(
                "folder", "holds parts of a run with other input: use another folder, or delete this one"
            )
            raise DataFileError(str(self.path), [other, *named])

    def done(self) -> Iterator[tuple[Path, Part]]:
        """Yield the finished parts and their files, up to the first missing one.

        DataFileError if a file has changed since it was written.
        """
        while (state := self._state(len(self._parts))).exists():
            name = self._name(len(self._parts))
            try:
                part, metadata = stored_part(state)
            except (ValueError, TypeError, KeyError) as error:
                rule = f"has changed since it was written ({error!s:.80}): delete it to plan its orders again"
                raise DataFileError(str(state), [FieldViolation("file", rule)]) from None
            rows = self.path / name
            if not rows.exists():
                return
            if _digest(rows.read_bytes()) != metadata["digest"]:
                rule = f"has changed since it was written: delete it to plan its {part.orders:,} orders again"
                raise DataFileError(str(rows), [FieldViolation("file", rule)])
            self._parts.append({"file": name, "orders": part.orders, "rows_in": part.rows_in})
            yield state, part

    def save(self, part: Part) -> Path:
        """Write the rows of a part, then the file that marks them as complete; return that file."""
        number = len(self._parts)
        raw = io.BytesIO()
        writer = RowWriter(self._form, raw)
        for rows in part.rows:
            writer.write(rows)
        writer.close()
        content = raw.getvalue()
        _write(self.path / self._name(number), content)
        _write(self._state(number), part.stored(digest=_digest(content)))
        self._parts.append({"file": self._name(number), "orders": part.orders, "rows_in": part.rows_in})
        return self._state(number)

    @property
    def orders(self) -> int:
        """Number of orders in finished parts."""
        return sum(part["orders"] for part in self._parts)

    def finish(self) -> None:
        """Mark the run as complete."""
        self._write_manifest(finished=True)

    def close(self) -> None:
        """Release the lock on the folder."""
        os.close(self._lock)

    def _name(self, number: int) -> str:
        return f"part-{number:05d}.{self._form.kind}"

    def _state(self, number: int) -> Path:
        return self.path / _STATE / f"part-{number:05d}"

    def _write_manifest(self, *, finished: bool) -> None:
        content = {
            "format": _FORMAT,
            "finished": finished,
            "columns": {column.name: str(column.type) for column in self._form.schema},
            "made_of": self._made_of,
            "parts": self._parts,
        }
        _write(self.path / MANIFEST, (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode())


def begun_with(path: Path) -> dict[str, str]:
    """Return the values with which a folder was begun, or nothing for a new folder.

    DataFileError if the manifest cannot be read.
    """
    manifest = path / MANIFEST
    if not manifest.exists():
        return {}
    try:
        content = json.loads(manifest.read_bytes())
        if content["format"] != _FORMAT:
            raise ValueError(f"format {content['format']}")
        return {str(name): str(value) for name, value in content["made_of"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        rule = f"was not written by a run of this version ({error}): name another folder, or delete this one"
        raise DataFileError(str(manifest), [FieldViolation("file", rule)]) from None


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Write a file under a temporary name, sync it to disk, then rename it."""
    unfinished = path.with_name(path.name + _UNFINISHED)
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror or str(error), str(path)) from None


def _locked(path: Path) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        pass  # Windows has no such lock
    except OSError:
        os.close(handle)
        raise OSError(0, "another run is writing to it", str(path.parent.parent)) from None
    return handle
