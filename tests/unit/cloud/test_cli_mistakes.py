"""`pinnace render` shows every mistake of an Application at once, each with file, line, field, component and trait."""

import re

from tests.unit.cloud import mistakes
from tests.unit.cloud.shells import Shell

from pinnace_cloud.cli.exits import Exit

_LINE = re.compile(r"-:(\d+):\d+: (error|warning): ([^:]+): .*?(?: \[(component [^]]+)\])?")


def test_every_mistake_of_an_application_is_shown_at_once(shell: Shell) -> None:
    ended = shell.run("render", "--strict", "-f", "-", stdin=mistakes.TEXT)
    *lines, last = ended.err.splitlines()
    found = [match.groups() for line in lines if (match := _LINE.fullmatch(line))]
    assert len(found) == len(lines)
    assert {(int(line), path, about or "") for line, _, path, about in found} == mistakes.PLACES
    errors = sum(severity == "error" for _, severity, _, _ in found)
    assert (ended.code, ended.out, last) == (Exit.REFUSED, "", f"error: {errors} errors; nothing was done")
    assert errors >= len(mistakes.PLACES) - 1  # that a workflow step is not known is doubtful only at a site
