"""Hypothesis draws the same examples on every run, so that a red test is the work of a change and not of the draw."""

import os

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True)
settings.load_profile("default" if os.environ.get("BOXWRIGHT_EXPLORE") else "repeatable")
