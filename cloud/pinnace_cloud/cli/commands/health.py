"""`pinnace health`: whether the objects of a cluster make an application healthy, by KubeVela's rules, offline."""

from collections.abc import Iterable
from typing import Annotated

import typer
from pydantic import BaseModel

from pinnace_cloud.cli import files, offline, options
from pinnace_cloud.cli.exits import Exit
from pinnace_cloud.cli.offline import Made
from pinnace_cloud.cli.options import Topology
from pinnace_cloud.cli.output import formats, tables
from pinnace_cloud.cli.output.formats import Format
from pinnace_cloud.materials import manifests
from pinnace_cloud.render import kinds
from pinnace_cloud.render import objects as validity
from pinnace_cloud.render.health import judge
from pinnace_cloud.render.health.judge import Judgement, Objects
from pinnace_cloud.render.kinds import Identity
from pinnace_schemas import api
from pinnace_schemas.application import Application
from pinnace_schemas.bundle import KubeObject
from pinnace_schemas.diagnostics import STDIN
from pinnace_schemas.errors import Rejected
from pinnace_schemas.reasons import Reason

app = options.command()

Live = Annotated[
    list[str],
    typer.Option("--objects", metavar="FILE|DIR|-", help="What 'kubectl get -o yaml' printed; may be given again."),
]


class HealthBody(BaseModel):
    """One component, or one of its traits; `details` are what its definition tells besides, `error` says why its rule
    could not be evaluated.
    """

    application: str
    component: str
    replica: str | None
    trait: str | None
    type: str
    healthy: bool
    message: str
    error: str
    details: dict[str, str]


@app.command()
def health(
    file: files.Files,
    objects: Live,
    recursive: files.Recursive = False,
    topology: Topology = None,
    output: formats.Output = Format.TABLE,
) -> None:
    """Judge components and traits by objects of a cluster, without a controller.

    Ends with 0 where all are healthy, with 1 where one is not.
    """
    if STDIN in file and STDIN in objects:
        raise typer.BadParameter("only one of --file and --objects can be standard input")
    live = _live(files.read(objects, recursive=recursive))
    made = offline.render(files.read(file, recursive=recursive), topology)
    bodies = [body for one in made for body in _judged(one, live)]
    _show(bodies, output)
    raise typer.Exit(Exit.OK if all(body.healthy for body in bodies) else Exit.DIFFERENT)


def _live(sources: Iterable[api.Source]) -> Objects:
    """Raises Rejected where something is no object, or stands twice: objects of two clusters cannot be told apart."""
    found: dict[Identity, KubeObject] = {}
    for source in sources:
        for item in manifests.objects(source.text, source.name):
            for problem in validity.problems(item, needs_name=True):
                raise Rejected(problem.reason, f"{problem.path} {problem.message}", source.name)
            identity = kinds.identity(item)
            if identity in found:
                raise Rejected(Reason.INVALID, f"{identity} stands twice; give the objects of one cluster", source.name)
            found[identity] = item
    return found


def _judged(made: Made, live: Objects) -> list[HealthBody]:
    judged = judge.judge(made.application, made.rendering, made.registry, live, made.supply.answers)
    return [_body(made.application, item) for item in judged]


def _body(application: Application, item: Judgement) -> HealthBody:
    return HealthBody(
        application=application.name,
        component=item.component,
        replica=item.replica,
        trait=item.trait,
        type=item.type,
        healthy=item.health.is_healthy,
        message=item.health.message,
        error=item.health.error,
        details=dict(item.health.details),
    )


def _show(bodies: list[HealthBody], output: Format) -> None:
    if not output.is_table:
        formats.write(bodies, output)
        return
    header = ("APPLICATION", "COMPONENT", "TRAIT", "HEALTHY", "MESSAGE")
    if output is Format.WIDE:
        tables.show((*header, "DETAILS"), [(*_row(body), _details(body)) for body in bodies])
    else:
        tables.show(header, [_row(body) for body in bodies])


def _row(body: HealthBody) -> tuple[str, ...]:
    message = body.message.strip() or body.error
    component = f"{body.component} ({body.replica})" if body.replica else body.component
    return body.application, component, body.trait or "", "yes" if body.healthy else "no", message


def _details(body: HealthBody) -> str:
    return ", ".join(f"{name}: {value}" for name, value in body.details.items())
