"""The steps of a plan in words, as ``pack --steps-in-words`` prints them."""

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from boxwright.domain.plan import Plan
from boxwright.export.rounded import visible
from boxwright.planning import Task, bench_words


def print_steps(console: Console, plan: Plan, task: Task) -> None:
    """Print each parcel's steps, filling, tape, marks and weight, a sentence each."""
    for number, words in enumerate(bench_words(plan, task), start=1):
        console.print(Text(f"Parcel {number} of {len(plan.parcels)}, step by step", style="bold"))
        console.print(Padding(Text("\n".join(visible(str(each)) for each in words.lines)), (0, 0, 1, 2)))
