"""A simulated cluster: a KubeAPI that the real clients of a site talk to, and controllers that make its objects live.

Over HTTP, in this process or in one of its own:

    with EmbeddedKubeApi.start() as api:
        api.kubeconfig(folder / "admin")
        api.kubeconfig_for(folder / "edge", "pinnace-edge", "pinnace-system")

    python -m pinnace_sim.cluster --kubeconfig FILE --port 8001

The first kubeconfig is the administrator's, for kubectl too; the second has the permissions that RBAC objects in the
cluster give to that ServiceAccount. `api.ask(work)` calls `work` with the core. Without HTTP the core is `Cluster`
alone: under a clock and a seed of its caller's it is a function of them and of the requests, and starts no thread.

It is held to kube-apiserver v1.36 by `tests/contract/cluster`, the same cases on both. Left out on purpose:

- admission webhooks and policies, and conversion webhooks: versions of a custom resource differ in apiVersion only;
- second versions of built-in kinds (`builtin`), aggregated APIs, logs, exec, events, eviction and impersonation;
- validation beyond the schema, except for the rules that people meet most (`validating`), and the schema's own
  constraints (pattern, enum, minimum) and rules in CEL of CRDs;
- TLS, YAML and Kubernetes' protobuf: it serves JSON over http on the loopback address, so that `kubectl apply`, `edit`,
  `patch`, `scale`, `delete` work and `kubectl create deployment` and its like, which speak protobuf, do not;
- tables: `kubectl get` prints names and ages, `-o yaml` everything;
- pages of a list as of one version: later pages show what has been written since;
- the check that nobody hands out permissions that they lack (verbs `escalate` and `bind`);
- what needs real nodes and networks: probes, EndpointSlices, load balancers, CronJobs' schedules, autoscaling, quotas
  of CPU and memory. Rolling updates start all new pods at once.
"""

from pinnace_sim.cluster.core import Cluster
from pinnace_sim.cluster.embedded import EmbeddedKubeApi
from pinnace_sim.cluster.settings import ClusterSettings, Span

__all__ = ["Cluster", "ClusterSettings", "EmbeddedKubeApi", "Span"]
