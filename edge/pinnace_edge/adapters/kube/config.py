"""Where the KubeAPI is and how we prove who we are: from the pod's ServiceAccount or from a kubeconfig file.

Refuses connections that are not verified; only the dates of the site's own certificates are not looked at. Everything
wrong here is `Unavailable`: on a site that boots, the kubeconfig appears after the daemon, and k3s rewrites it with a
new certificate while the daemon runs.
"""

import ssl
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import SystemTimeWarning

from pinnace_edge.adapters.kube import lean
from pinnace_edge.adapters.kube.settings import KubeSettings
from pinnace_edge.adapters.kube.whole import WholeConnection
from pinnace_schemas.errors import Unavailable

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
# The daemon follows neither redirects nor urllib3's own repetitions: it has its own back-off, with jitter.
NEITHER = urllib3.Retry(0, redirect=False, raise_on_redirect=False, raise_on_status=False)
# X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which Python does not name.
NO_CHECK_TIME = 0x200000


class Access:
    """Address, TLS and credentials, as read once. Read again after a 401."""

    def __init__(self, configuration: Any, context: ssl.SSLContext | None) -> None:
        self.url: str = configuration.host.rstrip("/")
        # What stands before each path, where the KubeAPI is not at the root of its host.
        self.root: str = urlsplit(self.url).path
        self._configuration = configuration
        self._context = context

    def pool(self, connections: int, timeout: urllib3.Timeout) -> urllib3.HTTPConnectionPool:
        """Keeps up to `connections` open to the one host there is: finding its pool again for each request, by all that
        can be said of one, would cost a fifth of the request."""
        options = self._tls_options() | {"maxsize": connections, "timeout": timeout, "retries": NEITHER}
        proxy = self._configuration.proxy
        manager = urllib3.ProxyManager(proxy, **options) if proxy else urllib3.PoolManager(**options)
        pool = manager.connection_from_url(self.url)
        if isinstance(pool, urllib3.HTTPSConnectionPool):
            pool.ConnectionCls = WholeConnection
        return pool

    def headers(self) -> dict[str, str]:
        """The credentials; tokens of ServiceAccounts are read from their file again each minute, by the package."""
        read = self._configuration.get_api_key_with_prefix
        token = read("BearerToken") or read("authorization")
        return {"Authorization": token.strip()} if token else {}

    def _tls_options(self) -> dict[str, Any]:
        if self._context is None:
            return {}
        name = getattr(self._configuration, "tls_server_name", None)
        named = {"server_hostname": name, "assert_hostname": name} if name else {}
        return {"ssl_context": self._context, **named}


def load(settings: KubeSettings) -> Access:
    """Reads the configuration. Raises Unavailable with what is wrong."""
    where = settings.kubeconfig or "the pod's ServiceAccount"
    try:
        return _from_file(settings) if settings.kubeconfig else _from_pod()
    except Unavailable:
        raise
    except Exception as exc:  # yaml errors, ConfigException, OSError, and what exec plugins raise
        raise Unavailable(f"cannot read how to reach the KubeAPI from {where}: {exc}") from exc


def _from_pod() -> Access:
    loaders = lean.in_cluster()
    configuration = loaders.new()
    loaders.in_cluster(client_configuration=configuration)
    return Access(configuration, _context(configuration))


def _from_file(settings: KubeSettings) -> Access:
    if not Path(settings.kubeconfig).is_file():
        raise Unavailable(f"the kubeconfig {settings.kubeconfig} does not exist (yet)")
    loaders = lean.with_kubeconfig()
    configuration = loaders.new()
    # The package writes keys that stand inside the kubeconfig to files; they are gone as soon as TLS has read them.
    with tempfile.TemporaryDirectory(prefix="pinnace-tls-") as folder:
        loaders.kubeconfig(
            config_file=settings.kubeconfig,
            context=settings.context or None,
            client_configuration=configuration,
            persist_config=False,
            temp_file_path=folder,
        )
        return Access(configuration, _context(configuration))


def _context(configuration: Any) -> ssl.SSLContext | None:
    address = urlsplit(configuration.host)
    if address.scheme != "https":
        if address.hostname in LOOPBACK:
            return None
        raise Unavailable(f"the KubeAPI {configuration.host} is not https; plain http is used only on this machine")
    if not configuration.verify_ssl:
        raise Unavailable("insecure-skip-tls-verify is not accepted; put the certificate-authority in the kubeconfig")
    context = ssl.create_default_context(cafile=configuration.ssl_ca_cert)
    if configuration.ssl_ca_cert:
        # The site's own authority: signature and name are checked, dates are not (see docs/adr). A daemon that boots in
        # 1970 must go on healing, and so must one whose KubeAPI has a certificate that ran out.
        context.verify_flags |= NO_CHECK_TIME
        urllib3.disable_warnings(SystemTimeWarning)  # it tells of trouble that there is not
    if configuration.cert_file:
        context.load_cert_chain(configuration.cert_file, configuration.key_file)
    return context
