"""Pages of stored plans, for people: made by a worker, in the turn of all who ask for pages."""

import pickle

from boxwright.server.stored.keeping import Keeping
from boxwright.server.workers.admission import CallKind
from boxwright.server.workers.asked import Asked
from boxwright.server.workers.pool import Workers


class PlanPages:
    """Has pages of stored plans made."""

    def __init__(self, keeping: Keeping, workers: Workers) -> None:
        self._keeping, self._workers = keeping, workers

    async def page(self, plan_id: str, sheet: str, address: str) -> str:
        """Return the page of a plan; it is made no further once who asked for it has gone.

        Parameters
        ----------
        plan_id : str
            The plan, without ``plans/``.
        sheet : str
            The paper to print on; empty for A4.
        address : str
            Where the page is served, without the paper.

        Raises
        ------
        InvalidInputError
            If there is no such paper; else as ``Keeping.plan`` and ``Workers.ask``.
        """
        stored = await self._keeping.plan(f"plans/{plan_id}", "plan")
        catalog = await self._keeping.read(self._keeping.store.read.catalog, stored.plan.catalog_hash)
        content = pickle.dumps((stored, catalog, sheet, address))
        # As large orders: they leave a worker to small ones.
        asked = Asked("PlanPage", content)
        return (await self._workers.ask(asked, caller="pages", kind=CallKind.BATCH, large=True)).data.decode()
