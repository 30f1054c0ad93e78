"""Generates the stubs when the client is built by itself: ``pip install ./clients/python``.

In a checkout they are made as those of the server are. A source distribution carries them.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ClientBuildHook(BuildHookInterface[BuilderConfig]):
    """Runs the generator of the checkout, where there is one, and takes the licence along."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Generate all stubs."""
        folder = Path(self.root)
        checkout = folder.parents[1]
        generator = checkout / "proto" / "build_hook.py"
        if generator.exists():
            runpy.run_path(str(generator))["generate"](checkout)
        licence = (checkout if generator.exists() else folder) / "LICENSE"
        build_data["force_include"][str(licence)] = (
            "LICENSE" if self.target_name == "sdist" else "boxwright_client/LICENSE"
        )
