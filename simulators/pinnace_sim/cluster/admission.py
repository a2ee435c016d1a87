"""What kube-apiserver refuses for the place's sake: namespaces that are missing or being deleted, and full quotas.

Refuses nothing else: there are no admission webhooks or policies here.
"""

from __future__ import annotations

from pinnace_sim.cluster import errors
from pinnace_sim.cluster.catalog import Catalog
from pinnace_sim.cluster.errors import Refused
from pinnace_sim.cluster.item import Key, Object
from pinnace_sim.cluster.kinds import Resource
from pinnace_sim.cluster.store import Store

DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io"
# These namespaces cannot be deleted (plugin/pkg/admission/namespace/lifecycle).
IMMORTAL = frozenset({"default", "kube-system", "kube-public"})


class Admission:
    """Reads the store, and writes nothing."""

    def __init__(self, store: Store, catalog: Catalog) -> None:
        self._store = store
        self._catalog = catalog

    def admit_place(self, resource: Resource, namespace: str, name: str) -> None:
        """Raises Refused (404, 403, 405) unless objects of this kind can be created in this namespace."""
        self._admit_kind(resource)
        if resource.is_namespaced:
            self._admit_namespace(resource, namespace, name)

    def _admit_kind(self, resource: Resource) -> None:
        definition = self._store.get(Key(DEFINITIONS, "", resource.key)) if resource.is_custom else None
        if definition and definition.is_leaving:
            message = "create not allowed while custom resource definition is terminating"
            raise Refused(405, "MethodNotAllowed", message, {})

    def _admit_namespace(self, resource: Resource, namespace: str, name: str) -> None:
        namespaces = self._catalog.find("", "v1", "namespaces")
        home = self._store.get(Key(namespaces.key, "", namespace))
        if home is None:
            raise errors.not_found(namespaces, namespace)
        if home.is_leaving:
            message = f"namespace {namespace} is being terminated"
            cause = errors.cause("NamespaceTerminating", "metadata.namespace", message)
            why = f"unable to create new content in namespace {namespace} because it is being terminated"
            raise errors.forbidden(resource, name, why, [cause])

    def admit_amount(self, resource: Resource, new: Object) -> None:
        """Raises Refused (403) when a ResourceQuota counts objects of this kind and is used up."""
        namespace = new["metadata"].get("namespace", "")
        quotas = self._catalog.find("", "v1", "resourcequotas")
        for found in self._store.all(quotas.key, namespace) if namespace else ():
            quota = found.read(quotas)
            hard = (quota.get("status") or {}).get("hard") or {}
            for name in (f"count/{resource}", str(resource)):
                used = len(self._store.all(resource.key, namespace))
                if name in hard and used + 1 > int(hard[name]):
                    amounts = f"requested: {name}=1, used: {name}={used}, limited: {name}={hard[name]}"
                    why = f"exceeded quota: {found.key.name}, {amounts}"
                    raise errors.forbidden(resource, new["metadata"]["name"], why)
