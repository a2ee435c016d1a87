"""What can be set about the way to the KubeAPI, and why the defaults are what they are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KubeSettings:
    """`kubeconfig` is a path; '' means the ServiceAccount of the pod that the daemon runs in."""

    kubeconfig: str = ""
    context: str = ""
    # A KubeAPI on the same machine accepts in milliseconds; over a bad network SYNs are repeated after 1 and 3 s.
    connect_timeout_s: float = 5.0
    # Between two packets of an answer. Admission webhooks may take 30 s, as the KubeAPI allows them by default 10 s.
    read_timeout_s: float = 30.0
    # On two cores a fifth request at a time adds nothing but memory at the KubeAPI.
    parallel_requests: int = 4
    # Metadata of an object is 1-2 KB: a page stays below 1 MB.
    page_size: int = 250
    # Whole objects are five times as large; parsed, a page of 100 costs about 3 MB.
    full_page_size: int = 100
    # The KubeAPI ends a watch after this time; each is drawn from [t/2, t] so that they do not end together.
    watch_timeout_s: int = 600
    # Bookmarks come about every minute; two minutes of silence mean that the peer is gone.
    watch_silence_s: float = 120.0
    # Longest wait before a watch is tried again: what it misses meanwhile the healing timer finds.
    watch_backoff_s: float = 30.0
    # Kinds that do not exist or may not be watched; `watch` with an unchanged set asks again at once.
    absent_kind_wait_s: float = 60.0
    # Discovery is asked again for an unknown kind at most this often, unless we have just applied a CRD.
    rediscovery_s: float = 2.0
