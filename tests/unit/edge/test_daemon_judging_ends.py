"""What a definition says of a Job counts also after Kubernetes has removed the Job, some time after it ended."""

from pathlib import Path

import pytest
from tests.unit.edge.worlds import App, Site, deliver

from pinnace_edge.model import Health, Kind, KubeObject, Ref, Status
from pinnace_schemas.health_rules import HealthRules, Ruled, Texts
from pinnace_schemas.order import Order
from pinnace_schemas.phases import Phase

JOB = Kind("batch/v1", "Job")
LOAD = Ref(JOB, "default", "load")
RUNS = Health(Status.CURRENT, "running", is_unfinished=True)
TEXTS = Texts(policy="isHealth: context.output.status.succeeded == 1", message='message: "loaded"')
RULES = HealthRules(texts=(TEXTS,), ruled=(Ruled(name="load", texts=0, output=1),))


def shop(**more: object) -> App:
    """Loads something once, beside its settings."""
    spec = {"ttlSecondsAfterFinished": 60}
    job: KubeObject = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "load"}, "spec": spec}
    return App(extra=(job,), health=RULES, **more)  # type: ignore[arg-type] # the fields are those of an App


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Where the Job runs."""
    site = Site(tmp_path)
    site.cloud.assign("stores")
    site.cluster.healths["load"] = RUNS
    deliver(site, shop())
    say(site, succeeded=0)
    return site


def say(site: Site, health: Health = RUNS, **status: object) -> None:
    thing = site.cluster.things[LOAD]
    thing.body, thing.version = {**thing.body, "status": status}, thing.version + 1
    site.cluster.healths["load"] = health
    site.pass_time(70)


def remove(site: Site) -> None:
    """As Kubernetes does after the time that the Job names."""
    del site.cluster.things[LOAD]
    site.cluster.reads()
    for _ in range(12):
        site.pass_time(70)


def told(site: Site) -> tuple[Phase, str]:
    return site.deployment().phase, site.deployment().message


def test_a_job_that_its_definition_called_healthy_stays_so_after_it_was_removed(site: Site) -> None:
    say(site, Health(Status.CURRENT, "completed"), succeeded=1)
    assert told(site) == (Phase.CONVERGED, "load: loaded")
    remove(site)
    assert told(site) == (Phase.CONVERGED, "load: loaded")
    assert site.cluster.reads() == []
    assert LOAD not in site.cluster.things, "it is not run again"


def test_a_job_that_its_definition_did_not_call_healthy_at_its_end_stays_so(site: Site) -> None:
    say(site, Health(Status.CURRENT, "completed"), succeeded=0)
    remove(site)
    assert told(site)[0] is Phase.DEGRADED


def test_a_job_that_ended_and_went_while_nobody_looked_is_judged_by_its_kind(site: Site) -> None:
    """What was said of it while it ran is not the last word."""
    assert told(site)[0] is Phase.PROGRESSING
    remove(site)
    assert told(site)[0] is Phase.CONVERGED


def test_a_daemon_that_starts_after_the_job_was_removed_judges_by_its_kind(site: Site) -> None:
    say(site, Health(Status.CURRENT, "completed"), succeeded=1)
    site.restart()
    remove(site)
    assert told(site)[0] is Phase.CONVERGED


def test_what_waits_for_a_job_that_ended_well_is_applied_also_after_the_job_was_removed(site: Site) -> None:
    say(site, Health(Status.CURRENT, "completed"), succeeded=1)
    remove(site)
    later = (("settings", "1"), ("late", "1"))
    spec = shop().extra[0]
    order = (Order(objects=(1,), after=(2,)),)
    rules = RULES.model_copy(update={"ruled": (Ruled(name="load", texts=0, output=2),)})
    deliver(site, App(revision=2, values=later, extra=(spec,), health=rules, order=order))
    site.pass_time(70)
    assert site.cluster.names() == ["late", "settings"]
    assert told(site)[0] is Phase.CONVERGED
