"""All looks in turn."""

import datetime as dt
from collections.abc import Iterator, Sequence

from boxwright.server.access.token_file import Token
from boxwright.server.doctor.clock import look_at_clock
from boxwright.server.doctor.credentials import look_at_certificates, look_at_sites_of, look_at_tokens
from boxwright.server.doctor.data import look_at_age, look_at_catalogs, look_at_factors
from boxwright.server.doctor.files import look_at_files
from boxwright.server.doctor.finding import Finding
from boxwright.server.doctor.kernels import look_at_kernels
from boxwright.server.doctor.limits import look_at_limits
from boxwright.server.doctor.ports import look_at_ports
from boxwright.server.doctor.stored import look_at_store
from boxwright.server.settings import Settings


def examined(settings: Settings | None) -> Iterator[Finding]:
    """Yield what is found, as it is found.

    Parameters
    ----------
    settings : Settings or None
        Of the server; None where they are at fault: then only what does not depend on them is looked at.
    """
    if settings is not None:
        yield from look_at_ports(settings)
        yield from look_at_certificates(settings)
        tokens: Sequence[Token] = ()
        for found in look_at_tokens(settings):
            if isinstance(found, Finding):
                yield found
            else:
                tokens = found
        yield from look_at_files(settings)
        yield from look_at_store(settings)
        for one in look_at_catalogs(settings):
            if isinstance(one, Finding):
                yield one
            else:
                yield from look_at_sites_of(tokens, one.shelf.sites)
                yield from look_at_factors(one)
                yield from look_at_age(one, dt.datetime.now(dt.UTC).date())
    yield from look_at_limits()
    yield from look_at_kernels()
    yield from look_at_clock()
