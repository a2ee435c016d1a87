"""Component types."""

from pinnace_cloud.extension import (
    ComponentType,
    Context,
    Diagnostic,
    KubeObject,
    Origin,
    Output,
    Parameters,
    Part,
    Reason,
    diagnostics,
)

LABEL = "acme.example/pages"


class PagesParameters(Parameters):
    texts: dict[str, str]
    """Pages by the name of their file."""
    image: str = "nginx:1.29"
    """A web server that shows /usr/share/nginx/html."""


class Pages:
    """A few pages that stand in the application itself, and a server that shows them."""

    name = "pages"
    parameters = PagesParameters

    def render(self, context: Context, parameters: PagesParameters) -> Output:
        problems: tuple[Diagnostic, ...] = ()
        if "index.html" not in parameters.texts:
            message = "has no page 'index.html'; who asks for no page gets an error"
            problems = (diagnostics.warning(Reason.INVALID, message, "properties", "texts"),)
        server = Part(_server(context.component, parameters.image), Origin.WORKLOAD, self.name)
        texts = Part(_texts(context.component, parameters.texts), Origin.AUXILIARY, self.name, ("properties", "texts"))
        return Output((server, texts), problems)


def _server(name: str, image: str) -> KubeObject:
    mount = {"name": "pages", "mountPath": "/usr/share/nginx/html"}
    container = {"name": name, "image": image, "volumeMounts": [mount]}
    volume = {"name": "pages", "configMap": {"name": name}}
    pod = {"containers": [container], "volumes": [volume]}
    template = {"metadata": {"labels": {LABEL: name}}, "spec": pod}
    spec = {"selector": {"matchLabels": {LABEL: name}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def _texts(name: str, texts: dict[str, str]) -> KubeObject:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": dict(texts)}


COMPONENTS: tuple[ComponentType, ...] = (Pages(),)
