"""Says what is wrong with the contents of a wheel: ``python .ci/check_wheel.py FILE.whl``."""

import re
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[1]
PLACES = ("boxwright/", "boxwright_client/", "boxwright-")


def faults(names: set[str]) -> list[str]:
    """Return what is missing from a wheel with these files, and what should not be in it."""
    wanted = {"boxwright/py.typed", "boxwright_client/py.typed"}
    wanted |= {
        f"boxwright/_data/{path.relative_to(ROOT / 'materials')}"
        for path in (ROOT / "materials").rglob("*")
        if path.is_file()
    }
    for proto in (ROOT / "proto" / "boxwright" / "v1").glob("*.proto"):
        kinds = ["", "_grpc"] if proto.stem.endswith("_service") else [""]
        wanted |= {
            f"{package}/v1/{proto.stem}_pb2{kind}.{ending}"
            for package in ("boxwright", "boxwright_client")
            for kind in kinds
            for ending in ("py", "pyi")
        }
    for package in (ROOT / "service" / "boxwright", ROOT / "clients" / "python" / "boxwright_client"):
        wanted |= {str(path.relative_to(package.parent)) for path in package.rglob("*.py")}
    code = [name for name in names if re.fullmatch(r"boxwright/packing/kernels\.[\w.-]+\.code", name)]
    strange = {name for name in names if not name.startswith(PLACES) or re.search(r"(^|/)(tests?|__pycache__)/", name)}
    licences = {"LICENSE", "proto/third_party/googleapis/LICENSE"}
    held = {name.partition(".dist-info/licenses/")[2] for name in names}
    return [
        *(f"missing: {name}" for name in sorted(wanted - names)),
        *([] if len(code) == 1 else [f"kernels for one Python and platform, not {len(code)}"]),
        *(f"missing licence: {name}" for name in sorted(licences - held)),
        *(f"should not be in it: {name}" for name in sorted(strange)),
    ]


if __name__ == "__main__":
    with ZipFile(sys.argv[1]) as wheel:
        names = {name for name in wheel.namelist() if not name.endswith("/")}
    found = faults(names)
    print("\n".join(found) or f"{Path(sys.argv[1]).name}: {len(names)} files, none missing, none too many")
    sys.exit(bool(found))
