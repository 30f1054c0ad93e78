"""Generates the stubs if the client is built on its own: ``pip install ./clients/python``.

In a checkout the server's generator makes them; a source distribution contains them.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ClientBuildHook(BuildHookInterface[BuilderConfig]):
    """Runs the generator of a checkout, if there is one, and includes the licence."""

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
