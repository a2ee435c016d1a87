"""Names on the command line: `shop`, `retail/shop`, `node/s1`, and the words for kinds."""

from enum import StrEnum

import typer

DEFAULT_NAMESPACE = "default"


class Kind(StrEnum):
    """What can be listed, described or deleted; the value is the word in messages. DEFINITION means both kinds."""

    APPLICATION = "application"
    GROUP = "group"
    NODE = "node"
    COMPONENT_DEFINITION = "componentdefinition"
    TRAIT_DEFINITION = "traitdefinition"
    DEFINITION = "definition"
    VERDICT = "verdict"


_WORDS: dict[str, Kind] = {
    **dict.fromkeys(("application", "applications", "app", "apps"), Kind.APPLICATION),
    **dict.fromkeys(("group", "groups", "nodegroup", "nodegroups", "ng"), Kind.GROUP),
    **dict.fromkeys(("node", "nodes"), Kind.NODE),
    **dict.fromkeys(("componentdefinition", "componentdefinitions", "compdef", "comp"), Kind.COMPONENT_DEFINITION),
    **dict.fromkeys(("traitdefinition", "traitdefinitions", "traitdef", "trait"), Kind.TRAIT_DEFINITION),
    **dict.fromkeys(("definition", "definitions", "def"), Kind.DEFINITION),
    **dict.fromkeys(("verdict", "verdicts"), Kind.VERDICT),
}


def kind(word: str) -> Kind:
    """Raises BadParameter."""
    if word.lower() not in _WORDS:
        raise typer.BadParameter(f"'{word}' is no kind; say applications, groups, nodes, definitions or verdicts")
    return _WORDS[word.lower()]


def with_kind(text: str) -> tuple[Kind | None, str]:
    """`node/s1` gives NODE and `s1`; any other text is a name without a kind."""
    word, slash, name = text.partition("/")
    return (_WORDS[word], name) if slash and word in _WORDS else (None, text)


def application(text: str, namespace: str | None) -> tuple[str, str]:
    """Namespace and name of `shop` or `retail/shop`. Raises BadParameter where -n says otherwise."""
    written, slash, name = text.rpartition("/")
    if not name or (slash and not written):
        raise typer.BadParameter(f"'{text}' is no name; write NAME or NAMESPACE/NAME")
    if written and namespace is not None and written != namespace:
        raise typer.BadParameter(f"'{text}' is not in the namespace '{namespace}' of -n")
    return written or namespace or DEFAULT_NAMESPACE, name
