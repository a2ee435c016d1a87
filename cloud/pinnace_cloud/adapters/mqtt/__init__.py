"""The controller's `Broker` port on MQTT, driven by the event loop."""

from pinnace_cloud.adapters.mqtt.broker import MqttBroker

__all__ = ["MqttBroker"]
