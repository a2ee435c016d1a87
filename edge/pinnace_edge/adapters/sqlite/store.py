"""The store as one object: every method of `ports.Store`, from its parts."""

from contextlib import AbstractContextManager

from pinnace_edge.adapters.sqlite.bundles import BundlesPart
from pinnace_edge.adapters.sqlite.deployments import DeploymentsPart
from pinnace_edge.adapters.sqlite.identity import IdentityPart
from pinnace_edge.adapters.sqlite.inventory import InventoryPart
from pinnace_edge.adapters.sqlite.journal import JournalPart
from pinnace_edge.adapters.sqlite.reserve import Reserve
from pinnace_edge.adapters.sqlite.session import Session
from pinnace_edge.adapters.sqlite.trust import TrustPart
from pinnace_edge.adapters.sqlite.trust_file import TrustFile
from pinnace_schemas.limits import Limits


class SqliteStore(IdentityPart, TrustPart, BundlesPart, DeploymentsPart, InventoryPart, JournalPart):
    """Made by `opening.open_store`. Belongs to the thread that opened it."""

    def __init__(self, session: Session, reserve: Reserve, trust_file: TrustFile, limits: Limits) -> None:
        self._session = session
        self._reserve = reserve
        self._trust_file = trust_file
        self._limits = limits

    def transaction(self) -> AbstractContextManager[None]:
        return self._session.transaction()

    def close(self) -> None:
        self._session.close()
