"""Runs the steps of the Dockerfile without a Docker engine.

``python3 deploy/rehearse.py CLEAN_ROOT`` takes the root folder of a minimal system with Python, such as
``debootstrap`` makes, and copies it for each stage. It carries out ENV, WORKDIR, COPY, RUN and USER in a chroot,
starts ENTRYPOINT and CMD as USER, with a root that cannot be written, waits until HEALTHCHECK passes, and stops the
server with SIGTERM. It needs root, and writes nothing outside ``CLEAN_ROOT.stages``.

It is no container engine: there are no namespaces, image layers or resource limits. An instruction that it does not
know ends it.
"""

import fnmatch
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

CONTEXT = Path(__file__).resolve().parents[1]
HEALTHY_WITHIN_S = 60
NEVER_SENT = {".git", ".venv", "node_modules"}
"""Folders that .dockerignore leaves out anyway; walking them takes long."""


@dataclass
class Stage:
    """A stage of the build: its root folder, and what its instructions have set so far."""

    root: Path
    environment: dict[str, str] = field(
        default_factory=lambda: {"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    )
    workdir: str = "/"
    user: str = "root"
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)

    def argv(self, command: list[str]) -> list[str]:
        """Return the prefix that runs a command in this stage, as its user and in its folder."""
        script = f"cd {shlex.quote(self.workdir)} && exec {shlex.join(command)}"
        return ["chroot", f"--userspec={self.user}", str(self.root), "/bin/sh", "-c", script]

    def confined(self, command: list[str]) -> list[str]:
        """Return that prefix with a read-only root and no way to gain rights, as in deployments.

        The mount is seen by this command alone. A user other than root has no capabilities.
        """
        root = shlex.quote(str(self.root))
        began = shlex.join(["setpriv", "--no-new-privs", *self.argv(command)])
        script = f"mount --bind {root} {root} && mount -o remount,bind,ro {root} && exec {began}"
        return ["unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", script]

    def run(self, script: str) -> None:
        """Carry out RUN; a failure ends the rehearsal. The machine's own certificates and index settings are used."""
        machine = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        subprocess.run(self.argv(["/bin/sh", "-c", script]), env=machine | self.environment, check=True)

    def place(self, path: str) -> Path:
        """Return the place of a path of this stage on this machine."""
        return self.root / (path if path.startswith("/") else f"{self.workdir}/{path}").lstrip("/")


def instructions(text: str) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile with their arguments, comments left out and lines joined."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in joined.splitlines())]


def context_files() -> list[Path]:
    """Return the files that .dockerignore lets through, relative to the context; the last pattern that matches wins."""
    text = (CONTEXT / ".dockerignore").read_text(encoding="utf-8")
    patterns = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [path for path in _all_files() if _let_in(path, patterns)]


def _all_files() -> list[Path]:
    found = []
    for folder, folders, names in os.walk(CONTEXT):
        folders[:] = [name for name in folders if name not in NEVER_SENT]
        found += [(Path(folder) / name).relative_to(CONTEXT) for name in names]
    return found


def _let_in(path: Path, patterns: list[str]) -> bool:
    let_in = True
    for pattern in patterns:
        bare = pattern.removeprefix("!")
        anywhere, bare = bare.startswith("**/"), bare.removeprefix("**/")
        steps = [path, *path.parents][:-1]
        if any(fnmatch.fnmatch(step.name if anywhere else str(step), bare) for step in steps):
            let_in = pattern.startswith("!")
    return let_in


def copy(stage: Stage, words: list[str], stages: dict[str, Stage]) -> None:
    """Carry out COPY, from the context or from an earlier stage."""
    options = dict(word.removeprefix("--").split("=", 1) for word in words if word.startswith("--"))
    *sources, target = [word for word in words if not word.startswith("--")]
    if set(options) - {"from"}:
        raise SystemExit(f"COPY: options {sorted(options)} are unknown here")
    to = stage.place(target)
    if "from" in options:
        for source in sources:
            subprocess.run(["cp", "-aT", str(stages[options["from"]].place(source)), str(to)], check=True)
        return
    files = context_files()
    for wanted in map(Path, sources):
        chosen = [path for path in files if path == wanted or wanted in path.parents]
        if not chosen:
            raise SystemExit(f"COPY: {wanted} is not in the build context")
        for path in chosen:
            landing = to / (path.name if path == wanted else path.relative_to(wanted))
            landing.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CONTEXT / path, landing)


def expanded(value: str, environment: dict[str, str]) -> str:
    """Return a value with the variables in it replaced."""
    return re.sub(r"\$(\w+)", lambda match: environment.get(match[1], ""), value)


def build(clean_root: Path, folder: Path) -> Stage:
    """Carry out the whole Dockerfile and return its last stage."""
    stages: dict[str, Stage] = {}
    stage = Stage(clean_root)
    for word, rest in instructions((CONTEXT / "Dockerfile").read_text(encoding="utf-8")):
        print(f"--- {word} {rest}", flush=True)
        if word == "FROM":
            name = rest.partition(" AS ")[2] or f"stage-{len(stages)}"
            subprocess.run(["cp", "-a", str(clean_root), str(folder / name)], check=True)
            stage = stages[name] = Stage(folder / name)
        elif word in ("ENV", "ARG"):  # an ARG of one stage; nothing is given from outside
            pairs = dict(pair.split("=", 1) for pair in shlex.split(rest))
            stage.environment |= {name: expanded(value, stage.environment) for name, value in pairs.items()}
        elif word == "WORKDIR":
            stage.workdir = rest
            stage.place(rest).mkdir(parents=True, exist_ok=True)
        elif word == "COPY":
            copy(stage, rest.split(), stages)
        elif word == "RUN":
            stage.run(rest)
        elif word == "USER":
            stage.user = rest
        elif word == "ENTRYPOINT":
            stage.entrypoint = json.loads(rest)
        elif word == "CMD":
            stage.command = json.loads(rest)
        elif word == "HEALTHCHECK":
            stage.health = json.loads(rest.partition(" CMD ")[2])
        elif word != "EXPOSE":
            raise SystemExit(f"{word}: an instruction that is unknown here")
    return stage


def rights(pid: int, stage: Stage) -> list[str]:
    """Return the rights of a process; a process with rights ends the rehearsal."""
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line
    )
    mounts = [line.split() for line in Path(f"/proc/{pid}/mountinfo").read_text().splitlines()]
    root = [mount for mount in mounts if mount[4] == "/"]
    if int(status["CapEff"], 16) or status["NoNewPrivs"] != "1" or not root or "ro" not in root[-1][5].split(","):
        raise SystemExit(f"{stage.user} has rights: {status['CapEff']}, {status['NoNewPrivs']}, {root}")
    return ["its root is read-only, it has no capabilities and can gain none"]


def start(stage: Stage) -> None:
    """Start the command with the rights of a deployment, wait until it is healthy, stop it, and wait for its end."""
    environment = stage.environment
    began = time.monotonic()
    server = subprocess.Popen(
        stage.confined([*stage.entrypoint, *stage.command]),
        env={**environment, "BOXWRIGHT_ALLOW_UNAUTHENTICATED": "true"},
    )
    while subprocess.run(stage.argv(stage.health), env=environment, check=False).returncode:
        if server.poll() is not None or time.monotonic() - began > HEALTHY_WITHIN_S:
            server.kill()
            raise SystemExit("the server did not become healthy")
        time.sleep(0.5)
    print(f"healthy after {time.monotonic() - began:.1f} s as {stage.user}", flush=True)
    print("".join(rights(server.pid, stage)), flush=True)
    server.send_signal(signal.SIGTERM)
    code = server.wait(timeout=60)
    print(f"ended with {code} after SIGTERM")
    if code:
        raise SystemExit(1)


def main() -> None:
    """Rehearse the build and one run."""
    clean_root = Path(sys.argv[1]).resolve()
    folder = Path(f"{clean_root}.stages")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    start(build(clean_root, folder))


if __name__ == "__main__":
    main()
