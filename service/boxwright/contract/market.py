"""Markets and their rules, as data."""

import datetime
import math

from boxwright.catalog.materials import Market
from boxwright.catalog.rows import MarketRule
from boxwright.contract.dates import date_to_wire
from boxwright.contract.message import Codec
from boxwright.contract.names import market_name
from boxwright.v1 import market_pb2

RULE = Codec(market_pb2.MarketRule, MarketRule, "threshold")
MARKET = Codec(market_pb2.Market, Market, "rules")


def market_to_wire(market: Market) -> market_pb2.Market:
    """Return the message of a market."""
    return MARKET(market, name=market_name(market.market_id), rules=[_rule(rule) for rule in market.rules])


def _rule(rule: MarketRule) -> market_pb2.MarketRule:
    """Return the message of a rule; a threshold or day that is not one figure is said in the description."""
    threshold, day = _number(rule.threshold), _day(rule.in_force_from)
    words = [rule.definition, f"Applies to: {rule.applies_to}." if rule.applies_to else "", rule.note]
    if threshold is None and rule.threshold:
        words.append(f"Threshold: {rule.threshold}.")
    if day is None and rule.in_force_from:
        words.append(f"In force from: {rule.in_force_from}.")
    return RULE(
        rule,
        threshold=threshold,
        unit=rule.unit if threshold is not None else "",
        effective_from=date_to_wire(day),
        provisional=rule.note.startswith("provisional"),
        description=" ".join(word for word in words if word),
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
