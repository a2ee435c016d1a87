"""Where settings come from, which source wins, and how a wrong one is told."""

from pathlib import Path

import pytest

from pinnace_edge import settings, sources
from pinnace_edge.settings import Joined, Settings
from pinnace_schemas import codec
from pinnace_schemas.broker_settings import MqttVersion
from pinnace_schemas.errors import Rejected
from pinnace_schemas.limits import Limits
from pinnace_schemas.reasons import Reason


def write(folder: Path, text: str) -> Path:
    path = folder / "edge.toml"
    path.write_text(text)
    return path


def join(data_dir: Path) -> None:
    joined = Joined(tenant="acme", node="joined-node", broker="mqtts://joined:8884")
    (data_dir / settings.JOINED_FILE).write_bytes(codec.encode(joined))


def refused(folder: Path, text: str, environ: dict[str, str] | None = None) -> Rejected:
    with pytest.raises(Rejected) as caught:
        sources.load(environ or {}, write(folder, text))
    return caught.value


def test_defaults_need_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "DEFAULT_FILE", tmp_path / "none.toml")

    assert sources.load({"PINNACE_EDGE_DATA_DIR": str(tmp_path)}) == Settings(data_dir=tmp_path)


def test_the_environment_wins_over_the_file_and_the_file_over_joining(tmp_path: Path) -> None:
    join(tmp_path)
    file = write(tmp_path, f'data_dir = "{tmp_path}"\nnode = "from-file"\nkeepalive_s = 30\n')

    found = sources.load({"PINNACE_EDGE_KEEPALIVE_S": "45"}, file)

    assert (found.keepalive_s, found.node, found.tenant) == (45, "from-file", "acme")
    assert found.broker == "mqtts://joined:8884"


def test_every_kind_of_value_can_come_from_file_and_environment(tmp_path: Path) -> None:
    text = """
        node = "n1"
        broker = "mqtt://broker.example"
        broker_user = "u"
        broker_password = "p"
        broker_ca = "/ca.pem"
        mqtt_version = 5
        heal_interval_s = 7
        log_format = "json"
        [limits]
        max_objects = 12
    """
    environ = {
        "PINNACE_EDGE_MQTT_VERSION": "3.1.1",
        "PINNACE_EDGE_REPORT_INTERVAL_S": "2.5",
        "PINNACE_EDGE_LIMITS_MAX_DEPTH": "9",
        "PINNACE_EDGE_KUBECONFIG": "/kube",
        "PINNACE_EDGE_SUBSCRIBE_QOS": "0",
        "PINNACE_EDGE_DATA_DIR": str(tmp_path),
        "HOME": "/root",
    }

    found = sources.load(environ, write(tmp_path, text))

    assert found.mqtt_version is MqttVersion.V311
    assert (found.heal_interval_s, found.report_interval_s) == (7.0, 2.5)
    assert found.limits == Limits(max_objects=12, max_depth=9)
    assert (found.broker_ca, found.kubeconfig) == (Path("/ca.pem"), Path("/kube"))
    assert (found.broker, found.subscribe_qos) == ("mqtt://broker.example", 0)


def test_the_file_can_be_named_by_the_environment(tmp_path: Path) -> None:
    file = write(tmp_path, f'node = "n1"\ndata_dir = "{tmp_path}"')

    assert sources.load({"PINNACE_EDGE_CONFIG": str(file)}).node == "n1"


def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_name(tmp_path: Path) -> None:
    error = refused(tmp_path, 'node = "n1"\n\nheal_intervall_s = 5\n')

    assert error.reason is Reason.UNKNOWN_FIELD
    assert error.where == f"{tmp_path / 'edge.toml'}:3"
    assert "there is no setting 'heal_intervall_s'; the nearest is 'heal_interval_s'" in error.message


def test_an_unknown_limit_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, "[limits]\nmax_object = 5\n")

    assert error.where.endswith("edge.toml:2")
    assert "'limits.max_object'; the nearest is 'max_objects'" in error.message


def test_an_unknown_variable_is_refused_with_the_nearest(tmp_path: Path) -> None:
    error = refused(tmp_path, "", {"PINNACE_EDGE_BROKR": "x"})

    assert error.where == "the environment"
    assert "'PINNACE_EDGE_BROKER'" in error.message


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('node = "Not A Name"', "node"),
        ('keepalive_s = "60"', "keepalive_s"),
        ("heal_interval_s = 0", "heal_interval_s"),
        ("subscribe_qos = 2", "subscribe_qos"),
        ('mqtt_version = "4"', "mqtt_version"),
        ('broker = "http://x"', "the scheme must be mqtt://"),
        ('broker = "mqtt://x:99999"', "port"),
        ('broker = "mqtt://user:secret@x"', "a password does not belong"),
        ("limits = 5", "limits"),
    ],
)
def test_a_wrong_value_is_refused_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    error = refused(tmp_path, f'tenant = "acme"\n{line}\n')

    assert error.reason is Reason.INVALID
    assert error.where.endswith("edge.toml:2")
    assert told in error.message
    assert "secret" not in str(error).replace(line, "")


def test_a_wrong_value_of_the_environment_names_the_variable(tmp_path: Path) -> None:
    error = refused(tmp_path, "keepalive_s = 60\n", {"PINNACE_EDGE_KEEPALIVE_S": "soon"})

    assert error.where == "PINNACE_EDGE_KEEPALIVE_S"
    nested = refused(tmp_path, "", {"PINNACE_EDGE_LIMITS_MAX_DEPTH": "-1"})
    assert nested.where == "PINNACE_EDGE_LIMITS_MAX_DEPTH"


def test_a_file_that_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    error = refused(tmp_path, 'node = "n1"\nbroker mqtt://x\n')

    assert (error.reason, error.where) == (Reason.MALFORMED, f"{tmp_path / 'edge.toml'}:2")


def test_a_named_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="no such file"):
        sources.load({}, tmp_path / "missing.toml")


def test_a_damaged_joined_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / settings.JOINED_FILE).write_text("{")

    error = refused(tmp_path, f'data_dir = "{tmp_path}"')

    assert error.where.endswith(settings.JOINED_FILE)


def test_what_belongs_together_is_checked_together(tmp_path: Path) -> None:
    assert "not both" in refused(tmp_path, 'broker_password = "a"\nbroker_password_file = "/b"\n').message
    assert "belong together" in refused(tmp_path, 'broker_cert = "/c"\n').message


def test_the_password_is_read_from_its_file_and_never_shown(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hunter2\n")
    found = Settings(broker_password_file=tmp_path / "password")
    shown = Settings.model_validate({"broker_password": "hunter2"})

    assert found.read_password(Path.read_text) == shown.read_password(Path.read_text) == "hunter2"
    assert "hunter2" not in repr(shown) + str(shown)
    with pytest.raises(Rejected, match="cannot be read"):
        Settings(broker_password_file=tmp_path / "none").read_password(Path.read_text)


def test_the_broker_client_is_set_as_the_daemon_is() -> None:
    found = Settings(broker="mqtt://b", keepalive_s=20, connect_timeout_s=4.0, broker_first_retry_s=3.0)

    client = found.broker_settings("c", Path.read_text)

    assert (client.keepalive_s, client.connect_timeout_s, client.first_retry_s) == (20, 4.0, 3.0)


def test_a_node_that_has_not_joined_is_told_how(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="node and broker not known; run 'pinnace-edge join TOKEN'"):
        settings.require_joined(Settings(data_dir=tmp_path))
    settings.require_joined(Settings(node="n1", broker="mqtt://x"))


def test_variables_that_kubernetes_sets_for_a_service_of_our_name_are_passed_over(tmp_path: Path) -> None:
    environ = {
        "PINNACE_EDGE_SERVICE_HOST": "10.0.0.1",
        "PINNACE_EDGE_SERVICE_PORT": "80",
        "PINNACE_EDGE_PORT": "tcp://10.0.0.1:80",
        "PINNACE_EDGE_PORT_80_TCP_ADDR": "10.0.0.1",
    }

    assert sources.load(environ, write(tmp_path, f'data_dir = "{tmp_path}"')) == Settings(data_dir=tmp_path)
