"""What is installed on a machine at which documented commands are typed, in a folder that stands for its `/`.

Makes what packages and `pip install` make: programs, a broker that listens on this machine only, and its unit.
"""

import os
import re
import sys
from pathlib import Path

from pinnace_sim.provision import controlplane, mosquitto

_FOLDERS = (
    "etc/mosquitto/certs",
    "etc/systemd/system",
    "opt/pinnace/bin",
    "root",
    "usr/bin",
    "usr/local/bin",
    "var/lib/mosquitto",
)
_MOVED = "etc|opt|root|usr/local|var/lib"
_PATH = re.compile(rf"(?<![\w.$/-])/(?={_MOVED})")
# Program -> its module, and its default settings file and data folder. They count once the file is there.
_OURS = {
    "pinnace": ("pinnace_cloud", "PINNACE_CONTROLLER", "etc/pinnace/controller.toml", "var/lib/pinnace"),
    "pinnace-edge": ("pinnace_edge", "PINNACE_EDGE", "etc/pinnace/edge.toml", "var/lib/pinnace-edge"),
}


def moved(text: str, root: Path) -> str:
    """The commands with the paths of an installation moved under `root`. Raises ValueError for one that is left."""
    found = _PATH.sub(f"{root}/", text)
    left = re.search(rf"\S*(?<!{re.escape(str(root))})/(?:etc|root|var/lib)\b\S*", found)
    if left:
        raise ValueError(f"this would touch the machine of the test: {left[0]}")
    return found


def programs(root: Path) -> None:
    """Ours, kubectl, mosquitto and mosquitto_passwd."""
    for folder in _FOLDERS:
        (root / folder).mkdir(parents=True)
    for name, (module, prefix, settings, data) in _OURS.items():
        places = f"{prefix}_CONFIG={root / settings} {prefix}_DATA_DIR={root / data}"
        start = f'exec {sys.executable} -m {module} "$@"'
        _program(root / "opt/pinnace/bin" / name, f"[ ! -e {root / settings} ] || export {places}\n{start}")
    (root / "usr/bin/kubectl").symlink_to(controlplane.locate_program("kubectl"))
    found = mosquitto.locate()
    variables = "".join(f"export {name}={value}\n" for name, value in found.environment.items())
    tool = found.path.parents[1] / "bin" / "mosquitto_passwd"
    # Started by root, mosquitto changes to its own user, which is not on every machine.
    own = "" if os.geteuid() else '{ cat "$2"; echo user root; } > "$2.run"\nset -- -c "$2.run"\n'
    _program(root / "usr/bin/mosquitto", f'{own}{variables}exec {found.path} "$@"')
    _program(root / "usr/bin/mosquitto_passwd", f'{variables}exec {tool} "$@"')


def broker(root: Path, port: int) -> None:
    """For this machine only, without users, and with nothing kept."""
    configuration = root / "etc/mosquitto/mosquitto.conf"
    configuration.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nlog_dest stderr\n")
    unit = f"[Service]\nExecStart={root / 'usr/bin/mosquitto'} -c {configuration}\n"
    (root / "etc/systemd/system/mosquitto.service").write_text(unit)


def _program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
