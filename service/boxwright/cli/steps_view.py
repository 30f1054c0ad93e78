"""The steps of a plan in words, as ``pack --steps-in-words`` prints them."""

import itertools
from operator import itemgetter

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from boxwright.domain.plan import Plan
from boxwright.domain.rounded import visible
from boxwright.planning import Task, bench_words, why_apart


def print_steps(console: Console, plan: Plan, task: Task) -> None:
    """Print each parcel's steps, filling, tape, marks and weight, a sentence each."""
    for number, words in enumerate(bench_words(plan, task), start=1):
        console.print(Text(f"Parcel {number} of {len(plan.parcels)}, step by step", style="bold"))
        console.print(Padding(Text("\n".join(visible(each) for each in str(words).split("\n"))), (0, 0, 1, 2)))


def print_why_apart(console: Console, plan: Plan, task: Task) -> None:
    """Print why the order has more than one parcel, as far as that is known; parcels in a row with one reason once."""
    said = []
    for why, run in itertools.groupby(enumerate(why_apart(plan, task), 1), key=itemgetter(1)):
        numbers = [number for number, _ in run]
        many = f"Parcels {numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else f"Parcel {numbers[0]}"
        if why:
            said.append(f"{many}. {visible(why)}")
    if said:
        console.print(Text("Why more than one parcel", style="bold"))
        console.print(Padding(Text("\n".join(said)), (0, 0, 1, 2)))
