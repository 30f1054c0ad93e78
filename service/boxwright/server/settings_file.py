"""The settings file: TOML with one key for each setting, by its name."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boxwright.findings import Findings
from boxwright.regular_file import read_regular

MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class SettingsFile:
    """What a settings file says.

    Attributes
    ----------
    name : str
        Its name, without its folder.
    folder : Path
        From where relative paths in it start.
    values : mapping of str
        By the name of the setting, as they are in the file; those that are no settings left out.
    lines : mapping of str to int
        Line of each, where it is known.
    """

    name: str = ""
    folder: Path = Path()
    values: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def shown(self, key: str) -> str:
        """Return where a key is, for a person."""
        return f"{self.name}, line {self.lines[key]}" if key in self.lines else self.name

    def named(self, key: str) -> str:
        """Return a key with where it is."""
        return f"{self.shown(key)}: {key}"


def read_settings_file(path: str, called: str, known: Iterable[str], found: Findings) -> SettingsFile:
    """Return what a file says.

    Parameters
    ----------
    path : str
        The file; empty: there is none.
    called : str
        What names it, for a file that cannot be read.
    known : iterable of str
        Keys that it may have.
    found : Findings
        Gets what is wrong with it: that it cannot be read, or keys that are no settings.
    """
    if not path:
        return SettingsFile()
    file = Path(path)
    text = _text_of(file, called, found)
    if text is None:
        return SettingsFile()
    try:
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: also of a number with thousands of digits
        found.add(file.name, f"must be TOML: {error or 'nested too deeply'}")
        return SettingsFile()
    lines = {key: line for key in content if (line := _line_of(key, text))}
    read = SettingsFile(file.name, file.absolute().parent, content, lines)
    names = set(known)
    strangers = content.keys() - names
    for key in sorted(strangers):
        near = difflib.get_close_matches(key.lower(), sorted(names), 1)
        hint = f"did you mean {near[0]}?" if near else "`boxwright config show` lists all"
        found.add(read.named(key), f"is no setting; {hint}")
    return SettingsFile(read.name, read.folder, {key: content[key] for key in content.keys() & names}, lines)


def _text_of(file: Path, called: str, found: Findings) -> str | None:
    try:
        return read_regular(file, MOST_BYTES).decode()
    except OSError as error:
        found.add(called, f"must name a file that can be read: {error.strerror}, got {str(file)!r}")
    except ValueError:
        found.add(called, f"must name a file with a text in UTF-8, got {str(file)!r}")
    return None


def _line_of(key: str, text: str) -> int:
    """Return the line in which a key of the top is set, or a table of that name begins; 0 where none is found."""
    pattern = rf"""^[ \t]*(?:["']?{re.escape(key)}["']?[ \t]*[=.]|\[+[ \t]*["']?{re.escape(key)}["']?[ \t]*[\].])"""
    match = re.search(pattern, text, re.MULTILINE)
    return text.count("\n", 0, match.start()) + 1 if match else 0
