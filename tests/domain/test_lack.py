"""Gaps of totals and their texts."""

import pickle

import pytest

from boxwright.domain.factor import Component, Stage
from boxwright.domain.lack import Lack, NotStated


def test_a_lack_is_its_text() -> None:
    """The text is made of component, stage and subject and can be parsed again, also with colons and slashes."""
    lack = Lack(Component.VOID_FILL, Stage.END_OF_LIFE, "paper: 1/2")
    assert lack == "void_fill/end_of_life: paper: 1/2"
    again = Lack.read(lack)
    assert (again.component, again.stage, again.subject) == (Component.VOID_FILL, Stage.END_OF_LIFE, "paper: 1/2")


def test_a_lack_survives_a_process_pool() -> None:
    """A pickled gap keeps its class and its parts."""
    again = pickle.loads(pickle.dumps(NotStated(Component.HUB, Stage.TRANSPORT_WTT, "not stated")))
    assert type(again) is NotStated
    assert (again.component, again.stage, again.subject) == (Component.HUB, Stage.TRANSPORT_WTT, "not stated")


@pytest.mark.parametrize("text", ["", "box", "box: paper", "crate/production: paper", "box/making: paper"])
def test_a_text_without_component_and_stage_is_refused(text: str) -> None:
    """A text without component or stage is refused."""
    with pytest.raises(ValueError):
        Lack.read(text)
