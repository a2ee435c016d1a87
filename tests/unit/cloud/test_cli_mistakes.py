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


def test_a_component_that_has_to_be_asked_for_is_no_mistake_beside_one(shell: Shell) -> None:
    text = """
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: shop}
spec:
  components:
    - {name: shop, type: helmchart, properties: {chart: {source: ./chart}}}
    - {name: true, type: webservice, properties: {image: "web:1"}}
"""
    ended = shell.run("render", "-f", "-", stdin=text)
    assert ended.code is Exit.REFUSED
    (line, _) = ended.err.splitlines()
    assert ": error: spec.components[1].name: " in line


def test_a_wrong_name_is_shown_beside_a_wrong_property(shell: Shell) -> None:
    text = """
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: shop}
spec:
  components: [{name: Bad_Name, type: webservice, properties: {image: 3}}]
"""
    lines = shell.run("render", "-f", "-", stdin=text).err.splitlines()
    assert [line.partition(": ")[2].partition(": ")[2].partition(":")[0] for line in lines[:-1]] == [
        "spec.components[0].name",
        "spec.components[0].properties.image",
    ]
