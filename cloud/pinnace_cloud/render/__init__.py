"""Rendering: an Application becomes the plain Kubernetes objects that KubeVela would make of it.

Pure: reads no file, no clock, no cluster. The same Application gives the same objects in every process.
"""

from pinnace_cloud.render.checks import Rendered
from pinnace_cloud.render.engine import Purpose, Renderer, Rendering
from pinnace_cloud.render.showing import render, rendering

__all__ = ["Purpose", "Rendered", "Renderer", "Rendering", "render", "rendering"]
