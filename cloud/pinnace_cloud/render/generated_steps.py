"""The steps of a workflow, written or, where none are, as KubeVela makes them up from policies and components."""

from collections.abc import Iterator, Mapping, Sequence

from pinnace_schemas import diagnostics
from pinnace_schemas.application import Application, Policy, Step
from pinnace_schemas.diagnostics import Diagnostic, Severity
from pinnace_schemas.reasons import Reason

Steps = tuple[Step, ...]

# Names of types of KubeVela, of which it makes up steps. A component of the last one is filled by deploy steps only.
_TOPOLOGY, _ENV_BINDING, _REFERRING = "topology", "env-binding", "ref-objects"


def steps(
    application: Application,
    changing: Sequence[str] = (),
    workflows: Mapping[str, Steps] | None = None,
    severity: Severity = Severity.ERROR,
) -> tuple[Steps, tuple[Diagnostic, ...]]:
    """All steps, and what is wrong with the reference to others.

    Args:
        application: as written.
        changing: names of the policies that each topology gets, in order: in KubeVela, the overrides.
        workflows: the steps of Workflow objects by name, for `ref`.
        severity: of a reference to a Workflow that is not there.
    """
    workflow = application.spec.workflow
    if workflow is not None and workflow.ref:
        found = (workflows or {}).get(workflow.ref)
        return (found, ()) if found is not None else ((), (_missing(workflow.ref, severity),))
    if workflow is not None and workflow.steps:
        return workflow.steps, ()
    makers = (_environments(application), _deployments(application, changing), _components(application))
    return next((found for found in map(tuple, makers) if found), ()), ()


def _missing(name: str, severity: Severity) -> Diagnostic:
    message = f"there is no Workflow '{name}' here: Workflow objects are not read; write the steps here"
    path = diagnostics.join_path(("spec", "workflow", "ref"))
    return Diagnostic(severity, Reason.UNSUPPORTED, message, path=path)


def _environments(application: Application) -> Iterator[Step]:
    for policy in application.spec.policies:
        if policy.type == _ENV_BINDING:
            for env in _envs(policy):
                name, properties = f"deploy-{policy.name}-{env}", {"policy": policy.name, "env": env}
                yield Step(name=name, type="deploy2env", properties=properties)


def _envs(policy: Policy) -> Iterator[str]:
    """What is wrong with the policy is said where policies are read."""
    envs = policy.properties.get("envs")
    for env in envs if isinstance(envs, list) else ():
        if isinstance(env, dict) and isinstance(env.get("name"), str):
            yield env["name"]


def _deployments(application: Application, changing: Sequence[str]) -> Iterator[Step]:
    topologies = [item.name for item in application.spec.policies if item.type == _TOPOLOGY]
    for name in topologies:
        yield Step(name=f"deploy-{name}", type="deploy", properties={"policies": [*changing, name]})
    refers = any(item.type == _REFERRING for item in application.spec.components)
    if not topologies and (refers or changing):
        yield Step(name="deploy", type="deploy", properties={"policies": [*changing]})


def _components(application: Application) -> Iterator[Step]:
    for item in application.spec.components:
        properties = {"component": item.name}
        yield Step(name=item.name, type="apply-component", properties=properties, depends_on=item.depends_on)
