"""Catalogs, sites and data: whether they are valid, have the factors that footprints need, and how old they are."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from boxwright.domain.box import Catalog
from boxwright.domain.factor import AccountingProfile, Stage
from boxwright.errors import InvalidInputError
from boxwright.server.doctor.finding import Finding, Level, faults
from boxwright.server.loaded_files import LoadedFiles
from boxwright.server.settings import Settings
from boxwright.server.shelf import Shelf
from boxwright.server.written import Written

MADE = (Stage.PRODUCTION, Stage.CRADLE_TO_GRAVE)
"""Stages of which a profile has one for each material that packaging is made of."""

OLD_YEARS = 4
"""Publishers bring new factors once a year; from so many years on nobody has looked for some time."""


MOST_NAMED = 5
"""Most sites that a line names."""


@dataclass(frozen=True)
class InUse:
    """What is loaded, and what of it is in use.

    Attributes
    ----------
    shelf : Shelf
        All.
    catalogs : tuple of Catalog
        Those that the operator has chosen: own ones, the default, those of sites; all where none is.
    profiles : tuple of AccountingProfile
        The default, and those of sites.
    counted_by : mapping of str to set of str
        Ids of catalogs in use by the profile that counts them: that of a site its catalog, the default all others.
    """

    shelf: Shelf
    catalogs: tuple[Catalog, ...]
    profiles: tuple[AccountingProfile, ...]
    counted_by: Mapping[str, set[str]]

    @classmethod
    def of(cls, shelf: Shelf, own: Iterable[str]) -> "InUse":
        """Return what is in use, with the ids of own catalogs."""
        settings, sites = shelf.settings, shelf.sites.values()
        common = {*own, settings.default_catalog} & shelf.catalogs.keys()
        chosen = common | ({site.catalog_id for site in sites} & shelf.catalogs.keys()) or set(shelf.catalogs)
        default = shelf.materials.profile(settings.default_profile)
        profiles = {default.profile_id: default}
        counted_by = {default.profile_id: common or (set() if sites else chosen)}
        for site in sites:
            catalogs = {site.catalog_id or settings.default_catalog} & shelf.catalogs.keys() or chosen
            for each in map(shelf.materials.profile, site.accounting_profiles or (settings.default_profile,)):
                profiles[each.profile_id] = each
                counted_by.setdefault(each.profile_id, set()).update(catalogs)
        in_use = tuple(shelf.catalogs[name] for name in sorted(chosen))
        return cls(shelf, in_use, tuple(profiles[name] for name in sorted(profiles)), counted_by)


def look_at_catalogs(settings: Settings) -> Iterator[Finding | InUse]:
    """Yield lines on catalogs, sites and data, and what is in use where all are valid."""
    try:
        files = LoadedFiles.read(settings)
        # What is written over the wire is judged by the server, which leaves out what does not fit.
        shelf = Shelf.of(files, Written(unread=bool(settings.store)))
    except InvalidInputError as error:
        yield from faults("catalogs", error, "mend the file, or the setting that names it")
        return
    except OSError as error:
        says = f"{error.filename}: {error.strerror}"
        yield Finding("catalogs", Level.FAIL, says, "set catalogs, sites or materials to what is there")
        return
    own = ", ".join(Path(each).name for each in settings.catalogs)
    sites = f", {len(shelf.sites)} sites" if settings.sites else ""
    yield Finding(
        "catalogs", Level.OK, f"{len(shelf.catalogs)} are valid, {f'with {own}' if own else 'all shipped'}{sites}"
    )
    if settings.default_catalog and settings.default_catalog not in shelf.catalogs:
        says = f"default_catalog {settings.default_catalog!r} comes from no file"
        yield Finding("catalogs", Level.WARN, says, "see that the store has it: a server without it does not start")
    bare = [each.site_id for each in shelf.sites.values() if not each.catalog_id]
    if not settings.default_catalog and (bare or not shelf.sites):
        of = f" at {', '.join(bare[:MOST_NAMED])}{' and others' if len(bare) > MOST_NAMED else ''}" if bare else ""
        mend = "set default_catalog, unless every request names its catalog"
        yield Finding("catalogs", Level.WARN, f"requests without a catalog are refused{of}: there is no default", mend)
    yield InUse.of(shelf, files.own)


def look_at_factors(used: InUse) -> Iterator[Finding]:
    """Yield a line for each profile in use: the materials of catalogs in use that it has no factors for."""
    for profile in used.profiles:
        catalogs = [each for each in used.catalogs if each.catalog_id in used.counted_by[profile.profile_id]]
        if not catalogs:
            continue
        materials = {each for catalog in catalogs for each in _materials(catalog)}
        of = ", ".join(each.catalog_id for each in catalogs)
        lacking = sorted(each for each in materials if not any(profile.factor(each, stage) for stage in MADE))
        if lacking:
            says = f"{profile.profile_id} has none for making {', '.join(lacking)} ({of}): footprints are incomplete"
            mend = "add factors (boxwright materials import), or use another profile"
            yield Finding("factors", Level.WARN, says, mend)
        else:
            yield Finding("factors", Level.OK, f"{profile.profile_id} has them for making all packaging of {of}")


def look_at_age(used: InUse, today: dt.date) -> Iterator[Finding]:
    """Yield lines on the years of factors in use, and on tariffs that have ended."""
    for profile in used.profiles:
        years = sorted(int(found[0]) for each in profile.factors if (found := re.search(r"\d{4}", each.year)))
        if not years:
            continue
        middle = years[len(years) // 2]
        says = f"factors of {profile.profile_id} are of {years[0]} to {years[-1]}, the middle one of {middle}"
        if today.year - years[-1] >= OLD_YEARS:
            yield Finding("age", Level.WARN, says, "see whether its publisher has newer ones, or use another profile")
        else:
            yield Finding("age", Level.OK, says)
    for name in sorted({each.carrier_service for each in used.shelf.sites.values() if each.carrier_service}):
        try:
            rule = used.shelf.materials.carrier_rule(name, today)
        except InvalidInputError as error:
            yield from faults("age", error, "a later version of the data may have the new rules, or add them")
        else:
            ends = f"until {rule.effective_to}" if rule.effective_to else "and no end is stated"
            yield Finding("age", Level.OK, f"rules of {name} hold today, {ends}")


def _materials(catalog: Catalog) -> Iterator[str]:
    yield from (box.material_id for box in catalog.box_types if box.material_id)
    yield from (dunnage.material_id for dunnage in catalog.dunnage if dunnage.material_id)
