"""What the printed tables of docs/ say beside the values that they take from the code. Texts only.

`tables.py` refuses a phase, verdict, event or setting that has no text here, and a text here whose thing is gone.
"""

PHASES = {
    "Pending": "wanted by a head; the daemon has not begun, or waits for a head that decides",
    "Fetching": "pieces of the bundle are missing and are being fetched",
    "Staged": "the bundle is on the disk, complete and verified",
    "Applying": "the objects are being sent to the KubeAPI",
    "Progressing": "some objects are not ready yet, or wait until others are",
    "Converged": "all is applied and ready, and nothing of ours was changed by others",
    "Degraded": "an object failed, or was not ready within the health deadline",
    "Drifted": "somebody changes our fields again and again; corrections pause",
    "Failed": "the KubeAPI or the daemon's own rules refused an object; the rest is applied",
    "Removing": "no head names it any more; its objects are being deleted",
    "Removed": "nothing of it is left; forgotten once the cloud has stored that",
}

# What is told, the phase where it begins, and names of triggers in their order.
COURSES = (
    ("a new bundle", "Pending", ("FETCH", "STAGED", "APPLY", "NOT_READY", "HEALTHY")),
    ("something that runs is damaged, and healed", "Converged", ("NOT_READY", "HEALTHY")),
    ("it is not ready in time, and later is", "Progressing", ("DEADLINE", "HEALTHY")),
    ("an object is refused, and the next revision is better", "Applying", ("REFUSED", "WANTED")),
    ("it is deleted", "Converged", ("LEAVING", "GONE")),
)

VERDICTS = {
    "Converged": (
        "the node has reported, not too long ago, that it runs exactly the wanted bundle in phase Converged,"
        " and that it has the head which wants it"
    ),
    "Pending": "the node has not begun: never joined, not reported yet, or still on another revision",
    "Progressing": "the node is at it",
    "Degraded": "applied, and something is not well",
    "Failed": "something was refused",
    "Offline": "not heard of for longer than the offline limit, whatever it said before",
    "Removing": "the application leaves this node; the node has not confirmed it yet",
    "Removed": "the node has confirmed that it is gone",
}

EVENTS = {
    "Started": "the daemon started",
    "Stopped": "the daemon ended in order; a kill leaves no such entry",
    "Joined": "reserved; joining happens before the daemon runs and is recorded by the controller",
    "Assigned": "a new assignment was accepted; the message names the groups",
    "HeadAccepted": "a new head was accepted; the message names its version",
    "MessageRefused": "a message was set aside; the reason and message say why. Each is told once",
    "PhaseChanged": "an application's phase or its reason changed",
    "BundleStaged": "a bundle is complete on the disk",
    "Applied": "a new bundle was applied; the message counts what was created, changed and left alone",
    "ObjectRefused": "an object was refused, with the KubeAPI's words; once for each bundle",
    "DriftHealed": "somebody's change to our fields was put back; the message names paths and managers",
    "Pruned": "an object that is no longer wanted was deleted, or deliberately left in place",
    "PruneFailed": "an object that is no longer wanted could not be deleted, or stays for another application",
    "Removed": "nothing is left of an application",
    "Problem": "something is wrong with the node as a whole",
    "Solved": "that problem is over",
    "StoreRebuilt": "the inventory was read from the cluster after the store was damaged or lost",
    "JournalBegun": "the cloud knew later entries than this store, which is older or a copy; a new journal begins",
    "Folded": "stands for `count` neighbouring entries that had to give way, or were lost",
}

_BROKER = {
    "broker_user": "user at the broker",
    "broker_password": "its password",
    "broker_password_file": "a file that holds the password",
    "broker_ca": "PEM file of the authorities that may sign the broker's certificate",
    "broker_cert": "PEM file of a client certificate, for mutual TLS",
    "broker_key": "PEM file of its key",
    "broker_first_retry_s": "longest wait after the first failure to connect; it doubles with each further failure",
    "broker_last_retry_s": "longest wait of all, and the one after a refusal",
    "mqtt_version": "`auto` begins with MQTT 5 and goes on with 3.1.1 where the broker does not speak 5",
    "subscribe_qos": "quality of service that subscriptions ask for",
    "log_format": "lines for people, or one JSON object a line",
    "log_level": "the least that is logged",
}

DAEMON = {
    "node": "name of this node; joining writes it",
    "tenant": "tenant of this node; joining writes it",
    "data_dir": "folder of the store `edge.db`, the node's key and what joining wrote; mode 0700",
    "broker": "address of the MQTT broker; joining writes it",
    "kubeconfig": "how to reach the KubeAPI of the site",
    "heal_interval_s": "each application is compared with the cluster at least this often",
    "report_interval_s": "a full report is sent at least this often; tell the controller where it is longer",
    "connect_timeout_s": "for the connection to the broker, and again for its answer",
    "keepalive_s": "MQTT keepalive",
    **_BROKER,
}

CONTROLLER = {
    "tenant": "tenant of this controller, of its keys and of all its nodes",
    "data_dir": "folder of the store `controller.db`; mode 0700",
    "keys_dir": "folder of the signing keys; none: `keys` in the data folder",
    "broker": "address of the MQTT broker",
    "public_broker_url": "address of the broker that join tokens carry",
    "listen_host": "address of the HTTP API",
    "listen_port": "its port; 0 takes a free one",
    "tls_cert": "PEM file of the HTTP API's certificate",
    "tls_key": "PEM file of its key",
    "insecure": "allows the HTTP API without TLS on an address that others reach",
    "report_interval_s": "the longest report interval that nodes are set to; they do not tell it",
    "offline_after_s": "a node that has been silent for longer is Offline",
    "cue_program": "the program `cue`, which evaluates definitions",
    "helm_program": "the program `helm`, which fetches and renders charts",
    "kustomize_program": "the program `kustomize` or `kubectl`, which builds overlays",
    "sources_ca": "PEM file of the authorities that may sign the certificates of chart repositories and archives",
    "sources_credentials": "passwords of repositories and registries, a file as `helm registry login` writes it",
    **_BROKER,
}

LIMITS = {
    "max_message_bytes": "largest message to or from the broker",
    "max_document_bytes": "largest head, control message or report after unpacking",
    "max_bundle_bytes": "largest bundle, plain",
    "max_encoded_bytes": "largest bundle, as it travels",
    "max_objects": "objects in one bundle",
    "max_depth": "nesting of JSON",
    "max_journal_entries": "journal entries kept by a node",
    "max_journal_bytes": "the same, in bytes of JSON",
}
