"""The HTTP server: what is wrong with address or certificate is refused by name before anything runs; TLS works."""

import datetime
import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.unit.cloud import controllers
from tests.unit.cloud.shells import Shell

from pinnace_cloud import api as http
from pinnace_cloud.api import server
from pinnace_cloud.api.server import Listen, Server
from pinnace_cloud.cli.exits import Exit
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Of 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "controller")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(hours=1))
    builder = builder.not_valid_after(now + datetime.timedelta(hours=1)).add_extension(names, critical=False)
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form, secret = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, secret))
    return folder / "cert.pem", folder / "key.pem"


@contextmanager
def running(listen: Listen) -> Iterator[Server]:
    made = server.make(http.create(controllers.MemoryController(), http.ApiSettings("0.1.0")), listen)
    thread = threading.Thread(target=made.run)
    thread.start()
    try:
        yield made
    finally:
        made.should_exit = True
        thread.join(timeout=10)


def test_tls_is_served_and_trusted_by_its_ca_file(shell: Shell, certificate: tuple[Path, Path]) -> None:
    with running(Listen("127.0.0.1", 0, *certificate)) as made:
        assert made.url.startswith("https://127.0.0.1:")
        trusted = shell.run("get", "nodes", "--server", made.url, "--ca-file", str(certificate[0]))
        strange = shell.run("get", "nodes", "--server", made.url)
    assert trusted.code == Exit.OK
    assert strange.code == Exit.UNREACHABLE
    assert "certificate" in strange.err.lower()


def test_plain_http_is_served_on_a_free_port(shell: Shell) -> None:
    with running(Listen("127.0.0.1", 0)) as made:
        assert shell.run("get", "nodes", "--server", made.url).code == Exit.OK


def test_an_address_in_use_is_refused_by_name() -> None:
    made = http.create(controllers.MemoryController(), http.ApiSettings("0.1.0"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Rejected) as refusal:
            server.make(made, Listen("127.0.0.1", port))
    assert (refusal.value.reason, refusal.value.where) == (Reason.IN_USE, f"127.0.0.1:{port}")


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_certificate_that_is_none_is_refused_by_name(tmp_path: Path, content: str | None) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    if content is not None:
        cert.write_text(content)
        key.write_text(content)
    with pytest.raises(Rejected) as refusal:
        server.make(http.create(controllers.MemoryController(), http.ApiSettings("0.1.0")), Listen("::1", 0, cert, key))
    assert refusal.value.reason is Reason.INVALID
    assert str(cert) in refusal.value.where
