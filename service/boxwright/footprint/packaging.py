"""Rates of a parcel's packaging: production and end of life, or one for the whole life; reuse; biogenic carbon."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from boxwright.catalog.materials import Materials
from boxwright.domain.factor import AccountingProfile, Component, Coverage, EmissionFactor, RecyclingRule, Stage
from boxwright.domain.footprint import NOT_WASHED, PackagingComponent, Reuse
from boxwright.domain.lack import Lack, NotStated
from boxwright.domain.lane import TransportMode
from boxwright.footprint.line import Rate
from boxwright.footprint.mass_data import EXACT_DATA, PartData
from boxwright.footprint.transport import SPLIT
from boxwright.units import MG_PER_KG, MG_PER_TONNE

CO2_PER_CARBON = Fraction(44, 12)
"""Mass of CO2 per mass of carbon, from the molar masses 44 and 12 g/mol."""

SIGN = {Stage.PRODUCTION: -1, Stage.END_OF_LIFE: 1, Stage.CRADLE_TO_GRAVE: 0}
"""The -1/+1 convention: stored in production, released at the end of life, both within one cradle-to-grave figure."""

NO_RETURN, NO_WASHING = "return trip not stated", "washing not stated"

Share = tuple[EmissionFactor, Fraction, str]
"""A factor, the share of the mass that it applies to, and the rule as text."""


def packaging_rates(
    part: PackagingComponent, profile: AccountingProfile, materials: Materials, basis: PartData = EXACT_DATA
) -> Iterator[Rate | Lack]:
    """Yield a rate, or a gap, for each stage of a component inside the profile's boundary; then those of its reuse.

    The amount is the component's mass, with its idle stock, divided by its trips, in kg; production includes trim. A
    box without mass has an unknown mass, so it is missing; other components without mass do not exist. A
    cradle-to-grave factor replaces those of production and end of life. If the recycled content is known and the
    profile has rows for virgin and recycled input, production has a line for each.

    The component's mass matters only as zero or not. ``basis`` are the data behind it; by default it is exact.
    """
    whole = profile.factor(part.material_id, Stage.CRADLE_TO_GRAVE) is not None
    for stage in (Stage.CRADLE_TO_GRAVE,) if whole else (Stage.PRODUCTION, Stage.END_OF_LIFE):
        coverage = profile.cell(part.component, stage).coverage
        if coverage is Coverage.INCLUDED or coverage is Coverage.OUTSIDE:
            continue
        if part.mass_mg == 0:
            if part.component in (Component.BOX, Component.INNER_BOX):
                yield Lack(part.component, stage, f"{part.material_id or 'unknown material'} of unknown mass")
            continue
        shares = shares_of_content(part, stage, profile) if coverage is Coverage.FACTOR else ()
        if not shares:
            yield Lack(part.component, stage, part.material_id or "unknown material")
        for factor, share, rule in shares:
            yield _rate(part, factor, share, rule, materials, basis)
    yield from reuse_rates(part, profile, basis)


def _rate(
    part: PackagingComponent,
    factor: EmissionFactor,
    share: Fraction,
    rule: str,
    materials: Materials,
    basis: PartData,
) -> Rate:
    idle = part.reuse.idle_share if part.reuse else 0
    lives = (1 + Fraction(str(idle))) / part.trips
    trim = part.trim_mg if factor.stage is Stage.PRODUCTION else 0
    life = f"over {part.trips:,} trips" if part.trips > 1 else "used once" if idle else ""
    clauses = (
        f"with {trim / 1_000:g} g of trim" if trim else "",
        f"{life}, with {idle:g} idle pieces per piece in use" if idle else life,
        rule,
        "biogenic CO2 is in the figure" if factor.biogenic_included else "",
    )
    biogenic = None if factor.biogenic_included else biogenic_share(part.material_id, factor.stage, materials)
    per_mg = share * lives / MG_PER_KG
    return Rate(
        part.component,
        factor,
        per_mg,
        fixed=per_mg * trim,
        rule="; ".join(filter(None, clauses)),
        biogenic_per_mg=None if biogenic is None else biogenic * share * lives,
        data=tuple(datum.datum_id for datum in (*basis.mass, *basis.life)),
    )


def shares_of_content(part: PackagingComponent, stage: Stage, profile: AccountingProfile) -> tuple[Share, ...]:
    """Return the factors of a component at a stage with their shares of its mass; empty if the profile has none.

    Under cut-off, the user of recycled material bears its recycling: with a known content ``r``, production is
    ``(1 - r)`` of the virgin row and ``r`` of the recycled row. Under avoided burden the credit belongs to the end of
    life, so production is the virgin row. If the content is unknown, or the profile has one row only, the row without a
    content applies, and the rule names the input it stands for.
    """
    average, content = profile.factor(part.material_id, stage), part.recycled_content
    if stage is Stage.PRODUCTION:
        virgin, recycled = (profile.factor_of_content(part.material_id, stage, Decimal(pure)) for pure in (0, 1))
        if profile.recycling_rule is RecyclingRule.AVOIDED_BURDEN and virgin is not None:
            return ((virgin, Fraction(1), "avoided burden: recycled content is credited at the end of life"),)
        if content is not None and virgin is not None and recycled is not None:
            shares = (
                (virgin, 1 - Fraction(content), f"cut-off: {_percent(1 - content)} virgin input"),
                (recycled, Fraction(content), f"cut-off: {_percent(content)} recycled input"),
            )
            return tuple(share for share in shares if share[1])
        rule = "the profile's row for this material, regardless of recycled content"
        if content is not None:
            rule = "the profile's only row, since it has no rows by recycled content"
        else:
            for row, name in ((virgin, "virgin row"), (recycled, "recycled row")):
                if average and row and (row.value, row.table) == (average.value, average.table):
                    rule = f"the profile's {name}: the content is unknown"
                    break
    elif stage is Stage.END_OF_LIFE:
        rule = "the profile's end-of-life route"
    else:
        rule = "the profile has one figure for the whole life cycle"
    return () if average is None else ((average, Fraction(1), rule),)


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"


def biogenic_share(material_id: str, stage: Stage, materials: Materials) -> Fraction | None:
    """Return the biogenic CO2 of a material at a stage per mass: negative if stored, positive if released.

    ``carbon content x biogenic share of the carbon x 44/12``; None if the carbon content is unknown. All stored carbon
    counts as released at the end of life, whatever the route, since carbon in recycled fibre leaves the system too (ISO
    14067, EN 15804).
    """
    content = materials.carbon_contents.get(material_id)
    if content is None:
        return None
    return SIGN[stage] * Fraction(content.carbon_content) * Fraction(content.biogenic_share) * CO2_PER_CARBON


def reuse_rates(
    part: PackagingComponent, profile: AccountingProfile, basis: PartData = EXACT_DATA
) -> Iterator[Rate | Lack]:
    """Yield rates of one use's return trip and washing, or what is missing.

    The return trip is the mass of the piece times the distance as driven, by the profile's default road vehicle.
    Washing is one piece times the named factor. For a component of several trips a statement that is absent is reported
    as missing, except that a ``washing_factor_id`` of ``none`` means no washing.
    """
    reuse = part.reuse or Reuse()
    if profile.cell(part.component, Stage.REUSE).coverage in (Coverage.INCLUDED, Coverage.OUTSIDE):
        return
    if reuse.return_distance_km:
        yield from _way_back(part, Fraction(str(reuse.return_distance_km)), profile, basis)
    elif part.trips > 1:
        yield NotStated(part.component, Stage.REUSE, NO_RETURN)
    if not reuse.washing_factor_id and part.trips > 1:
        yield NotStated(part.component, Stage.REUSE, NO_WASHING)
    elif reuse.washing_factor_id not in ("", NOT_WASHED):
        name = reuse.washing_factor_id
        factor = profile.factor(name, Stage.REUSE) or profile.factor_of_id(name)
        if factor is None or factor.stage is not Stage.REUSE:
            yield Lack(part.component, Stage.REUSE, f"washing by {name}")
        else:
            yield Rate(part.component, factor, Fraction(0), fixed=Fraction(1), rule="one piece washed per use")


def _way_back(
    part: PackagingComponent, distance_km: Fraction, profile: AccountingProfile, basis: PartData
) -> Iterator[Rate | Lack]:
    if part.mass_mg == 0:
        yield Lack(part.component, Stage.REUSE, "return of unknown mass")
        return
    vehicle = profile.vehicle(TransportMode.ROAD)
    stages: tuple[Stage, ...] = (Stage.TRANSPORT_WTW,)
    if profile.factor(vehicle, Stage.TRANSPORT_WTW) is None:
        cells = (profile.cell(Component.TRANSPORT, stage) for stage in SPLIT)
        stages = tuple(cell.stage for cell in cells if cell.coverage not in (Coverage.INCLUDED, Coverage.OUTSIDE))
    for stage in stages:
        factor = profile.factor(vehicle, stage)
        if factor is None:
            subject = vehicle or "road without a default transport class"
            yield Lack(part.component, Stage.REUSE, f"return by {subject}, {stage.value}")
        else:
            rule = f"empty return trip of {float(distance_km):g} km, {stage.value.removeprefix('transport_').upper()}"
            names = tuple(datum.datum_id for datum in basis.mass)
            yield Rate(part.component, factor, distance_km / MG_PER_TONNE, rule=rule, stage=Stage.REUSE, data=names)
