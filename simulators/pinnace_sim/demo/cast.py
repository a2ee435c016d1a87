"""Who plays: three sites in two groups, one Application in two editions, and what each site should then hold. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from string import Template

APPLICATION = "shop"
# Names of objects of the Application that the story looks at.
TILL, SETTINGS = "till", "settings"
SHOPS, KIOSKS = "shops", "kiosks"
# Who damages the cut-off site, as its KubeAPI is told and as the journal later says.
INTRUDER = "night-shift"


@dataclass(frozen=True, slots=True)
class Site:
    """One place with a cluster and a daemon, in one node group."""

    name: str
    group: str


# The first one is cut off; the second, in the same group, is not.
SITES = (Site("north", SHOPS), Site("south", SHOPS), Site("kiosk", KIOSKS))
CUT_OFF = SITES[0]


@dataclass(frozen=True, slots=True)
class Edition:
    """What differs between the revisions of the Application."""

    revision: int
    image: str
    greeting: str


FIRST = Edition(1, "nginx:1.28-alpine", "Good morning")
SECOND = Edition(2, "nginx:1.29-alpine", "Good evening")
EDITIONS = {edition.revision: edition for edition in (FIRST, SECOND)}


@dataclass(frozen=True, slots=True)
class Expected:
    """What a site holds if it runs an edition as its group wants it. `mode` is an environment variable of the till."""

    image: str
    replicas: int
    mode: str
    greeting: str


def expected(site: Site, revision: int) -> Expected:
    """The difference between the groups is the override policy of `shop.yaml`: kiosks have one till, without staff."""
    edition = EDITIONS[revision]
    replicas, mode = (1, "self-service") if site.group == KIOSKS else (2, "staffed")
    return Expected(edition.image, replicas, mode, edition.greeting)


def documents(edition: Edition, namespace: str) -> str:
    """The node groups and the Application, as an operator would have them in a file."""
    text = (resources.files(__package__) / "shop.yaml").read_text(encoding="utf-8")
    return Template(text).substitute(namespace=namespace, image=edition.image, greeting=edition.greeting)
