"""What definitions say of their objects. Where one has a health policy, its word goes before that of the kinds.

As in KubeVela a policy without a value is not healthy, the message is worked out after the verdict, and a message
without a value is none. Otherwise than there, a definition without a policy leaves the verdict to the kinds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pinnace_edge.model import Health, KubeObject, Status
from pinnace_schemas.health_rules import GIVEN, Ruled, Texts

if TYPE_CHECKING:
    from pinnace_schemas import cue

# A site has some dozen definitions; parsing one takes a millisecond. A character that was read takes up to 70 bytes, so
# what is kept takes 18 MB at most; KubeVela's own have up to 3,000.
_KEPT_RULES, _LONGEST_KEPT = 64, 4096
_IS_HEALTHY, _MESSAGE = "isHealth", "message"
# What is not there any more, or soon will not be, no rule can call healthy.
_GONE = (Status.NOT_FOUND, Status.TERMINATING)
# Of one message while something is not ready, and of all that stand beside Converged; characters and messages.
_MAX_MESSAGE, _MAX_SUMMED, _MOST_SUMMED = 300, 120, 5
# Of a text that may be all spaces.
_MOST_READ = 10 * _MAX_MESSAGE


@dataclass(frozen=True, slots=True)
class Said:
    """What the definition of one component or trait says; `name` is that of the part.

    `is_healthy` None: it says nothing of that. `why` says why there is no verdict, where there should be one.
    """

    name: str
    is_healthy: bool | None
    message: str = ""
    why: str = ""

    @property
    def text(self) -> str:
        """One line that says why it is not healthy."""
        return "; ".join(filter(None, (self.message, self.why))) or "not healthy, as its healthPolicy says"


@dataclass(frozen=True, slots=True)
class _Found:
    """The value of a field, or why there is none. `is_known`: it is sure what the text gives, if anything."""

    value: Any = None
    why: str = ""
    is_known: bool = True


def said(ruled: Ruled, texts: Texts, objects: Mapping[int, KubeObject], *, kinds_say: bool) -> Said:
    """`objects` are those that it is about, by their place; `kinds_say` whether these are healthy by their kinds."""
    given = {"context": _context(ruled, objects), "parameter": ruled.parameter or {}}
    verdict = _value(texts.policy, _IS_HEALTHY, bool, given)
    is_healthy = None if texts.policy is None or not verdict.is_known else verdict.value is True
    given["context"]["status"] = {"healthy": kinds_say if is_healthy is None else is_healthy}
    message = _value(texts.message, _MESSAGE, str, given).value
    why = f"its healthPolicy {verdict.why}" if verdict.why else ""
    return Said(ruled.name, is_healthy, _line(message or ""), _line(why))


def unknown(ruled: Ruled, texts: Texts, why: str) -> Said:
    """Until the next pass: nothing is known of the objects as they are now, so no policy is met."""
    return Said(ruled.name, None) if texts.policy is None else Said(ruled.name, is_healthy=False, why=why)


def judged(health: Health, said: Said) -> Health:
    """The status of an object by the definition, where `health` is that by its kind."""
    if health.status in _GONE:
        return health
    if said.is_healthy:
        return Health(Status.CURRENT, judge=said.name)
    is_judged = said.is_healthy is not None
    if is_judged and health.status is not Status.FAILED:
        return Health(Status.IN_PROGRESS, said.text, judge=said.name)
    if health.status is Status.CURRENT or not (is_judged or said.message or said.why):
        return health
    return replace(health, message=f"{health.message or health.status}; {said.name}: {said.text}")


def summary(all_said: Sequence[Said]) -> str:
    """The messages of what is as wanted, and of rules that were not understood, in one line; '' without any."""
    told = ((item.name, item.message or item.why) for item in all_said)
    texts = [f"{name}: {message}"[:_MAX_SUMMED] for name, message in told if message]
    more = f" (and {len(texts) - _MOST_SUMMED} more)" if len(texts) > _MOST_SUMMED else ""
    return "; ".join(texts[:_MOST_SUMMED]) + more


def _context(ruled: Ruled, objects: Mapping[int, KubeObject]) -> dict[str, Any]:
    """A trait's has no `output`."""
    output = {} if ruled.output is None else {"output": objects[ruled.output]}
    outputs = {name: objects[place] for name, place in (ruled.outputs or {}).items()}
    return {**(ruled.context or {}), **output, "outputs": outputs}


def _value(text: str | None, field: str, wanted: type, given: Mapping[str, Any]) -> _Found:
    from pinnace_schemas import cue  # only where a bundle has rules: a daemon at rest is small

    if text is None:
        return _Found()
    try:
        value = _parsed(text).value(field, given)
    except cue.Unsupported as exc:
        return _Found(why=f"is not understood by this daemon, so the kind counts; upgrade it: {exc}", is_known=False)
    except cue.Unsure as exc:
        return _Found(why=f"cannot be evaluated here, so the kind counts: {exc}", is_known=False)
    except cue.Unevaluable as exc:
        return _Found(why=f"has no value: {exc}")
    return _Found(value) if isinstance(value, wanted) else _Found(why=f"gives no '{field}' that is {_WORDS[wanted]}")


_WORDS = {bool: "true or false", str: "a text"}


def _parsed(text: str) -> "cue.Rule":
    return _kept(text) if len(text) <= _LONGEST_KEPT else _read(text)


def _read(text: str) -> "cue.Rule":
    from pinnace_schemas import cue

    return cue.parse(text, GIVEN)


_kept = lru_cache(maxsize=_KEPT_RULES)(_read)


def _line(text: str) -> str:
    """Without what moves the cursor of a terminal or turns the order of letters: it goes to logs and to many people."""
    shown = "".join(each if each.isprintable() else " " for each in text[:_MOST_READ])
    return " ".join(shown.split())[:_MAX_MESSAGE]
