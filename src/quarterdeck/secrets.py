"""Secrets: what `connection` and `notify` say or name, and what the environment calls a secret.

Nothing that is written may show them.
"""

from __future__ import annotations

import base64
import html
import json
import math
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, quote_plus, unquote

import yaml

from helpers.records.yaml_reader import load_yaml

Content = TypeVar("Content")

_NAME = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)")
_SECRET_WORDS = re.compile(
    "SECRETS?|TOKENS?|PASS|PASSWD|PASSWORDS?|PASSPHRASE|PWD|PAT|AUTH|OAUTH|JWT|BEARER|KEYS?|APIKEY|"
    "CREDENTIALS?|CREDS|(WEB)?HOOKS?|DSN|COOKIE|SIGNATURE"
)
_FOLDERS = frozenset({"PWD", "OLDPWD"})
"""Where a shell stands and stood."""
_IN_URL = re.compile(r"(?<=://)[^\s/@'\"<>]+(?=@)")
_GIVEN = re.compile(
    r"""(?P<name>(?:\b|_)(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|(?:api|access|private|secret)[_-]?key)
        (?:["']?\s*:\s*["']|=["']?))                  # "password": "…", password='…', ?password=…
        (?P<value>[^\s"'&;,<>()\[\]]{4,})(?P<after>[(\[]?)""",
    re.IGNORECASE | re.VERBOSE,
)
_BEARER = re.compile(r"(?P<name>\b(?:bearer|basic)\s+)(?P<value>[A-Za-z0-9+/=._~-]{16,})", re.IGNORECASE)
_MAY_GIVE = ("pass", "pwd", "secret", "token", "credential", "key", "bearer", "basic")
_HIDDEN = "***"
_SHORTEST = 4
"""What the settings name and is shorter is no secret, and would be found in every other word."""
_SHORTEST_BY_NAME = 8
"""The same of variables that nothing but their name makes a secret."""
_ENTROPY = 3.0
"""Bits a letter from which a part of an address is taken for a key: words of eight letters have less."""


def secrets(params: Path, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """What must not be shown, longest first, each also as URLs, JSON, Python, HTML and base64 write it.

    The values of all `${NAME}` in the connection and the recipients of a folder's settings, those of
    variables whose name says that they are secret, and the password in a connection.
    """
    texts = list(_texts(params))
    names = named_by(texts)
    told = {environment.get(name, "") for name in names}
    told |= {word for text in [*texts, *told] for word in _passwords(text)}
    told |= {part for name in recipients(params) for part in _keys_within(environment.get(name, ""))}
    values = {value for value in told if len(value) >= _SHORTEST}
    values |= {value for name, value in environment.items() if is_secret(name, value)}
    written = {form for value in values for form in _forms(value)}
    return tuple(sorted(written, key=lambda form: (-len(form), form)))


def is_secret(name: str, value: str) -> bool:
    """Whether a variable of the environment is a secret: by a word of its name, and by its value.

    A value is none if it has less than eight letters, is one ordinary word, or a path that exists.
    """
    words = re.split("[^A-Z0-9]+", name.upper())
    if name in _FOLDERS or not any(_SECRET_WORDS.fullmatch(word) for word in words):
        return False
    if len(value) < _SHORTEST_BY_NAME or _is_word(value):
        return False
    return not (value.startswith(os.sep) and Path(value).exists())


def recipients(params: Path) -> frozenset[str]:
    """The variables that hold the addresses of recipients and nothing else: no kernel needs to know them."""
    others = named_by(_texts(params, ("connection",)))
    return frozenset(named_by(_texts(params, ("notify",))) - others)


def named_by(texts: Iterable[str]) -> set[str]:
    """The names of the variables that texts ask for."""
    return {name for text in texts for name in _NAME.findall(text)}


def hide(content: Content, values: tuple[str, ...]) -> Content:
    """The content (a text, or JSON of any depth) with stars in place of every secret within its texts.

    Beside the values: what a URL, a setting (`password=…`) or a header gives as one.
    """
    if isinstance(content, str):
        for value in values:
            content = content.replace(value, _HIDDEN)  # type: ignore[assignment]
        return _given_hidden(content)  # type: ignore[return-value]
    if isinstance(content, dict):
        return type(content)({hide(key, values): hide(value, values) for key, value in content.items()})
    if isinstance(content, list):
        return [hide(value, values) for value in content]  # type: ignore[return-value]
    return content


def _given_hidden(text: str) -> str:
    if "://" in text and "@" in text:
        text = _IN_URL.sub(lambda found: found[0] if _is_user(found[0]) else _HIDDEN, text)
    small = text.lower()
    if any(word in small for word in _MAY_GIVE):
        text = _GIVEN.sub(_unless_code, text)
        text = _BEARER.sub(rf"\g<name>{_HIDDEN}", text)
    return text


def _unless_code(found: re.Match[str]) -> str:
    """A value is hidden; a call, or a variable that is called so, is none: `password=os.environ[…]`."""
    parts = found["value"].split(".")
    names = all(part.isidentifier() for part in parts)
    if names and (found["after"] or parts[-1].lower() in found["name"].lower()):
        return found[0]
    return f"{found['name']}{_HIDDEN}{found['after']}"


def _is_user(given: str) -> bool:
    """Whether what stands before the @ of a URL is the name of somebody: no password, and no key."""
    return ":" not in given and (len(given) < _SHORTEST_BY_NAME or _is_word(given))


def _passwords(text: str) -> Iterator[str]:
    """The passwords in URLs, as they are and as they are written there."""
    for found in _IN_URL.findall(text):
        user, _, written = found.partition(":")
        given = written or ("" if _is_user(user) else user)
        if not given.startswith("$"):
            yield from (given, unquote(given))


def _keys_within(address: str) -> Iterator[str]:
    """The parts of a recipient's address that let somebody write to it: an error may name one alone."""
    for part in re.split(r"[/:@?&=,\s]+", address):
        if len(part) >= _SHORTEST_BY_NAME and not _is_word(part) and _entropy(part) >= _ENTROPY:
            yield part


def _is_word(value: str) -> bool:
    """Whether a value looks like one ordinary word, which a page may need: letters that can be said."""
    if not re.fullmatch("[A-Za-z]?[a-z]+|[A-Z]+", value):
        return False
    vowels = sum(letter in "aeiouy" for letter in value.lower())
    return 0.2 <= vowels / len(value) <= 0.65 and not re.search("[^aeiouy]{5}", value.lower())


def _entropy(value: str) -> float:
    """Bits a letter."""
    shares = [count / len(value) for count in Counter(value).values()]
    return -sum(share * math.log2(share) for share in shares)


def _forms(value: str) -> Iterator[str]:
    """A value as those write it who carry it on, and each of its longer lines."""
    lines = [line for line in value.splitlines() if len(line) >= _SHORTEST_BY_NAME and not _is_word(line)]
    for text in {value, value.strip(), *lines}:
        yield from (text, quote(text, safe=""), quote(text), quote_plus(text), html.escape(text))
        yield from (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])
        yield from (repr(text)[1:-1], ascii(text)[1:-1], repr(text.encode())[2:-1])
        yield from (text.replace("'", "''"), text.replace('"', '""'))
        yield from _base64(text.encode())


def _base64(value: bytes) -> Iterator[str]:
    """The letters that stand in base64 for a value, whatever stands before and behind it."""
    if len(value) < _SHORTEST_BY_NAME:
        return
    for before in range(3):
        whole = base64.b64encode(bytes(before) + value).decode()
        inner = whole[math.ceil(before * 8 / 6) : (before + len(value)) * 8 // 6]
        yield from (inner, inner.replace("+", "-").replace("/", "_"))


def _texts(params: Path, keys: tuple[str, ...] = ("connection", "notify")) -> Iterator[str]:
    for path in params.glob("*.yaml"):
        try:
            content = load_yaml(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            continue
        if isinstance(content, dict):
            yield from (str(content.get(key, "")) for key in keys)
