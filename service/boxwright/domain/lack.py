"""Gaps of a total of CO2e: factors that its profile lacks, and scope that is not stated."""

from collections.abc import Iterable, Sequence
from typing import Self

from boxwright.domain.factor import Component, Stage
from boxwright.errors import BoxwrightError

HUBS_UNSTATED = "Hubs are not counted: the lane does not state them"
"""Remark on totals whose lane has legs but does not state hubs."""


class Lack(str):
    """A component and stage that a total lacks; its text is ``component/stage: subject``."""

    component: Component
    stage: Stage
    subject: str
    """A material, transport class or hub class without a factor, or a part of the scope that is not stated."""

    def __new__(cls, component: Component, stage: Stage, subject: str) -> Self:
        """Build the text that the value equals."""
        made = super().__new__(cls, f"{component.value}/{stage.value}: {subject}")
        made.component, made.stage, made.subject = component, stage, subject
        return made

    def __getnewargs__(self) -> tuple[Component, Stage, str]:  # type: ignore[override]  # for pickle
        return self.component, self.stage, self.subject

    @classmethod
    def read(cls, text: str) -> Self:
        """Parse a text; ValueError if its component or stage is unknown."""
        where, _, subject = text.partition(": ")
        component, _, stage = where.partition("/")
        return cls(Component(component), Stage(stage), subject)


def in_words(lacks: Iterable[Lack]) -> str:
    """Return gaps as text, grouped by subject."""
    stages: dict[str, list[str]] = {}
    for lack in sorted(lacks):
        words = f"{lack.component.value} {lack.stage.value.removeprefix('transport_')}".replace("_", " ")
        stages.setdefault(lack.subject, []).append(words)
    return "; ".join(f"{', '.join(words)} ({subject})" for subject, words in stages.items())


class NotStated(Lack):
    """A gap because a part of the scope is not stated, not because a factor is missing."""


class MissingFactorError(BoxwrightError):
    """An accounting profile lacks factors of a footprint, listed in ``missing``."""

    def __init__(self, profile_id: str, missing: Sequence[Lack]) -> None:
        self.profile_id = profile_id
        self.missing = tuple(missing)
        super().__init__(f"profile {profile_id} has no factor for: {', '.join(self.missing)}")
