"""The component type `task`: one container that runs to its end, in a Job called `APPLICATION-COMPONENT`."""

from pinnace_cloud.render.components import jobs
from pinnace_cloud.render.components.jobs import JobParameters
from pinnace_cloud.render.health import workloads
from pinnace_cloud.render.parts import Context, Origin, Output, Part

# The pods of a Job carry its name as the value of a label.
_MAX_NAME = 63


class Task:
    """A Job."""

    name = "task"
    parameters = JobParameters
    health = staticmethod(workloads.done)

    def render(self, context: Context, parameters: JobParameters) -> Output:
        name = f"{context.application}-{context.component}"
        job = {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": name},
            "spec": jobs.spec(context, parameters),
        }
        problems = tuple(jobs.problems(context, parameters, "Job", name, _MAX_NAME))
        return Output((Part(job, Origin.WORKLOAD, self.name),), problems)
