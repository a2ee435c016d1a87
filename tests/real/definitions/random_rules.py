"""Random rules in the idioms of health rules, and random objects for them, in which much may be missing."""

import random
from typing import Any

Json = dict[str, Any]

COUNTS = ("replicas", "readyReplicas", "updatedReplicas", "observedGeneration")
OBJECTS = ("context.output", "context.outputs.service", 'context.outputs["job"]')
PLACES = ("status", "status.conditions", "status.conditions[0]", "metadata.annotations", "status.loadBalancer.ingress")


class Rules:
    """Texts with a field `x`; the same texts for the same seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._names: dict[str, list[str]] = {"number": [], "bool": [], "text": []}

    def text(self) -> str:
        self._names = {"number": [], "bool": [], "text": []}
        lines = [self._declared(f"v{place}") for place in range(self._chance.randrange(1, 4))]
        lines.append(self._asked())
        self._chance.shuffle(lines)
        return "\n".join(lines)

    def _one(self, *items: str) -> str:
        return self._chance.choice(items)

    def _declared(self, name: str) -> str:
        kind = self._one("number", "bool", "text", "struct")
        if kind == "struct":
            count, thing = self._one(*COUNTS), self._one(*OBJECTS)
            self._names["number"].append(f"{name}.{count}")
            live = f"{thing}.status.{count}"
            return f"{name}: {{{count}: *0 | int}} & {{if {live} != _|_ {{{count}: {live}}}}}"
        line = self._scalar(name, kind)
        self._names[kind].append(name)
        return line

    def _scalar(self, name: str, kind: str) -> str:
        if kind == "number":
            return f"{name}: " + self._one(f"*{self._number()} | int", f"len({self._list()})", self._number())
        if kind == "bool":
            return f"{name}: *false | bool\nif {self._bool()} {{{name}: {self._bool()}}}"
        return f'{name}: *"" | string\nif {self._bool()} {{{name}: {self._text()}}}'

    def _asked(self) -> str:
        condition = self._bool()
        return self._one(
            f"x: {self._bool()}",
            f"x: {self._text()}",
            f"x: {self._list()}",
            f"x: *true | bool\nif {condition} if {self._bool()} {{x: {self._bool()}}}",
            f"if {condition} {{x: {self._text()}}}\nif !({condition}) {{x: {self._text()}}}",
        )

    def _number(self, depth: int = 1) -> str:
        plain = [
            *self._names["number"],
            "1",
            "2",
            f"{self._one(*OBJECTS)}.status.{self._one(*COUNTS)}",
            "parameter.count",
        ]
        if depth and self._chance.random() < 0.3:
            return f"({self._number(0)} {self._one('+', '-', '*', '/', 'div')} {self._number(0)})"
        return self._one(*plain)

    def _text(self, depth: int = 1) -> str:
        plain = [*self._names["text"], '"Ready"', "context.name", f"{self._one(*OBJECTS)}.kind"]
        if depth and self._chance.random() < 0.5:
            return f'"{self._one("", "is ")}\\({self._number(0)})/\\({self._text(0)})"'
        return self._one(*plain)

    def _bool(self, depth: int = 1) -> str:
        path = f"{self._one(*OBJECTS)}.{self._one(*PLACES)}"
        if depth and self._chance.random() < 0.3:
            return f"({self._bool(0)} {self._one('&&', '||')} {self._bool(0)})"
        return self._one(
            f"({path} {self._one('!=', '==')} _|_)",
            f"({self._number()} {self._one('==', '!=', '>', '<=')} {self._number()})",
            f"({self._text()} == {self._text()})",
            f'({self._text(0)} =~ "^[A-Z]")',
            "parameter.flag",
            *self._names["bool"],
        )

    def _list(self) -> str:
        thing, given = self._one(*OBJECTS), self._one("c", "c.status", "{s: c.status}")
        return self._one(
            f'[for c in {thing}.status.conditions if c.type == "Ready" {{{given}}}]',
            f"[for k, v in context.outputs if v.status != _|_ {{{self._one('k', 'v.kind')}}}]",
            f"[if {self._bool()} {{{self._number()}}}, {self._number()}]",
        )

    def given(self) -> Json:
        outputs = {name: self._object() for name in ("service", "job") if self._is_there()}
        parameter = {"count": 2, "flag": self._is_there()}
        kept = {name: value for name, value in parameter.items() if self._is_there()}
        return {"context": {"name": "web", "output": self._object(), "outputs": outputs}, "parameter": kept}

    def _is_there(self) -> bool:
        return self._chance.random() < 0.75

    def _object(self) -> Json:
        status: Json = {name: self._chance.randrange(3) for name in COUNTS if self._is_there()}
        if self._is_there():
            status["conditions"] = [self._condition() for _ in range(self._chance.randrange(3))]
        if not self._is_there():
            status["loadBalancer"] = {"ingress": [{"ip": "1.2.3.4"}]}
        metadata: Json = {} if self._is_there() else {"annotations": {"a/b": "c"}}
        found: Json = {"kind": self._one("Deployment", "Job"), "metadata": metadata}
        return found | ({"status": status} if self._is_there() else {})

    def _condition(self) -> Json:
        whole = {"type": self._one("Ready", "Available"), "status": self._one("True", "False")}
        return {name: value for name, value in whole.items() if self._chance.random() < 0.9}
