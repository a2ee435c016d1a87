"""Real MQTT brokers as processes of a test or a demo: mosquitto and NATS, each on a free port with short-lived data."""

from pinnace_sim.brokers.access import User
from pinnace_sim.brokers.broker import Broker
from pinnace_sim.brokers.mosquitto import Mosquitto, MosquittoOptions
from pinnace_sim.brokers.nats import Nats, NatsOptions

__all__ = ["Broker", "Mosquitto", "MosquittoOptions", "Nats", "NatsOptions", "User"]
