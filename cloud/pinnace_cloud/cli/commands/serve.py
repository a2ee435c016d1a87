"""`pinnace serve`: the controller, in the foreground."""

import os
from importlib import metadata
from typing import Annotated

import typer

from pinnace_cloud import api, settings_file
from pinnace_cloud import app as controller
from pinnace_cloud.api import server
from pinnace_cloud.api.server import Listen
from pinnace_cloud.cli import options
from pinnace_cloud.cli.options import Config
from pinnace_cloud.service import HttpServer, Service
from pinnace_cloud.settings import Settings

app = options.command()

Insecure = Annotated[
    bool, typer.Option("--insecure", help="Listen for others without TLS: behind a proxy that has it.")
]


@app.command()
def serve(config: Config = None, insecure: Insecure = False) -> None:
    """Run the controller until SIGTERM or SIGINT.

    Settings come from --config, PINNACE_CONTROLLER_CONFIG or /etc/pinnace/controller.toml, and from variables named
    PINNACE_CONTROLLER_*.
    """
    settings = settings_file.load(os.environ, config)
    has_tls = settings.tls_cert is not None
    api.check_listen(settings.listen_host, has_tls=has_tls, insecure=insecure or settings.insecure)
    controller.serve(settings, _server)


def _server(service: Service, settings: Settings) -> HttpServer:
    about = api.ApiSettings(version=metadata.version("pinnace"), tenant=settings.tenant)
    listen = Listen(settings.listen_host, settings.listen_port, settings.tls_cert, settings.tls_key)
    return server.make(api.create(service.controller, about, service.metrics.registry), listen)
