"""What a test does with a real cluster, whoever started it: kubectl, manifests, logging in as a ServiceAccount."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pinnace_sim.controlplane import kubeconfig
from pinnace_sim.provision import controlplane
from pinnace_sim.provision.started import Started

KUBECTL_DEADLINE_S = 60.0
TOKEN_LIFETIME_S = 24 * 3600


class KubectlFailed(Exception):  # noqa: N818 - named as what happened
    """kubectl ended with an error; the message carries what it said."""

    def __init__(self, command: tuple[str, ...], returncode: int, stderr: str) -> None:
        super().__init__(f"kubectl {' '.join(command)} ended with {returncode}: {stderr.strip()}")
        self.returncode = returncode
        self.stderr = stderr


class Cluster(Started):
    """A cluster that answers, and a folder for the files that tests need to reach it."""

    def __init__(self, kubectl: Path, admin_kubeconfig: Path, folder: Path, environment: Mapping[str, str]) -> None:
        self.admin_kubeconfig = admin_kubeconfig
        self._kubectl = kubectl
        self._folder = folder
        self._environment = dict(environment)

    @property
    def url(self) -> str:
        """The address of the KubeAPI."""
        return str(self._config()["clusters"][0]["cluster"]["server"])  # type: ignore[index]  # as kubectl prints it

    def stop(self) -> None:
        """End what was started for this cluster. Safe to repeat."""

    def kubectl(self, *arguments: str, stdin: str | None = None, as_user: Path | None = None) -> str:
        """What kubectl prints, run as the administrator or with the kubeconfig `as_user`. Raises `KubectlFailed`."""
        own = [f"--kubeconfig={as_user or self.admin_kubeconfig}", f"--cache-dir={self._folder / 'kubectl-cache'}"]
        answer = subprocess.run(
            [self._kubectl, *own, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            env=self._environment,
            timeout=KUBECTL_DEADLINE_S,
        )
        if answer.returncode != 0:
            raise KubectlFailed(arguments, answer.returncode, answer.stderr)
        return answer.stdout

    def apply_manifest(self, path: Path) -> None:
        """Server-side apply of a file or folder of manifests, as the administrator."""
        self.kubectl("apply", "--server-side", "--force-conflicts", "-f", str(path))

    def kubeconfig_for(self, service_account: str = "pinnace-edge", namespace: str = "pinnace-system") -> Path:
        """A kubeconfig with a fresh token of a ServiceAccount, which is made, without any role, if it is not there."""
        self._make_account(service_account, namespace)
        duration = f"--duration={TOKEN_LIFETIME_S}s"
        token = self.kubectl("create", "token", service_account, f"--namespace={namespace}", duration).strip()
        path = self._folder / f"{namespace}.{service_account}.kubeconfig"
        path.touch(mode=0o600)
        path.write_text(kubeconfig.with_token(self._config(), token, namespace))
        return path

    def _make_account(self, name: str, namespace: str) -> None:
        space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
        account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": namespace}}
        for item in (space, account):
            # Its own field manager and no fields but the name: what a manifest sets is left as it is.
            self.kubectl("apply", "--server-side", "--field-manager=pinnace-sim", "-f", "-", stdin=json.dumps(item))

    def _config(self) -> dict[str, object]:
        printed = self.kubectl("config", "view", "--minify", "--flatten", "--raw", "--output=json")
        config: dict[str, object] = json.loads(printed)
        return config


class ExistingCluster(Cluster):
    """The cluster of `KUBECONFIG`, which somebody else runs. What tests leave in it stays there."""

    @classmethod
    def open(cls) -> ExistingCluster:
        """Use the cluster that `KUBECONFIG` names, with the kubectl of the control plane's parts."""
        files = tempfile.TemporaryDirectory(prefix="pinnace-cluster-")
        path = Path(os.environ["KUBECONFIG"])
        cluster = cls(controlplane.locate_program("kubectl"), path, Path(files.name), os.environ)
        cluster._files = files
        return cluster

    _files: tempfile.TemporaryDirectory[str]

    def stop(self) -> None:
        """Remove our own files. The cluster runs on."""
        self._files.cleanup()


def use_existing(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to use the cluster of `KUBECONFIG`: only with `USE_EXISTING_CLUSTER=true`, as for Kubernetes' envtest.

    `KUBECONFIG` alone is not enough: on many machines it names a cluster that people depend on.
    """
    return bool(environment.get("KUBECONFIG")) and environment.get("USE_EXISTING_CLUSTER", "").lower() == "true"
