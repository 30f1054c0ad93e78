"""Replays the certificates of all plans of an order set, and forged certificates.

    python -m benchmarks.certificates --data DIR [--set NAME ...] [--mode balanced ...] [--orders N]

Certificates of the engine must hold. Each of ``FORGERIES`` claims more than was proved and must be detected. Prints one
Markdown table; ends with status 1 if a good certificate fails or a forged one passes.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.datasets import SETS, load
from boxwright import Plan, Policy, plan, verify_certificate
from boxwright.domain.plan import Certificate, ProofStatus, RefusedCandidate
from boxwright.domain.proof import Proof
from boxwright.packing.own import warm_up

Forgery = Callable[[Plan], Certificate | None]
"""Returns the certificate of a plan with a false claim; None if the plan has no claim of this kind."""


def _refuses_the_box_used(good: Plan) -> Certificate | None:
    """Refuse the box of a plan of one parcel."""
    if len(good.parcels) != 1 or good.unpacked:
        return None
    refused = (
        *good.certificate.refused_candidates,
        RefusedCandidate(good.parcels[0].box_type_id, Proof.VOLUME, "too small"),
    )
    return replace(good.certificate, refused_candidates=refused)


def _passes_a_box_over(good: Plan) -> Certificate | None:
    """Drop a refused box from a PROVED plan of one parcel."""
    proved = good.certificate.status is ProofStatus.PROVED and len(good.parcels) == 1
    return (
        replace(good.certificate, refused_candidates=good.certificate.refused_candidates[1:])
        if proved and good.certificate.refused_candidates
        else None
    )


def _claims_what_is_open(good: Plan) -> Certificate | None:
    """Turn an OPEN certificate into a PROVED one."""
    certificate = good.certificate
    if certificate.status is ProofStatus.PROVED:
        return None
    return replace(
        certificate,
        status=ProofStatus.PROVED,
        open_candidates=(),
        lower_bound=certificate.value,
    )


def _proves_otherwise(good: Plan) -> Certificate | None:
    """Name another proof for the last refused box."""
    refused = good.certificate.refused_candidates
    if not refused:
        return None
    other = Proof.WEIGHT if refused[-1].proof is Proof.VOLUME else Proof.VOLUME
    return replace(good.certificate, refused_candidates=(*refused[:-1], replace(refused[-1], proof=other)))


def _states_less(good: Plan) -> Certificate | None:
    """State a value below the plan's."""
    return replace(good.certificate, value=good.certificate.value - 1)


FORGERIES: dict[str, Forgery] = {
    "refuses the box used": _refuses_the_box_used,
    "omits a refused box": _passes_a_box_over,
    "calls OPEN PROVED": _claims_what_is_open,
    "another proof": _proves_otherwise,
    "another value": _states_less,
}


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Run the replay; see the module. Returns the number of wrong verdicts."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.certificates", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the order sets")
    parser.add_argument("--set", action="append", choices=SETS, help="default: all")
    parser.add_argument("--mode", action="append", choices=["fast", "balanced", "thorough"], help="default: balanced")
    parser.add_argument("--orders", type=int, default=None, help="first N orders of each set; default: all")
    chosen = parser.parse_args(arguments)
    warm_up()
    wrong = 0
    say(f"| set | mode | certificates | hold | {' | '.join(FORGERIES)} |\n|{'---|' * (4 + len(FORGERIES))}")
    for name in chosen.set or SETS:
        data = load(chosen.data, name)
        for mode in chosen.mode or ["balanced"]:
            policy = Policy(lifting_profile="freight", mode=mode, allow_partial=True, load_bearing=False)
            hold = 0
            detected = dict.fromkeys(FORGERIES, 0)
            forged = dict.fromkeys(FORGERIES, 0)
            orders = data.orders[: chosen.orders]
            for order in orders:
                good = plan(order, data.catalog, policy, profiles=())
                broken = verify_certificate(good, order, data.catalog, policy, profiles=())
                hold += not broken
                if broken:
                    say(f"{name} {order.order_id}: {broken[0]}")
                for forgery, forge in FORGERIES.items():
                    certificate = forge(good)
                    if certificate is None:
                        continue
                    forged[forgery] += 1
                    bad = replace(good, certificate=certificate)
                    if verify_certificate(bad, order, data.catalog, policy, profiles=()):
                        detected[forgery] += 1
                    else:
                        say(f"{name} {order.order_id}: not detected: {forgery}")
            wrong += len(orders) - hold + sum(forged.values()) - sum(detected.values())
            cells = " | ".join(f"{detected[forgery]} of {forged[forgery]}" for forgery in FORGERIES)
            say(f"| {name} | {mode} | {len(orders)} | {hold} | {cells} |")
    return wrong


if __name__ == "__main__":
    sys.exit(bool(main()))
