"""Planning in processes: each takes a whole core, and what breaks in one is answered with an error and begun anew."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from boxwright.errors import BoxwrightError, CpuCeilingError, SearchEndedError
from boxwright.server.asked import Answered, entry_of
from boxwright.server.fair_queue import CallKind
from boxwright.server.logs import log
from boxwright.server.noted import Notes
from boxwright.server.processes.loader import Loader
from boxwright.server.processes.lost import MemoryCeilingError, PlanningLostError
from boxwright.server.processes.team import Team
from boxwright.server.processes.template_link import LoadingLostError, signal_name
from boxwright.server.relayed import RelayedError
from boxwright.server.threads import Threads
from boxwright.server.workers import SMALL_JOB_S, SPARE, Job, Workers
from boxwright.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from boxwright.server.metrics import Metrics
    from boxwright.server.processes.place import Place
    from boxwright.server.processes.spawned import Spawned
    from boxwright.server.shelf import Shelf

Answer = TypeVar("Answer")

CHORES = 2
"""Threads of the door: they read long requests and write long answers."""

LOOK_EVERY_S = 0.05
"""How often processes under way are looked at, and whether what waits may begin, in seconds."""

FULL = 0.75
"""Share of the memory that a process may take beyond what it began with, from which an idle one is replaced."""

_NAMES = {MemoryCeilingError: "memory", CpuCeilingError: "cpu", PlanningLostError: "stuck"}
"""Why a process was ended, as the metrics name it."""


class Processes(Workers):
    """Processes that plan.

    Parameters
    ----------
    processes : int
        How many orders are planned at once; one process more is for small ones while large ones have these.
    shelf : Shelf
        What they plan with, and their limits.
    metrics : Metrics
        Where all is counted.
    spawned : Spawned, optional
        A process that loads, started before. Default: one is started when it is needed.
    """

    def __init__(self, processes: int, shelf: Shelf, metrics: Metrics, spawned: Spawned | None = None) -> None:
        settings = shelf.settings
        super().__init__(processes, settings.max_waiting_s, stall_s=settings.stall_s, metrics=metrics)
        self._settings = settings
        self._chores = Threads(
            CHORES,
            settings.max_waiting_s,
            max_cpu_s=settings.max_cpu_s_per_order,
            stall_s=settings.stall_s,
            metrics=metrics,
        )
        self._notes = Notes(metrics)
        self._loader = Loader(settings, spawned, self._lost_loader)
        self._teams: list[Team] = []
        self._team = self._new_team(shelf)
        self._whys: dict[int, str] = {}
        self._closed = False
        self._alive_at_s = time.monotonic()
        metrics.worker_memory.set_function(lambda: sum(self._resident_bytes()))
        metrics.worker_memory_largest.set_function(lambda: max(self._resident_bytes(), default=0))
        metrics.worker_memory_limit.set(settings.max_worker_bytes)

    @property
    def alive(self) -> bool:
        """Whether there is a process that plans or loads what planning needs, or was one a moment ago."""
        return time.monotonic() - self._alive_at_s < self._stall_s

    @property
    def pids(self) -> list[int]:
        """Process ids of those that plan."""
        return [each.pid for each in self._team.places if each.pid]

    async def start(self) -> None:
        """Start the processes; return once all are ready.

        Raises
        ------
        NoPlanningError
            If kernels cannot be loaded there.
        """
        self._watch()
        await self._team.start()

    async def prepare(self, shelf: Shelf) -> Callable[[], None]:
        """Start other processes with another shelf; return what has them take the place of those there are.

        Those with a job under way end it first. The process that loads has both shelves meanwhile; should it end, which
        ends all that plan, another takes its place and loads both.

        Raises
        ------
        NoPlanningError
            If they do not start.
        """
        try:
            team = await self._started(shelf)
        except LoadingLostError:
            team = await self._started(shelf)
        return partial(self._change, team)

    async def _started(self, shelf: Shelf) -> Team:
        """Return a team that may begin."""
        team = self._new_team(shelf)
        try:
            await team.start()
        except BaseException:
            team.close()
            self._teams.remove(team)
            raise
        return team

    def _change(self, team: Team) -> None:
        old, self._team = self._team, team
        old.leave()
        self._teams = [each for each in self._teams if not each.gone]
        with self._changed:
            self._wake()

    def _new_team(self, shelf: Shelf) -> Team:
        team = Team(
            shelf,
            self._loader,
            self.at_once + SPARE,
            heard=self._heard,
            lost=self._lost,
            ended=self._ended,
            ready=self._ready,
        )
        self._teams.append(team)
        return team

    def _lost_loader(self) -> None:
        self._metrics.restarts.labels("loading").inc()
        self._whys.clear()  # nobody says any more that these have ended, and their numbers are given anew
        for team in self._teams:
            team.see_off()

    def _ready(self) -> None:
        with self._changed:
            self._wake()

    @property
    def ready(self) -> int:
        """How many processes are there, busy or not."""
        return sum(place.idle or place.job is not None for place in self._team.places)

    def _resident_bytes(self) -> list[int]:
        return [each.resident_bytes() for each in self._all_places()]

    def _all_places(self) -> list[Place]:
        return [place for team in self._teams for place in team.places]

    async def run(
        self,
        work: Callable[[], Answer],
        *,
        caller: str = "",
        kind: CallKind = CallKind.SINGLE,
        limited: bool = True,
        effort_s: float = SMALL_JOB_S,
        deadline_s: float = math.inf,
        stop: Stop | None = None,
    ) -> Answer:
        """Return what a callable returns in a thread of this process; see ``Workers``."""
        return await self._chores.run(
            work, caller=caller, kind=kind, limited=limited, effort_s=effort_s, deadline_s=deadline_s, stop=stop
        )

    def shed(self) -> None:
        """Send away what has waited too long or waits in vain."""
        super().shed()
        self._chores.shed()

    def close(self) -> None:
        """Drop what still waits, and end the processes."""
        self._closed = True
        self._chores.close()
        for job in self._admission.drain():
            job.future.cancel()
        for place in self._all_places():
            if place.job is not None:
                place.job.hand_over(None, SearchEndedError("the server stops"))
        for team in self._teams:
            team.close()
        self._loader.close()

    def join(self, timeout_s: float) -> int:
        """Wait for threads and processes to end once closed; return how many have not."""
        until = time.monotonic() + timeout_s
        ended = self._loader.join(timeout_s)
        return self._chores.join(max(0.0, until - time.monotonic())) + (0 if ended else self.at_once)

    def _begin(self, job: Job) -> bool:
        place = next(self._idle_places(), None)
        if place is None or not self._admission.begin(job, time.monotonic()):
            return False
        self._took_up(job)
        place.begin(job, self._settings.max_cpu_s_per_order)
        return True

    def _wake(self) -> None:
        if not self.waiting:
            return
        away = []
        for place in self._idle_places():
            job, more = self._admission.take(time.monotonic())
            away += more
            if job is None:
                break
            self._took_up(job)
            place.begin(job, self._settings.max_cpu_s_per_order)
        self._send_away(away)

    def _idle_places(self) -> Iterator[Place]:
        """Yield the places that take an order, those last whose process is nearly full."""
        idle = [each for each in self._team.places if each.idle]
        return iter(sorted(idle, key=self._is_full) if len(idle) > 1 else idle)

    def _heard(self, place: Place, head: Any, body: bytes) -> None:
        """Take an answer, or a plan on the way to it."""
        _, what, notes, *rest = head
        self._notes.take(notes)
        if what == "better":
            assert place.job is not None
            assert place.job.asked is not None
            if place.job.asked.better is not None:
                place.job.asked.better(body)
            return
        job = place.release()
        assert job is not None
        self._free(job)
        told, job.stop.phases = rest
        if what == "error":
            job.hand_over(None, RelayedError.of(told))
        else:
            job.hand_over(Answered(body, entry_of(told)), None)

    def _free(self, job: Job) -> None:
        """Note that a job is done, and begin what waits."""
        with self._changed:
            self._settle(job, ended=job.stop.ended)
            self._wake()

    def _lost(self, place: Place) -> None:
        """Answer the order of a process that is gone."""
        job, why = place.release(), place.why
        if job is not None:
            self._free(job)
            job.hand_over(None, why or PlanningLostError("the process that planned this order ended before its answer"))

    def _ended(self, pid: int, code: int) -> None:
        """Log how a process ended, and count it."""
        name = self._whys.pop(pid, "crash")
        self._metrics.restarts.labels(name).inc()
        facts = {"pid": pid, "ended": signal_name(code), "why": name}
        log(logging.INFO if name == "full" else logging.ERROR, "a planning process ended and is begun anew", facts)

    def _watch(self) -> None:
        """Look at what is under way, now and from time to time."""
        if self._closed:
            return
        if self._loader.loading or any(place.idle or place.job is not None for place in self._team.places):
            self._alive_at_s = time.monotonic()
        self._teams = [each for each in self._teams if not each.gone]
        self._notes.count()
        self._loader.look(self._stall_s)
        for team in self._teams:
            for place in team.places:
                self._look(team, place)
        with self._changed:
            self._wake()  # an order that takes longer than it was to makes room for a small one
        asyncio.get_running_loop().call_later(LOOK_EVERY_S, self._watch)

    def _look(self, team: Team, place: Place) -> None:
        """End a process that must be ended, or that is idle and nearly full while all others are there."""
        if place.job is not None and place.why is None and (why := self._wrong(place, place.job)) is not None:
            place.why, self._whys[place.pid] = why, _NAMES[type(why)]
            team.kill(place)
        elif place.idle and self._is_full(place) and all(each.there for each in team.places):
            place.why = MemoryCeilingError("earlier orders have left this process too little memory for another")
            self._whys[place.pid] = "full"
            team.kill(place)

    def _is_full(self, place: Place) -> bool:
        """Whether earlier orders have left a process so little memory that the next one might meet its ceiling."""
        left_bytes = self._settings.max_worker_bytes - place.first_bytes
        return left_bytes > 0 and place.resident_bytes() - place.first_bytes > FULL * left_bytes

    def _wrong(self, place: Place, job: Job) -> BoxwrightError | None:
        """Return why a process must be ended; None where it may go on."""
        most = self._settings.max_worker_bytes
        if place.resident_bytes() > most:
            return MemoryCeilingError(f"the order took more memory than one may take, {most:,} bytes")
        ceiling_s = self._settings.max_cpu_s_per_order
        if job.limited and place.cpu_s() - place.begun_cpu_s > ceiling_s + self._stall_s:
            return CpuCeilingError(f"the order reached its ceiling of {ceiling_s:g} s of CPU before there was a plan")
        if job.is_stuck(self._stall_s):
            return PlanningLostError("the process that planned this order did not get on")
        return None
