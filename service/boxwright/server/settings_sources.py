"""Where settings come from: an option, else the environment, else the settings file, else their default.

All of them are read before anything is said, so that an error lists every fault, each as it is called at its source.
"""

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from boxwright.errors import InvalidInputError
from boxwright.findings import Findings
from boxwright.server.exposed_files import exposure
from boxwright.server.settings_file import SettingsFile, read_settings_file
from boxwright.store import shown_url

PREFIX = "BOXWRIGHT_"
"""Environment variables are this and the upper-case name of the setting, such as ``BOXWRIGHT_ADDRESS``."""

CONFIG = "BOXWRIGHT_CONFIG"
"""Variable that names the settings file."""

IN_FILE = "_file"
"""End of what names a file with a secret: ``BOXWRIGHT_LINK_KEY_FILE``, ``--link-key-file``, ``link_key_file``."""

SECRETS = ("store", "order_id_key", "link_key")
"""Settings that may stand in a file of their own, as secrets are mounted."""

PATHS = frozenset({"tls_certificate", "tls_key", "client_ca", "tokens_file", "sites", "catalogs", "materials"})
"""Settings that are paths: in a settings file they start from its folder."""

MOST_SECRET_BYTES = 4_096
TOO_LARGE = 10**18
"""From here on a whole number of a settings file is none of a setting."""

_OTHERS = re.compile(r"BOXWRIGHT_(TOKEN|EXPLORE|TEST_TOOLS|UPDATE_GOLDEN|(\w+_)?(SERVICE_)?(HOST|PORT\w*))")
"""Variables that are no settings: a caller's token, what tests look at, and what Kubernetes sets for its services."""


class Source(StrEnum):
    """What settings come from, the first that has one."""

    OPTION = "options"
    ENVIRONMENT = "the environment"
    FILE = "the settings file"
    DEFAULT = "defaults"


class _IsDataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Kind = TypeVar("Kind", bound=_IsDataclass)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a setting comes from.

    Attributes
    ----------
    source : Source
        What it comes from.
    shown : str
        For a person, such as ``hall.toml, line 3``.
    named : str
        How the setting is called there, such as ``--grace-s``; by it faults are named.
    """

    source: Source
    shown: str
    named: str


@dataclass(frozen=True)
class Sourced(Generic[Kind]):
    """Settings, and where each comes from.

    Attributes
    ----------
    settings : Settings
        All of them.
    origins : mapping of str to Origin
        By the name of the setting.
    file : str
        The settings file; empty where there is none.
    warnings : tuple of str
        Files of secrets that others may read or write.
    """

    settings: Kind
    origins: Mapping[str, Origin]
    file: str = ""
    warnings: tuple[str, ...] = ()

    def named(self, error: InvalidInputError) -> InvalidInputError:
        """Return an error about settings with each called as it is where it comes from."""
        named = {name: each.named for name, each in self.origins.items()}
        found = Findings()
        with found.at("", named):
            raise error
        return found.error()


@dataclass
class _Reading:
    """What is known so far."""

    environment: Mapping[str, str]
    given: Mapping[str, Any]
    file: SettingsFile
    found: Findings = field(default_factory=Findings)
    at_fault: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)

    def fault(self, name: str, called: str, rule: str) -> None:
        self.at_fault.add(name)
        self.found.add(called, rule)


def read_settings(kind: type[Kind], environment: Mapping[str, str], given: Mapping[str, Any]) -> Sourced[Kind]:
    """Return settings with their origins.

    Parameters
    ----------
    kind : type
        Settings, a dataclass.
    environment : mapping of str to str
        Variables.
    given : mapping of str
        Options by the name of the setting, ``config`` and those that name files of secrets among them; None is none.

    Raises
    ------
    InvalidInputError
        With every setting that breaks a rule, as it is called where it comes from.
    """
    known = {each.name: each.default for each in fields(kind)}
    given = {name: value for name, value in given.items() if value is not None}
    found = Findings()
    path, called = (given["config"], "--config") if "config" in given else (environment.get(CONFIG, ""), CONFIG)
    file = read_settings_file(path, called, known.keys() | {name + IN_FILE for name in SECRETS}, found)
    reading = _Reading(environment, given, file, found)
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    for name, default in known.items():
        value, origins[name] = _value(reading, name, default)
        if value is not None:
            values[name] = value
    _refuse_unknown(environment, known.keys(), found)
    settings = _judged(kind, values, origins, reading)
    found.raise_any()
    assert settings is not None  # it has noted a finding otherwise
    return Sourced(settings, origins, path, tuple(reading.warnings))


def read_secret(name: str, environment: Mapping[str, str], given: Mapping[str, Any]) -> str:
    """Return one of ``SECRETS`` from options or the environment, for a command that needs no other setting.

    Raises
    ------
    InvalidInputError
        If a file that is named cannot be read as one, or an option holds a password.
    """
    reading = _Reading(environment, {key: value for key, value in given.items() if value is not None}, SettingsFile())
    value, _ = _value(reading, name, "")
    reading.found.raise_any()
    return value or ""


def _judged(
    kind: type[Kind], values: Mapping[str, Any], origins: Mapping[str, Origin], reading: _Reading
) -> Kind | None:
    """Return the settings, or None after noting the rules that they break; a setting without a value breaks none."""
    try:
        return kind(**values)
    except InvalidInputError as error:
        absent = re.compile(rf"\b({'|'.join(reading.at_fault) or '(?!)'})\b")
        for each in error.violations:
            if each.field not in reading.at_fault and absent.search(each.rule) is None:
                name = origins[each.field].named if each.field in origins else each.field
                reading.found.add(name, each.rule)
    return None


def _value(reading: _Reading, name: str, default: object) -> tuple[Any, Origin]:
    """Return the value of a setting from the first source that has it, None for its default, and which that is."""
    secret = name in SECRETS
    variable = PREFIX + name.upper()
    if name in reading.given:
        if secret and name + IN_FILE in reading.given:
            reading.fault(name, option(name + IN_FILE), f"must not stand together with {option(name)}")
        return _of_option(reading, name), Origin(Source.OPTION, option(name), option(name))
    if secret and name + IN_FILE in reading.given:
        return _of_secret(reading, name, Source.OPTION, option(name + IN_FILE), reading.given[name + IN_FILE])
    in_file = variable + IN_FILE.upper()
    if secret and reading.environment.get(in_file):  # an empty one is not set
        if variable in reading.environment:
            reading.fault(name, in_file, f"must not be set together with {variable}")
        return _of_secret(reading, name, Source.ENVIRONMENT, in_file, reading.environment[in_file])
    if variable in reading.environment:
        origin = Origin(Source.ENVIRONMENT, variable, variable)
        try:
            return _parsed(reading.environment[variable], default), origin
        except ValueError:
            sort = "a whole number" if isinstance(default, int) else "a number"
            sort = "true or false" if isinstance(default, bool) else sort
            reading.fault(name, variable, f"must be {sort}, got {reading.environment[variable]!r:.100}")
            return None, origin
    return _of_file(reading, name, default)


def option(name: str) -> str:
    """Return how the option of a setting is typed."""
    return "--catalog" if name == "catalogs" else f"--{name.replace('_', '-')}"


def _of_option(reading: _Reading, name: str) -> Any:
    value = reading.given[name]
    if name == "store" and shown_url(str(value)) != value:
        rule = "must have no password, since everybody on the machine sees options: set BOXWRIGHT_STORE or --store-file"
        reading.fault(name, option(name), rule)
    return value


def _of_file(reading: _Reading, name: str, default: object) -> tuple[Any, Origin]:
    """Return the value that the settings file has, None where it has none."""
    file = reading.file
    if name in SECRETS and name + IN_FILE in file.values:
        called = file.named(name + IN_FILE)
        if name in file.values:
            reading.fault(name, called, f"must not be set together with {name}")
        holder = file.values[name + IN_FILE]
        if not isinstance(holder, str):
            reading.fault(name, called, "must be a path in quotes")
            return None, Origin(Source.FILE, called, called)
        return _of_secret(reading, name, Source.FILE, called, str(file.folder / holder))
    if name not in file.values:
        return None, Origin(Source.DEFAULT, "default", name)
    value, origin = file.values[name], Origin(Source.FILE, file.shown(name), file.named(name))
    if name in ("link_key", "order_id_key") or (name == "store" and shown_url(str(value)) != value):
        what = "hold no password" if name == "store" else "not be in a settings file"
        rule = f"must {what}: name a file that holds it ({name + IN_FILE}), or set {PREFIX}{name.upper()}"
        reading.fault(name, origin.named, rule)
        return None, origin
    if sort := _broken_type(name, value, default):
        reading.fault(name, origin.named, f"must be {sort}, got {_quoted(value)}")
        return None, origin
    if name in PATHS and value:
        value = [str(file.folder / each) for each in value] if isinstance(value, list) else str(file.folder / value)
    return type(default)(value) if isinstance(default, tuple | float) else value, origin


def _broken_type(name: str, value: object, default: object) -> str | None:
    """Return what the value of a settings file must be; None where it is that."""
    if isinstance(default, bool):
        return None if isinstance(value, bool) else "true or false"
    if isinstance(default, tuple):
        texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
        return None if texts else 'a list of texts, such as ["hall.toml"]'
    number = isinstance(value, int | float) and not isinstance(value, bool)
    too_large = number and isinstance(value, int) and abs(value) >= TOO_LARGE
    if too_large and isinstance(default, int | float):
        return "a number of at most 18 digits"
    if isinstance(default, int):
        return None if number and isinstance(value, int) else "a whole number"
    if isinstance(default, float):
        return None if number else "a number"
    return None if isinstance(value, str) or (name == "workers" and number and not too_large) else "a text in quotes"


def _quoted(value: object) -> str:
    """Return a value of a settings file, cut, for an error."""
    try:
        return f"{value!r:.100}"
    except ValueError:  # Python writes no number of thousands of digits, which TOML has in hexadecimal ones
        return "a number of thousands of digits"


def _of_secret(reading: _Reading, name: str, source: Source, called: str, path: str) -> tuple[str | None, Origin]:
    """Return the text of a file with a secret; noted is one that cannot be read as such, and never what it holds."""
    origin = Origin(source, called.rpartition(": ")[0] or called, called)
    try:
        with Path(path).open("rb") as file:
            content = file.read(MOST_SECRET_BYTES + 1)
        secret = content.decode().rstrip("\r\n")
    except OSError as error:
        reading.fault(name, called, f"must be a file that can be read: {error.strerror}, got {path!r}")
    except ValueError:
        reading.fault(name, called, f"must be a file with a text in UTF-8, got {path!r}")
    else:
        if says := exposure(path):
            reading.warnings.append(f"{called}: {says}")
        if secret and len(content) <= MOST_SECRET_BYTES and secret.isprintable():
            return secret, origin
        rule = f"must be a file with one line of at most {MOST_SECRET_BYTES:,} bytes, got {path!r}"
        reading.fault(name, called, rule)
    return None, origin


def _parsed(text: str, default: object) -> object:
    """Return the value of a variable, of the type of the setting's default."""
    if isinstance(default, bool):
        if text.lower() not in ("true", "false"):
            raise ValueError(text)
        return text.lower() == "true"
    if isinstance(default, tuple):
        return tuple(part for part in text.split(os.pathsep) if part)
    if isinstance(default, int | float):
        return type(default)(text)
    return text


def _refuse_unknown(environment: Mapping[str, str], known: Iterable[str], found: Findings) -> None:
    """Note each variable that is named as a setting and is none."""
    names = [PREFIX + name.upper() for name in (*known, *(name + IN_FILE for name in SECRETS))] + [CONFIG]
    for name in sorted(environment.keys() - set(names)):
        if name.startswith(PREFIX) and _OTHERS.fullmatch(name) is None:
            near = difflib.get_close_matches(name, names, 1)
            hint = f"did you mean {near[0]}?" if near else "`boxwright config show` lists all"
            found.add(name, f"is no setting; {hint}")
