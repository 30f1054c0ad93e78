"""What a look found: one line."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum

from boxwright.errors import BoxwrightError, InvalidInputError, printable


class Level(StrEnum):
    """How it is with what was looked at."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line.

    Attributes
    ----------
    check : str
        What was looked at, such as ``ports``.
    level : Level
        ``fail`` where a server does not start, or answers nobody or with errors.
    says : str
        What was found; never a secret.
    mend : str
        What to do about it; empty where there is nothing to do.
    """

    check: str
    level: Level
    says: str
    mend: str = ""

    def __post_init__(self) -> None:
        for name in ("says", "mend"):
            object.__setattr__(self, name, printable(getattr(self, name)))

    def as_dict(self) -> dict[str, str]:
        """Return it for JSON."""
        return asdict(self)


def faults(check: str, error: BoxwrightError, mend: str = "") -> Iterator[Finding]:
    """Yield a line for each fault of an error."""
    file = getattr(error, "file", "")
    texts: Iterable[object] = error.violations if isinstance(error, InvalidInputError) else [error]
    for each in texts:
        yield Finding(check, Level.FAIL, f"{file}: {each}" if file else str(each), mend)
