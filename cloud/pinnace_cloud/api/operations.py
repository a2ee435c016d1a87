"""What routes ask for: the controller's operations, and names that are checked before they reach them."""

from typing import Annotated

from fastapi import Depends, Path, Request

from pinnace_cloud.ports import Controller
from pinnace_schemas.names import DNS_LABEL


async def _controller(request: Request) -> Controller:
    controller: Controller = request.app.state.controller
    return controller


Operations = Annotated[Controller, Depends(_controller)]
NameInPath = Annotated[str, Path(pattern=DNS_LABEL, description="a DNS label of at most 63 characters")]
