"""Both sides of trust: a controller that signs, a node that verifies, and a forger who holds some of the keys."""

import copy
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from securesystemslib import formats
from securesystemslib.signer import CryptoSigner

from pinnace_cloud.signing import keys
from pinnace_cloud.signing.documents import ReleasedBundle
from pinnace_cloud.signing.keys import KeyRole, KeySet
from pinnace_cloud.signing.signer import Signer
from pinnace_edge.adapters import verifier
from pinnace_edge.adapters.verifier import TufVerifier
from pinnace_edge.model import Trust, VerifiedHead
from pinnace_schemas import codec
from pinnace_schemas.compression import Encoding
from pinnace_schemas.errors import Rejected
from pinnace_schemas.head import Head, HeadEntry, Variant
from pinnace_schemas.messages import Assignment, ControlMessage

Json = dict[str, Any]
Change = Callable[[Json], None]

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TENANT, GROUP, NODE = "default", "shops", "shop-1"


class World:
    """`trust` is that of a node which has joined; `signer` the controller's."""

    def __init__(self, keyset: KeySet) -> None:
        self.now = NOW
        self.keyset = keyset
        self.signer = Signer(keyset, TENANT)
        self.verifier = TufVerifier(TENANT)
        self.trust = verifier.first_trust(self.signer.root_text, self.signer.root_digest, TENANT)

    def bundle(self, application: str = "web", **changes: Any) -> ReleasedBundle:
        variant = Variant(encoding=Encoding.ZLIB, length=300, chunks=("ab" * 32,))
        fields: Json = {"namespace": "default", "revision": 1, "variants": (variant,), **changes}
        return ReleasedBundle(HeadEntry(application=application, **fields), "cd" * 32, 1000)

    def head(self, version: int = 3, group: str = GROUP, *, applications: Iterable[str] = ("web", "till")) -> Head:
        return self.signer.head(group, [self.bundle(name) for name in applications], version=version, now=NOW)

    def accept(
        self, head: Head, group: str = GROUP, *, trust: Trust | None = None, now: datetime = NOW
    ) -> VerifiedHead:
        return self.verifier.head(head, group, trust or self.trust, now)

    def refuse(self, head: Head, group: str = GROUP, *, trust: Trust | None = None) -> Rejected:
        with pytest.raises(Rejected) as caught:
            self.accept(head, group, trust=trust)
        return caught.value

    def having_accepted(self, head: Head, group: str = GROUP) -> Trust:
        return Trust(self.trust.root, self.trust.control, self.accept(head, group).versions)

    def assignment(self, version: int = 1, **changes: Any) -> Assignment:
        fields: Json = {"tenant": TENANT, "node": NODE, "version": version, "groups": (GROUP,), **changes}
        return Assignment(issued_at="2026-03-01T12:00:00Z", expires_at="2026-03-31T12:00:00Z", **fields)

    def refuse_control(self, message: ControlMessage, trust: Trust | None = None) -> Rejected:
        with pytest.raises(Rejected) as caught:
            self.verifier.control(message, trust or self.trust, NOW)
        return caught.value

    def forged(self, text: str, change: Change, *signers: CryptoSigner | KeyRole) -> str:
        """The document with `change` done to `signed`, signed anew."""
        signed = copy.deepcopy(json.loads(text)["signed"])
        change(signed)
        return self.signed(signed, *signers)

    def signed(self, signed: Json, *signers: CryptoSigner | KeyRole) -> str:
        canonical = formats.encode_canonical(signed)
        assert canonical is not None
        used = [self.keyset.signers[item] if isinstance(item, KeyRole) else item for item in signers]
        made = [signer.sign(canonical.encode()) for signer in used]
        signatures = [{"keyid": item.keyid, "sig": item.signature} for item in made]
        return codec.canonical({"signatures": signatures, "signed": signed}).decode()

    def with_snapshot(self, head: Head, snapshot: str) -> Head:
        """The head with another snapshot, and a timestamp by the real key that names it."""

        def name_it(signed: Json) -> None:
            meta = signed["meta"]["snapshot.json"]
            meta["version"] = json.loads(snapshot)["signed"]["version"]
            meta["length"] = len(snapshot.encode())
            meta["hashes"] = {"sha256": codec.sha256(snapshot.encode())}

        timestamp = self.forged(head.timestamp, name_it, KeyRole.TIMESTAMP)
        return head.model_copy(update={"snapshot": snapshot, "timestamp": timestamp})


@pytest.fixture(scope="session")
def keyset(tmp_path_factory: pytest.TempPathFactory) -> KeySet:
    directory: Path = tmp_path_factory.mktemp("keys") / "set"
    return keys.init(directory, TENANT, NOW)


@pytest.fixture
def world(keyset: KeySet) -> World:
    return World(keyset)


@pytest.fixture
def stranger(tmp_path: Path) -> World:
    """Another controller of the same tenant, with keys of its own."""
    return World(keys.init(tmp_path / "other", TENANT, NOW))


@pytest.fixture
def unknown_key() -> CryptoSigner:
    """A key that nobody trusts."""
    return CryptoSigner.generate_ed25519()
