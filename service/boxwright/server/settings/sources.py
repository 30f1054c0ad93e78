"""Where settings come from: an option, else the environment, else the settings file, else their default.

The file is TOML with one key for each setting, by its name. All sources are read before anything is said, so that an
error lists every fault, each as it is called at its source.
"""

import contextlib
import difflib
import os
import re
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from boxwright.errors import InvalidInputError
from boxwright.findings import Findings
from boxwright.regular_file import read_regular
from boxwright.server.settings import Settings
from boxwright.store.url import shown_url, sqlite_path

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

MOST_FILE_BYTES, MOST_SECRET_BYTES = 1 << 20, 4_096

_OTHERS = re.compile(r"BOXWRIGHT_(TOKEN|EXPLORE|TEST_TOOLS|UPDATE_GOLDEN|(\w+_)?(SERVICE_)?(HOST|PORT\w*))")
"""Variables that are no settings: a caller's token, what tests look at, and what Kubernetes sets for its services."""


class Origin(NamedTuple):
    """Where a setting comes from: ``shown`` to a person, such as ``hall.toml, line 3``, and ``named`` in a fault."""

    shown: str
    named: str


DEFAULT = "default"
"""What is shown of a setting that no source has."""


@dataclass(frozen=True)
class Sourced:
    """Settings, and where each comes from.

    Attributes
    ----------
    settings : Settings
        All of them.
    origins : mapping of str to Origin
        By the name of the setting.
    warnings : tuple of str
        Files of secrets that others may read or write.
    """

    settings: Settings
    origins: Mapping[str, Origin]
    warnings: tuple[str, ...] = ()

    def named(self, error: InvalidInputError) -> InvalidInputError:
        """Return an error about settings with each called as it is where it comes from."""
        found = Findings()
        with found.at("", {name: origin.named for name, origin in self.origins.items()}):
            raise error
        return found.error()


class _Reading:
    """The sources, and what is wrong with them so far."""

    def __init__(self, environment: Mapping[str, str], given: Mapping[str, Any]) -> None:
        self.environment = environment
        self.given = {name: value for name, value in given.items() if value is not None}
        self.found = Findings()
        self.at_fault: set[str] = set()
        self.warnings: list[str] = []
        self._path, self._text = Path(), ""
        self._file: Mapping[str, Any] = {}

    def read_file(self, known: Iterable[str]) -> None:
        """Read the settings file, if one is named; noted are keys that are no settings."""
        named = self.given.get("config", self.environment.get(CONFIG, ""))
        if not named:
            return
        called, self._path = "--config" if "config" in self.given else CONFIG, Path(named).absolute()
        try:
            self._text = read_regular(named, MOST_FILE_BYTES).decode()
        except OSError as error:
            self.found.add(called, f"must name a file that can be read: {error.strerror}, got {named!r}")
        except ValueError:
            self.found.add(called, f"must name a file with a text in UTF-8, got {named!r}")
        try:
            self._file = tomllib.loads(self._text)
        except (ValueError, RecursionError) as error:  # ValueError: also of a number with thousands of digits
            self.found.add(self._path.name, f"must be TOML: {error or 'nested too deeply'}")
        for key in sorted(self._file.keys() - set(known)):
            self.found.add(self._of_file(key).named, f"is no setting; {_hint(key.lower(), known)}")

    def _of_file(self, key: str) -> Origin:
        """Return where a key of the file is: by its line, where that is found."""
        quoted = rf"""["']?{re.escape(key)}["']?[ \t]*"""
        match = re.search(rf"^[ \t]*(?:{quoted}[=.]|\[+[ \t]*{quoted}[\].])", self._text, re.MULTILINE)
        line = f", line {self._text.count(chr(10), 0, match.start()) + 1}" if match else ""
        return Origin(f"{self._path.name}{line}", f"{self._path.name}{line}: {key}")

    def value(self, name: str, default: object) -> tuple[Any, Origin]:
        """Return the value of a setting from the first source that has it, None for its default, and which that is."""
        variable = PREFIX + name.upper()
        for values, key, key_of_file, origin_of in (
            (self.given, name, name + IN_FILE, lambda key: Origin(option(key), option(key))),
            (self.environment, variable, variable + IN_FILE.upper(), lambda key: Origin(key, key)),
            (self._file, name, name + IN_FILE, self._of_file),
        ):
            if name in SECRETS and values.get(key_of_file, "") != "":  # an empty one is not set
                origin = origin_of(key_of_file)
                if key in values:
                    self._fault(name, origin, f"must not be set together with {origin_of(key).named}")
                folder = self._path.parent if values is self._file else Path()
                return self._secret(name, origin, values[key_of_file], folder), origin
            if key in values:
                origin = origin_of(key)
                rule, value = self._judged(name, values[key], default, values)
                if rule:
                    self._fault(name, origin, rule)
                    return None, origin
                return type(default)(value) if isinstance(default, tuple | float) else value, origin
        return None, Origin(DEFAULT, name)

    def _fault(self, name: str, origin: Origin, rule: str) -> None:
        self.at_fault.add(name)
        self.found.add(origin.named, rule)

    def _judged(self, name: str, value: Any, default: object, source: Mapping[str, Any]) -> tuple[str, Any]:
        """Return the rule that a value breaks, empty where it breaks none, and the value as the setting has it."""
        has_password = name == "store" and shown_url(str(value)) != value
        if source is self.given:
            where = "set BOXWRIGHT_STORE or --store-file"
            rule = f"must have no password, since everybody on the machine sees options: {where}"
            return rule if has_password else "", value
        if source is self.environment:
            value = _typed(value, default)
        elif has_password or name in ("link_key", "order_id_key"):
            what = "hold no password" if name == "store" else "not be in a settings file"
            return f"must {what}: name a file that holds it ({name + IN_FILE}), or set {PREFIX}{name.upper()}", value
        if kind := _broken_type(name, value, default):
            return f"must be {kind}, got {_quoted(value)}", value
        if source is self._file and name in PATHS and value:
            folder = self._path.parent
            value = [str(folder / path) for path in value] if isinstance(value, list) else str(folder / value)
        return "", value

    def _secret(self, name: str, origin: Origin, named: Any, folder: Path) -> str | None:
        """Return the text of a file with a secret; noted is one that is none, and never what it holds."""
        rule = "must be a path in quotes"
        if isinstance(named, str):
            path = str(folder / named)
            try:
                with Path(path).open("rb") as file:
                    content = file.read(MOST_SECRET_BYTES + 1)
                if says := exposure(path):
                    self.warnings.append(f"{origin.named}: {says}")
                secret = content.decode().rstrip("\r\n")
                if secret and len(content) <= MOST_SECRET_BYTES and secret.isprintable():
                    return secret
                rule = f"must be a file with one line of at most {MOST_SECRET_BYTES:,} bytes, got {path!r}"
            except OSError as error:
                rule = f"must be a file that can be read: {error.strerror}, got {path!r}"
            except ValueError:
                rule = f"must be a file with a text in UTF-8, got {path!r}"
        self._fault(name, origin, rule)
        return None


def read_settings(environment: Mapping[str, str], given: Mapping[str, Any]) -> Sourced:
    """Return settings with their origins.

    Parameters
    ----------
    environment : mapping of str to str
        Variables.
    given : mapping of str
        Options by the name of the setting, ``config`` and those that name files of secrets among them; None is none.

    Raises
    ------
    InvalidInputError
        With every setting that breaks a rule, as it is called where it comes from.
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
            reading.found.add(variable, f"is no setting; {_hint(variable, variables)}")
    settings = Settings()
    try:
        settings = Settings(**{name: value for name, (value, _) in found.items() if value is not None})
    except InvalidInputError as error:
        # A setting without a value breaks no rule.
        absent = re.compile(rf"\b({'|'.join(reading.at_fault) or '(?!)'})\b")
        for fault in error.violations:
            if fault.field not in reading.at_fault and absent.search(fault.rule) is None:
                reading.found.add(origins[fault.field].named if fault.field in origins else fault.field, fault.rule)
    reading.found.raise_any()
    return Sourced(settings, origins, tuple(reading.warnings))


def read_secret(name: str, environment: Mapping[str, str], given: Mapping[str, Any]) -> str:
    """Return one of ``SECRETS`` from options or the environment, for a command that needs no other setting.

    Raises
    ------
    InvalidInputError
        If a file that is named cannot be read as one, or an option holds a password.
    """
    reading = _Reading(environment, given)
    value, _ = reading.value(name, "")
    reading.found.raise_any()
    return value or ""


def option(name: str) -> str:
    """Return how the option of a setting is typed."""
    return "--catalog" if name == "catalogs" else f"--{name.replace('_', '-')}"


def _hint(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f"did you mean {near[0]}?" if near else "`boxwright config show` lists all"


def _typed(text: str, default: object) -> object:
    """Return the value of a variable, of the type of the setting's default; the text itself where it is none."""
    try:
        if isinstance(default, bool):
            return {"true": True, "false": False}[text.lower()]
        if isinstance(default, tuple):
            return [part for part in text.split(os.pathsep) if part]
        return type(default)(text) if isinstance(default, int | float) else text
    except (KeyError, ValueError):
        return text


def _broken_type(name: str, value: object, default: object) -> str | None:
    """Return what the value must be; None where it is that."""
    if isinstance(default, bool):
        return None if isinstance(value, bool) else "true or false"
    if isinstance(default, tuple):
        texts = isinstance(value, list) and all(isinstance(text, str) for text in value)
        return None if texts else 'a list of texts, such as ["hall.toml"]'
    whole = isinstance(value, int) and not isinstance(value, bool)
    if whole and abs(value) >= 10**18:  # type: ignore[arg-type] # it is an int
        return "a text in quotes" if isinstance(default, str) else "a number of at most 18 digits"
    if isinstance(default, int):
        return None if whole else "a whole number"
    if isinstance(default, float):
        return None if whole or isinstance(value, float) else "a number"
    return None if isinstance(value, str) or (name == "workers" and whole) else "a text in quotes"


def _quoted(value: object) -> str:
    """Return a value of a settings file, cut, for an error."""
    try:
        return f"{value!r:.100}"
    except ValueError:  # Python writes no number of thousands of digits, which TOML has in hexadecimal ones
        return "a number of thousands of digits"


def exposure(path: str, *, group_reads: bool = False) -> str:
    """Return that others may use a file, and how that is ended; empty where they may not, or it is no file.

    Where its group may read it by design, that is not said: so it is where root owns the file and another group than
    root's has it, as systemd and Kubernetes hand secrets to a service.
    """
    with contextlib.suppress(OSError):
        status = Path(path).stat()
        group_reads = group_reads or (status.st_uid == 0 != status.st_gid)
        # A folder that was meant to be a file is not to be closed to others.
        if stat.S_ISREG(status.st_mode) and status.st_mode & (0o026 if group_reads else 0o066):
            return f"{path}: others may read or write it: chmod {'g-wx,o-rwx' if group_reads else 'go-rwx'} {path}"
    return ""


def exposed_files(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the setting and the exposure of each file that others may read or write."""
    store = sqlite_path(settings.store)
    named = [("tls_key", settings.tls_key), ("tokens_file", settings.tokens_file), ("store", store)]
    if store:  # beside a file of SQLite there is what was written last
        named += [("store", f"{store}-wal"), ("store", f"{store}-shm")]
    for name, path in named:
        # A file of tokens holds hashes, which a server may read as its group.
        if path and (says := exposure(path, group_reads=name == "tokens_file")):
            yield name, says
