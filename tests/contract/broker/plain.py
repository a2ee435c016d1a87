"""paho as it is, without our adapters: what a real broker answers. The cases begin by stating it."""

import time
from collections.abc import Callable

from paho.mqtt.client import Client, MQTTv5, MQTTv311
from paho.mqtt.enums import CallbackAPIVersion

from pinnace_schemas.broker_settings import MqttVersion
from pinnace_sim.brokers import User

PATIENCE_S = 10.0
STEP_S = 0.05
HUNG_UP = "hung up"


class Plain:
    """One connection. An answer is the name of a reason code, or `HUNG_UP`."""

    def __init__(self, port: int, version: MqttVersion, user: User | None = None) -> None:
        protocol = MQTTv5 if version is MqttVersion.V5 else MQTTv311
        self.client = Client(CallbackAPIVersion.VERSION2, protocol=protocol, reconnect_on_failure=False)
        self._answers: list[str] = []
        self.client.on_connect = lambda _c, _d, _f, code, _p: self._answers.append(str(code))
        self.client.on_publish = lambda _c, _d, _n, code, _p: self._answers.append(str(code))
        self.client.on_subscribe = lambda _c, _d, _n, codes, _p: self._answers.append(str(codes[0]))
        if user is not None:
            self.client.username_pw_set(user.name, user.password)
        self.client.connect("127.0.0.1", port)

    def connected(self) -> str:
        return self._answer()

    def publish(self, topic: str, payload: bytes) -> str:
        self.client.publish(topic, payload, 1, retain=True)
        return self._answer()

    def subscribe(self, topic: str) -> str:
        self.client.subscribe(topic, 1)
        return self._answer()

    def _answer(self) -> str:
        self._until(lambda: bool(self._answers) or self.client.socket() is None)
        return self._answers.pop(0) if self._answers else HUNG_UP

    def _until(self, is_true: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not is_true():
            assert time.monotonic() < end
            self.client.loop(STEP_S)
