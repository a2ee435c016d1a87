"""Which types are known: what installed packages offer, and how a bad offer is named."""

from typing import Any

import pytest
from pydantic import BaseModel

from pinnace_cloud.render import builtin, installed, registry
from pinnace_cloud.render.parts import Context, Output
from pinnace_cloud.render.registry import Loaded, Offer, Sort
from pinnace_schemas.fields import Strictly


class Lamp:
    """A component type."""

    parameters: Any = Strictly

    def __init__(self, name: str = "lamp") -> None:
        self.name = name

    def render(self, context: Context, parameters: Strictly) -> Output:
        return Output()


class Nameless(Lamp):
    def __init__(self) -> None:
        super().__init__("")


class Untyped(Lamp):
    parameters = dict


class Lenient(Lamp):
    class Parameters(BaseModel):
        watts: int = 5

    parameters = Parameters


class Idle:
    name = "idle"
    parameters = Strictly


def offer(*types: Any, distribution: str = "lamps", sort: Sort = Sort.COMPONENT) -> Offer:
    return Offer(sort, distribution, "lamps:TYPES", lambda: types)


def broken(distribution: str) -> Offer:
    def load() -> Any:
        raise ImportError("no module named 'bulbs'")

    return Offer(Sort.TRAIT, distribution, "bulbs:TYPES", load)


def said(found: Loaded) -> list[str]:
    return [str(item) for item in found.problems]


def test_types_stand_in_the_order_of_the_offers() -> None:
    found = registry.load([offer(Lamp("b"), Lamp("c")), offer(Lamp("a"), distribution="others")])
    assert [(item.name, item.distribution) for item in found.known] == [("b", "lamps"), ("c", "lamps"), ("a", "others")]
    assert list(found.registry.components) == ["b", "c", "a"]
    assert found.problems == ()


def test_an_offer_may_be_one_type_alone() -> None:
    found = registry.load([Offer(Sort.COMPONENT, "lamps", "lamps:LAMP", Lamp)])
    assert list(found.registry.components) == ["lamp"]


def test_two_sorts_may_use_one_name() -> None:
    class Shade(Lamp):
        def apply(self, context: Context, parameters: Strictly, output: Output) -> Output:
            return output

    found = registry.load([offer(Lamp()), offer(Shade(), sort=Sort.TRAIT)])
    assert found.problems == ()
    assert (list(found.registry.components), list(found.registry.traits)) == (["lamp"], ["lamp"])


def test_two_types_of_one_name_are_named_with_both_distributions() -> None:
    first, second = Lamp(), Lamp()
    found = registry.load([offer(first), offer(second, distribution="others")])
    assert said(found) == [
        "others: error: the component type 'lamp' is given twice, also by lamps; rename one of them, or uninstall one"
    ]
    assert found.registry.components["lamp"] is first


def test_a_distribution_that_gives_a_name_twice_is_named_once() -> None:
    found = registry.load([offer(Lamp(), Lamp())])
    assert said(found) == ["lamps: error: the component type 'lamp' is given twice"]


def test_an_offer_that_cannot_be_loaded_hides_no_other() -> None:
    found = registry.load([broken("bulbs"), offer(Lamp()), broken("more-bulbs"), offer(Lamp(), distribution="others")])
    assert said(found) == [
        "bulbs (bulbs:TYPES): error: cannot be loaded: ImportError: no module named 'bulbs'",
        "more-bulbs (bulbs:TYPES): error: cannot be loaded: ImportError: no module named 'bulbs'",
        "others: error: the component type 'lamp' is given twice, also by lamps; rename one of them, or uninstall one",
    ]
    assert list(found.registry.components) == ["lamp"]


@pytest.mark.parametrize(
    ("item", "lack"),
    [
        (Lamp, "it is a class; give an instance"),
        (Nameless(), "it has no text 'name'"),
        (Untyped(), "its 'parameters' is no pydantic model"),
        (Lenient(), "its 'parameters' pass over undeclared properties; derive them from extension.Parameters"),
        (Idle(), "it has no method 'render'"),
        (7, "it has no text 'name', its 'parameters' is no pydantic model, it has no method 'render'"),
    ],
)
def test_what_is_no_type_is_named_with_what_it_lacks(item: Any, lack: str) -> None:
    found = registry.load([offer(item, Lamp("good"))])
    kind = item if isinstance(item, type) else type(item)
    called = f"{kind.__module__}.{kind.__qualname__}"
    assert said(found) == [f"lamps (lamps:TYPES): error: '{called}' is no component type: {lack}"]
    assert list(found.registry.components) == ["good"]


def test_the_types_that_come_with_pinnace_use_the_same_door() -> None:
    own = [item for item in installed.loaded().known if item.distribution == "pinnace"]
    listed = (*builtin.COMPONENTS, *builtin.TRAITS, *builtin.POLICIES, *builtin.STEPS)
    assert [item.type for item in own] == list(listed)
