"""Small random rules in which much depends on who asks whom, and when: fields, lets, comprehensions within others."""

import random
import re
from typing import Any

Json = dict[str, Any]

GIVEN = (
    "parameter.a",
    "parameter.b",
    "context.output.status.a",
    "context.outputs.s.a",
    "parameter.nope",
    "context.nope",
)
TYPES = {"bool": "bool", "number": "int", "text": "string"}
LITERALS = {"bool": ("true", "false"), "number": ("0", "1", "2"), "text": ('""', '"s"')}


class Orders:
    """Texts with a field `x`; the same texts for the same seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._kind = "bool"
        # Names that may be referred to.
        self._below: list[str] = []

    def text(self) -> str:
        self._kind = self._one(*TYPES)
        names = [f"a{place}" for place in range(self._chance.randrange(2, 5))]
        lines: list[str] = []
        for place, name in enumerate(names):
            self._below = names[place + 1 :] if self._likely(0.9) else names
            lines.append(self._declared(name))
        self._below = names
        lines += [self._asking() for _ in range(self._chance.randrange(3))]
        lines.append(self._one("x: 1", f"x: {self._value(1)}", f"x: *1 | _\nif {self._condition()} {{x: 1}}"))
        self._chance.shuffle(lines)
        text = "\n".join(lines)
        unused = [name for name in re.findall(r"let (\w+)", text) if len(re.findall(rf"\b{name}\b", text)) == 1]
        return "\n".join([text, *(f"u{name}: {name}" for name in unused)])

    def _one(self, *items: str) -> str:
        return self._chance.choice(items)

    def _likely(self, chance: float) -> bool:
        return self._chance.random() < chance

    def _literal(self) -> str:
        return self._one(*LITERALS[self._kind])

    def _declared(self, name: str) -> str:
        value, default = self._value(2), f"*{self._literal()} | {TYPES[self._kind]}"
        return self._one(
            f"let {name} = {value}",
            f"{name}: {value}",
            f"{name}: {default}\n{name}: {value}",
            f"{name}: {default}\nif {self._condition()} {{{name}: {value}}}",
            f"{name}: {default}\nif {self._condition()} {{if {self._condition()} {{{name}: {value}}}}}",
            f"{name}: _\nif {self._condition()} {{{name}: {value}}}",
        )

    def _asking(self) -> str:
        condition = self._condition()
        return self._one(
            f"if {condition} {{}}",
            f"if {condition} {{w: 1}}",
            f"if {condition} {{if {self._condition()} {{w: 1}}}}",
            f"if {condition} {{if {self._condition()} {{x: 1}}}}",
            f"if {condition} {{x: 1}}\nif !({condition}) {{x: 2}}",
            f'for k, v in context.outputs if {condition} {{"\\(k)": 1}}',
        )

    def _reference(self) -> str:
        return self._one(*GIVEN) if not self._below or self._likely(0.15) else self._one(*self._below)

    def _condition(self) -> str:
        found = self._reference()
        if self._likely(0.5):
            return f"{self._one(found, found, *GIVEN)} {self._one('!=', '==')} _|_"
        if self._kind == "bool":
            return self._one(found, f"!{found}", f"{found} == {self._literal()}", f"({found} && true)")
        if self._kind == "number":
            return self._one(f"{found} == {self._literal()}", f"{found} > 0", f"len([{found}]) > 0")
        return self._one(
            f"{found} == {self._literal()}", f"len({found}) > 0", f'"\\({found})" != ""', f'{found} =~ "s"'
        )

    def _value(self, depth: int) -> str:
        found = self._reference()
        made = {
            "bool": (f"!{found}", f"({found} != _|_)"),
            "number": (f"({found} + 1)", f"-{found}"),
            "text": (f'"\\({found})"',),
        }
        if depth == 0 or self._likely(0.4):
            return self._one(found, self._literal(), *made[self._kind])
        inner, condition = self._value(depth - 1), self._condition()
        return self._one(
            f"{{if {condition} {{{inner}}}, if !({condition}) {{{self._value(depth - 1)}}}}}",
            f"{{{inner}}}",
            f"[if {condition} {{{inner}}}, {self._literal()}][0]",
            f"[for v in [{found}, {self._reference()}] if {condition} {{v}}][0]",
            f"*{found} | {inner}",
            f"{inner} & {found}",
        )

    def given(self) -> Json:
        found: Json = {"context": {"output": {"status": {}}, "outputs": {"s": {}}}, "parameter": {}}
        places = (found["parameter"], "a"), (found["parameter"], "b")
        for place, name in (
            *places,
            (found["context"]["output"]["status"], "a"),
            (found["context"]["outputs"]["s"], "a"),
        ):
            if self._likely(0.5):
                place[name] = {"bool": self._likely(0.5), "number": 1, "text": "s"}[self._kind]
        return found
