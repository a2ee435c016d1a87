"""Which texts Kubernetes takes as names, labels and keys (apimachinery, pkg/util/validation). Each rule returns what is
wrong, '' if nothing is."""

from __future__ import annotations

import re

LABEL_MOST = 63
NAME_MOST = 253

_PART = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_DOTTED = rf"{_PART}(\.{_PART})*"
_QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_QUALIFIED_EXAMPLES = "'MyName',  or 'my.name',  or '123-abc'"
_LABEL_VALUE = f"({_QUALIFIED})?"
_KEY = "[-._a-zA-Z0-9]+"


def too_long(text: str, most: int) -> str:
    return f"must be no more than {most} characters" if len(text) > most else ""


def dns_label(text: str) -> str:
    """Names of namespaces, containers and Services."""
    told = (
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
        f"with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '{_PART}')"
    )
    if long := too_long(text, LABEL_MOST):
        return long
    if re.fullmatch(_PART, text):
        return ""
    return "must not contain dots" if re.fullmatch(_DOTTED, text) else told


def dns_name(text: str) -> str:
    """Names of most objects."""
    told = (
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
        f"and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '{_DOTTED}')"
    )
    return too_long(text, NAME_MOST) or ("" if re.fullmatch(_DOTTED, text) else told)


def path_name(text: str) -> str:
    """Names of RBAC objects."""
    if text in (".", ".."):
        return f"may not be '{text}'"
    return next((f"may not contain '{part}'" for part in "/%" if part in text), "")


def label_key(text: str) -> str:
    prefix, slash, name = text.rpartition("/")
    if slash and (not prefix or dns_name(prefix)):
        return f"prefix part {dns_name(prefix) or 'must be non-empty'}"
    told = (
        "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
        f"with an alphanumeric character (e.g. {_QUALIFIED_EXAMPLES}, regex used for validation is '{_QUALIFIED}')"
    )
    if len(name) > LABEL_MOST:
        return f"name part must be no more than {LABEL_MOST} characters"
    return "" if re.fullmatch(_QUALIFIED, name) else told


def label_value(text: str) -> str:
    told = (
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
        "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
        f"validation is '{_LABEL_VALUE}')"
    )
    return too_long(text, LABEL_MOST) or ("" if re.fullmatch(_LABEL_VALUE, text) else told)


def config_key(text: str) -> str:
    """Keys of ConfigMaps and Secrets."""
    if len(text) > NAME_MOST:
        return f"must be no more than {NAME_MOST} characters"
    if text in (".", "..") or text.startswith(".."):
        return f"must not be '{text}'" if text in (".", "..") else "must not start with '..'"
    told = (
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' "
        f"(e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '{_KEY}')"
    )
    return "" if re.fullmatch(_KEY, text) else told
