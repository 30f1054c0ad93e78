"""Reads settings from their sources, in order: options, environment, settings file, defaults.

The settings file is TOML with one key per setting. All sources are read first, so that an error lists every fault, each
under its name at its source.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from boxwright.errors import InvalidInputError
from boxwright.findings import Findings
from boxwright.regular_file import read_regular
from boxwright.server.settings import Settings
from boxwright.store.url import shown_url

PREFIX = "BOXWRIGHT_"
"""Prefix of environment variables; the upper-case name of the setting follows, as in ``BOXWRIGHT_ADDRESS``."""

CONFIG = "BOXWRIGHT_CONFIG"
"""Variable with the path of the settings file."""

IN_FILE = "_file"
"""Suffix for the path of a file with a secret: ``BOXWRIGHT_LINK_KEY_FILE``, ``--link-key-file``, ``link_key_file``."""

SECRETS = ("store", "order_id_key", "link_key")
"""Settings that may be read from their own files, since secrets are mounted as files."""

PATHS = frozenset({"tls_certificate", "tls_key", "client_ca", "tokens_file", "sites", "catalogs", "materials"})
"""Settings that are paths. In a settings file they are relative to its folder."""

MOST_FILE_BYTES, MOST_SECRET_BYTES = 1 << 20, 4_096

KINDS: Mapping[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text in quotes",
    tuple: 'a list of strings, such as ["hall.toml"]',
}
"""Text for the values of a setting, by the type of its default."""

_OTHERS = re.compile(r"BOXWRIGHT_(TOKEN|EXPLORE|TEST_TOOLS|UPDATE_GOLDEN|(\w+_)?(SERVICE_)?(HOST|PORT\w*))")
"""Variables that are not settings: a caller's token, test options, and those that Kubernetes sets for services."""


class Origin(NamedTuple):
    """Source of a setting."""

    shown: str
    """Text for people, such as ``hall.toml, line 3``."""
    named: str
    """Field of errors about the setting."""


DEFAULT = "default"
"""Text shown as the source of a setting that is not set."""


@dataclass(frozen=True)
class Sourced:
    """Settings with their sources.

    Attributes
    ----------
    settings : Settings
        The settings.
    origins : mapping of str to Origin
        Source of each setting by its name.
    """

    settings: Settings
    origins: Mapping[str, Origin]

    def named(self, error: InvalidInputError) -> InvalidInputError:
        """Return an error about settings, with each field named as in its source."""
        found = Findings()
        with found.at("", {name: origin.named for name, origin in self.origins.items()}):
            raise error
        return found.error()


class _Reading:
    """The sources of settings, with the faults found so far."""

    def __init__(self, environment: Mapping[str, str], given: Mapping[str, Any]) -> None:
        self.environment = environment
        self.given = {name: value for name, value in given.items() if value is not None}
        self.found = Findings()
        self.at_fault: set[str] = set()
        self._path, self._text = Path(), ""
        self._file: Mapping[str, Any] = {}

    def read_file(self, known: Iterable[str]) -> None:
        """Read the settings file if there is one; unknown keys are noted."""
        named = self.given.get("config", self.environment.get(CONFIG, ""))
        if not named:
            return
        called, self._path = "--config" if "config" in self.given else CONFIG, Path(named).absolute()
        try:
            self._text = read_regular(named, MOST_FILE_BYTES).decode()
        except OSError as error:
            self.found.add(called, f"must name a file that can be read: {error.strerror}, got {named!r}")
        except ValueError:
            self.found.add(called, f"must name a UTF-8 text file, got {named!r}")
        try:
            self._file = tomllib.loads(self._text)
        except (ValueError, RecursionError) as error:  # ValueError also for numbers with thousands of digits
            self.found.add(self._path.name, f"must be TOML: {error or 'nested too deeply'}")
        for key in sorted(self._file.keys() - set(known)):
            self.found.add(self._of_file(key).named, f"is not a setting; {_hint(key.lower(), known)}")

    def _of_file(self, key: str) -> Origin:
        """Return the source of a key in the file, with its line if that is found."""
        quoted = rf"""["']?{re.escape(key)}["']?[ \t]*"""
        match = re.search(rf"^[ \t]*(?:{quoted}[=.]|\[+[ \t]*{quoted}[\].])", self._text, re.MULTILINE)
        line = f", line {self._text.count(chr(10), 0, match.start()) + 1}" if match else ""
        return Origin(f"{self._path.name}{line}", f"{self._path.name}{line}: {key}")

    def value(self, name: str, default: object) -> tuple[Any, Origin]:
        """Return a setting's value and source, from the first source that has it; the value is None for the default."""
        variable = PREFIX + name.upper()
        for values, key, key_of_file, origin_of in (
            (self.given, name, name + IN_FILE, lambda key: Origin(option(key), option(key))),
            (self.environment, variable, variable + IN_FILE.upper(), lambda key: Origin(key, key)),
            (self._file, name, name + IN_FILE, self._of_file),
        ):
            if name in SECRETS and values.get(key_of_file, "") != "":  # empty means not set
                origin = origin_of(key_of_file)
                if key in values:
                    self._fault(name, origin, f"must not be set together with {origin_of(key).named}")
                folder = self._path.parent if values is self._file else Path()
                return self._secret(name, origin, values[key_of_file], folder), origin
            if key in values:
                origin = origin_of(key)
                rule, value = self._converted(name, values[key], default, values)
                if rule:
                    self._fault(name, origin, rule)
                    return None, origin
                return type(default)(value) if isinstance(default, tuple | float) else value, origin
        return None, Origin(DEFAULT, name)

    def _fault(self, name: str, origin: Origin, rule: str) -> None:
        self.at_fault.add(name)
        self.found.add(origin.named, rule)

    def _converted(self, name: str, value: Any, default: object, source: Mapping[str, Any]) -> tuple[str, Any]:
        """Return the rule that a value breaks, or an empty text, and the value in the setting's type."""
        has_password = name == "store" and shown_url(str(value)) != value
        if source is self.given:
            where = "set BOXWRIGHT_STORE or --store-file"
            rule = f"must not hold a password, since every user of the machine can see options: {where}"
            return rule if has_password else "", value
        if source is self.environment:
            value = _typed(value, default)
        elif has_password or name in ("link_key", "order_id_key"):
            rule = "must not hold a password" if name == "store" else "must not be in a settings file"
            return f"{rule}: name a file that holds it ({name + IN_FILE}), or set {PREFIX}{name.upper()}", value
        if not _has_type(name, value, default):
            return f"must be {KINDS[type(default)]}, got {value!r:.100}", value
        if source is self._file and name in PATHS and value:
            folder = self._path.parent
            value = [str(folder / path) for path in value] if isinstance(value, list) else str(folder / value)
        return "", value

    def _secret(self, name: str, origin: Origin, named: Any, folder: Path) -> str | None:
        """Return the secret in a file, or None after noting a fault, which never shows the content."""
        rule = "must be a path in quotes"
        if isinstance(named, str):
            path = str(folder / named)
            try:
                with Path(path).open("rb") as file:
                    content = file.read(MOST_SECRET_BYTES + 1)
                secret = content.decode().rstrip("\r\n")
                if secret and len(content) <= MOST_SECRET_BYTES and secret.isprintable():
                    return secret
                rule = f"must be a file with one line of at most {MOST_SECRET_BYTES:,} bytes, got {path!r}"
            except OSError as error:
                rule = f"must be a file that can be read: {error.strerror}, got {path!r}"
            except ValueError:
                rule = f"must be a UTF-8 text file, got {path!r}"
        self._fault(name, origin, rule)
        return None


def read_settings(environment: Mapping[str, str], given: Mapping[str, Any]) -> Sourced:
    """Return settings with their sources; ``given`` are options by the name of the setting, None is ignored.

    Options include ``config`` and files of secrets. Raises InvalidInputError with every setting that breaks a rule,
    under its name at its source.
    """
    defaults = {field.name: field.default for field in fields(Settings)}
    names = [*defaults, *(name + IN_FILE for name in SECRETS)]
    reading = _Reading(environment, given)
    reading.read_file(names)
    found = {name: reading.value(name, default) for name, default in defaults.items()}
    origins = {name: origin for name, (_, origin) in found.items()}
    variables = [PREFIX + name.upper() for name in names] + [CONFIG]
    for variable in sorted(environment.keys() - set(variables)):
        if variable.startswith(PREFIX) and _OTHERS.fullmatch(variable) is None:
            reading.found.add(variable, f"is not a setting; {_hint(variable, variables)}")
    settings = Settings()
    try:
        settings = Settings(**{name: value for name, (value, _) in found.items() if value is not None})
    except InvalidInputError as error:
        # Rules that concern a setting which could not be read are not reported.
        absent = re.compile(rf"\b({'|'.join(reading.at_fault) or '(?!)'})\b")
        for fault in error.violations:
            if fault.field not in reading.at_fault and absent.search(fault.rule) is None:
                reading.found.add(origins[fault.field].named if fault.field in origins else fault.field, fault.rule)
    reading.found.raise_any()
    return Sourced(settings, origins)


def read_secret(name: str, environment: Mapping[str, str], given: Mapping[str, Any]) -> str:
    """Return one of ``SECRETS`` from options or the environment, for commands that need no other setting.

    Raises InvalidInputError if its file cannot be read, or an option holds a password.
    """
    reading = _Reading(environment, given)
    value, _ = reading.value(name, "")
    reading.found.raise_any()
    return value or ""


def option(name: str) -> str:
    """Return the command-line option of a setting."""
    return "--catalog" if name == "catalogs" else f"--{name.replace('_', '-')}"


def _hint(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f"did you mean {near[0]}?" if near else "`boxwright config show` lists all"


def _typed(text: str, default: object) -> object:
    """Return a variable's value in the type of the setting's default, or its text if it cannot be converted."""
    try:
        if isinstance(default, bool):
            return {"true": True, "false": False}[text.lower()]
        if isinstance(default, tuple):
            return [part for part in text.split(os.pathsep) if part]
        return type(default)(text) if isinstance(default, int | float) else text
    except (KeyError, ValueError):
        return text


def _has_type(name: str, value: object, default: object) -> bool:
    """Return whether a value has the type of a setting's default; ``workers`` may be a number as well."""
    if isinstance(default, tuple):
        return isinstance(value, list) and all(isinstance(text, str) for text in value)
    more: type = {float: int, str: int if name == "workers" else str}.get(type(default), type(default))
    return isinstance(value, (type(default), more)) and isinstance(value, bool) == isinstance(default, bool)
