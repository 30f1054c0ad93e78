"""The build hook, independent of the folder in which a build runs."""

import runpy
import sys
from pathlib import Path
from types import ModuleType

import pytest

HOOK = Path(__file__).parents[1] / "proto" / "build_hook.py"

AS_PIP_DOES = """
import sys
sys.path = [each for each in sys.path if each != {dropped!r}]
"""


@pytest.fixture
def compile_kernels(monkeypatch):
    """Code that compiles kernels as the hook does, without the builder."""
    config, interface = ModuleType("config"), ModuleType("interface")
    config.BuilderConfig, interface.BuildHookInterface = object, list
    monkeypatch.setitem(sys.modules, "hatchling.builders.config", config)
    monkeypatch.setitem(sys.modules, "hatchling.builders.hooks.plugin.interface", interface)
    return runpy.run_path(str(HOOK))["compile_kernels"]


def test_an_editable_install_can_be_repeated(tmp_path, monkeypatch, compile_kernels):
    """An isolated build works although pip removes the package's folder, added by an earlier install, from the path."""
    service, isolated = tmp_path / "service", tmp_path / "isolated"
    packing = service / "boxwright" / "packing"
    packing.mkdir(parents=True)
    isolated.mkdir()
    (packing / "ahead.py").write_text("import os\nprint(os.path.join(os.environ['NUMBA_CPU_NAME'], 'code'))")
    for each in (packing, packing.parent):
        (each / "__init__.py").touch()
    (isolated / "sitecustomize.py").write_text(AS_PIP_DOES.format(dropped=str(service)))
    monkeypatch.setenv("PYTHONPATH", str(isolated))
    monkeypatch.setenv("PYTHONSAFEPATH", "1")
    monkeypatch.setenv("NUMBA_CPU_NAME", "this one")
    assert compile_kernels(tmp_path) == Path("generic", "code")
