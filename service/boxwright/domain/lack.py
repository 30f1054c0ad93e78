"""What a total of CO2e lacks: a factor that its profile does not have, or what nobody stated."""

from collections.abc import Iterable, Sequence
from typing import Self

from boxwright.domain.factor import Component, Stage
from boxwright.errors import BoxwrightError

HUBS_UNSTATED = "Hubs are not counted: the lane does not state them"
"""What is said once of totals whose lane has legs and does not state hubs."""


class Lack(str):
    """A component and stage that a total lacks, and of what; as text ``component/stage: subject``."""

    component: Component
    stage: Stage
    subject: str
    """A material, transport class or hub class without factor, or what nobody stated."""

    def __new__(cls, component: Component, stage: Stage, subject: str) -> Self:
        """Make the text once; it is what the value equals."""
        made = super().__new__(cls, f"{component.value}/{stage.value}: {subject}")
        made.component, made.stage, made.subject = component, stage, subject
        return made

    def __getnewargs__(self) -> tuple[Component, Stage, str]:  # type: ignore[override]  # for pickle: how it is made
        return self.component, self.stage, self.subject

    @classmethod
    def read(cls, text: str) -> Self:
        """Return what a text says is lacking; ValueError if it names no component or no stage."""
        where, _, subject = text.partition(": ")
        component, _, stage = where.partition("/")
        return cls(Component(component), Stage(stage), subject)


def in_words(lacks: Iterable[Lack]) -> str:
    """Return what a total lacks in words, grouped by subject."""
    stages: dict[str, list[str]] = {}
    for lack in sorted(lacks):
        words = f"{lack.component.value} {lack.stage.value.removeprefix('transport_')}".replace("_", " ")
        stages.setdefault(lack.subject, []).append(words)
    return "; ".join(f"{', '.join(words)} ({subject})" for subject, words in stages.items())


class NotStated(Lack):
    """What a total lacks because nobody stated it, not for want of a factor."""


class MissingFactorError(BoxwrightError):
    """A footprint needs a factor that its accounting profile does not have; ``missing`` are the lines without one."""

    def __init__(self, profile_id: str, missing: Sequence[Lack]) -> None:
        self.profile_id = profile_id
        self.missing = tuple(missing)
        super().__init__(f"profile {profile_id} has no factor for: {', '.join(self.missing)}")
