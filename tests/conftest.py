"""Hypothesis draws the same examples on every run, so that a red test is the work of a change and not of the draw.

Nor is it the work of a slow machine: no example has a deadline.
"""

import os

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("exploring", deadline=None)
settings.load_profile("exploring" if os.environ.get("BOXWRIGHT_EXPLORE") else "repeatable")
