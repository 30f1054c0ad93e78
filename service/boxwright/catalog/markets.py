"""Reads markets: their rules, their countries, and how materials are collected there."""

from boxwright.catalog.folder_reader import FolderReader, Table
from boxwright.catalog.materials import Market
from boxwright.catalog.rows import MarketCountries, MarketRule
from boxwright.domain.material import RecyclingStream

RULES = Table("market_rules.csv", MarketRule, ("rule_id",))
COUNTRIES = Table("markets.csv", MarketCountries, ("market_id",))
_OF_BOTH = ("material_id", "market_id")
STREAMS = Table("recycling_streams.csv", RecyclingStream, _OF_BOTH, refers=_OF_BOTH)


def read_markets(reader: FolderReader) -> tuple[Market, ...]:
    """Return the markets, those without rules among them.

    Raises
    ------
    DataFileError
        If a table is malformed, markets are named differently, or a country is in two of them.
    """
    rules = reader.rows(RULES)
    names = {rule.market_id: rule.market_name for rule in rules}
    countries = _countries(reader, names)
    reader.ids["market_id"] = set(names)
    streams = reader.rows(STREAMS)
    return tuple(
        Market(
            market_id,
            names[market_id],
            tuple(each for each in rules if each.market_id == market_id),
            countries.get(market_id, ()),
            tuple(each for each in streams if each.market_id == market_id),
        )
        for market_id in sorted(names)
    )


def _countries(reader: FolderReader, names: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the countries of each market, and add to ``names`` the markets that have no rules."""
    taken: dict[str, str] = {}
    with reader.faults_of(COUNTRIES.file) as faults:
        rows = reader.read(COUNTRIES, faults)
        for number, row in rows:
            name = names.setdefault(row.market_id, row.market_name)
            if name != row.market_name:
                rule = f"must be {name!r} as in {RULES.file}, got {row.market_name!r}"
                faults.row(number).add("market_name", rule)
            for code in row.country_codes:
                if taken.setdefault(code, row.market_id) != row.market_id:
                    rule = f"must name a country once, {code} is in {taken[code]!r} already"
                    faults.row(number).add("country_codes", rule)
    return {row.market_id: row.country_codes for _, row in rows}
