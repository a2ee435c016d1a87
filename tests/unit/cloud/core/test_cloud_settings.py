"""The controller's settings: what is wrong is named with its place, and nothing that is said is ignored."""

from pathlib import Path

import pytest

from pinnace_cloud import settings_file
from pinnace_cloud.settings import Settings
from pinnace_schemas import api
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason


def load(folder: Path, text: str = "", **environ: str) -> Settings:
    path = folder / "controller.toml"
    path.write_text(text)
    return settings_file.load({f"PINNACE_CONTROLLER_{name}": value for name, value in environ.items()}, path)


def test_the_defaults_let_nobody_else_in(tmp_path: Path) -> None:
    settings = load(tmp_path)

    assert (settings.listen_host, settings.listen_port, settings.insecure) == ("127.0.0.1", api.DEFAULT_PORT, False)
    assert settings.offline_limit_s == 660.0
    assert settings.keys == settings.data_dir / "keys"


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    text = 'tenant = "acme"\nlisten_port = 1\n[limits]\nmax_objects = 5\nmax_depth = 9\n'

    settings = load(tmp_path, text, LISTEN_PORT="2", LIMITS_MAX_OBJECTS="7", INSECURE="true", OFFLINE_AFTER_S="30")

    assert (settings.tenant, settings.listen_port, settings.insecure) == ("acme", 2, True)
    assert (settings.limits.max_objects, settings.limits.max_depth) == (7, 9)
    assert settings.offline_limit_s == 30


@pytest.mark.parametrize(
    ("text", "line", "reason", "message"),
    [
        ('\nbrocker = "x"', 2, Reason.UNKNOWN_FIELD, "'broker'"),
        ("[limits]\nmax_object = 1", 2, Reason.UNKNOWN_FIELD, "'max_objects'"),
        ('tenant = "Not A Label"', 1, Reason.INVALID, "tenant"),
        ('\n\nlisten_port = "x"', 3, Reason.INVALID, "listen_port"),
        ('broker = "http://x"', 1, Reason.INVALID, "broker"),
        ("[limits]\nmax_depth = 0", 2, Reason.INVALID, "limits.max_depth"),
    ],
)
def test_what_is_wrong_in_the_file_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, reason: Reason, message: str
) -> None:
    with pytest.raises(Rejected) as caught:
        load(tmp_path, text)

    assert caught.value.where == f"{tmp_path / 'controller.toml'}:{line}"
    assert caught.value.reason is reason
    assert message in caught.value.message


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(Rejected) as caught:
        load(tmp_path, "= 1")
    assert (caught.value.reason, caught.value.where) == (Reason.MALFORMED, f"{tmp_path / 'controller.toml'}:1")


def test_a_wrong_variable_is_named(tmp_path: Path) -> None:
    with pytest.raises(Rejected) as unknown:
        load(tmp_path, TENNANT="x")
    assert "PINNACE_CONTROLLER_TENANT" in unknown.value.message

    with pytest.raises(Rejected) as wrong:
        load(tmp_path, LISTEN_PORT="many")
    assert wrong.value.where == "PINNACE_CONTROLLER_LISTEN_PORT"


def test_variables_that_kubernetes_puts_there_are_not_ours(tmp_path: Path) -> None:
    names = ("SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_HTTP", "PORT", "PORT_8462_TCP", "PORT_8462_TCP_ADDR")

    load(tmp_path, **dict.fromkeys(names, "tcp://10.0.0.1:8462"))


def test_a_file_that_is_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(Rejected) as caught:
        settings_file.load({}, tmp_path / "nowhere.toml")
    assert caught.value.reason is Reason.NOT_FOUND


def test_what_belongs_together_is_set_together(tmp_path: Path) -> None:
    for text in ('tls_cert = "c"', 'broker_key = "k"', 'broker_password = "p"\nbroker_password_file = "f"'):
        with pytest.raises(Rejected):
            load(tmp_path, text)


def test_the_password_comes_from_its_file_and_is_not_shown(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("hunter2\n")

    settings = load(tmp_path, f'broker_password_file = "{secret}"')

    assert settings.read_password(Path.read_text) == "hunter2"
    assert "hunter2" not in repr(load(tmp_path, 'broker_password = "hunter2"'))
