"""Blacks out what looks like a secret, in everything that goes to a model or into a record.

A second wall: files that are known to hold secrets are not read in the first place. The number of
lines stays the same, so that line numbers still hold.
"""

from __future__ import annotations

import re

MARK = re.compile(r"\[redacted:[a-z-]+\]")

#: Keys that tell what they are by the way they begin.
_PREFIXES = r"""
    sk-ant-[\w-]{8,} | sk-(?:proj-)?[A-Za-z0-9_-]{20,} | [rs]k_(?:live|test)_[A-Za-z0-9]{10,}
  | gh[pousr]_[A-Za-z0-9]{20,} | github_pat_\w{20,} | glpat-[\w-]{16,}
  | (?:AKIA|ASIA)[A-Z0-9]{16} | AIza[\w-]{30,} | ya29\.[\w-]{20,}
  | xox[abeprs]-[A-Za-z0-9-]{10,} | npm_[A-Za-z0-9]{30,} | pypi-[\w-]{16,}
  | hf_[A-Za-z0-9]{20,} | SG\.[\w-]{16,}\.[\w-]{16,} | dop_v1_[a-f0-9]{40,}
"""
_KEY = re.compile(rf"(?<![\w-])(?:{_PREFIXES})", re.VERBOSE)
_PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]*(?:PRIVATE KEY|CERTIFICATE)[A-Z0-9 ]*-----.*?"
    r"(?:-----END [A-Z0-9 ]*-----|\Z)",
    re.DOTALL,
)
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")
_URL = re.compile(r"(?P<head>\b[a-z][a-z0-9+.-]{1,30}://[^\s:/@'\"]{0,200}:)[^\s/@'\"]{1,200}(?=@)")
_BEARER = re.compile(r"(?P<head>\b(?:Bearer|Basic)[ \t]+)[A-Za-z0-9+/._~=-]{16,}")
_TELLING = re.compile(r"passw|passphrase|secret|token|key|credential", re.IGNORECASE)
_NAME = (
    r"[\w.-]{0,40}(?:passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|"
    r"private[_-]?key|credentials?|auth[_-]?key|signing[_-]?key)[\w-]{0,40}"
)
#: A literal in quotes that is given to a telling name, in code, JSON or YAML.
_QUOTED = re.compile(
    rf"(?P<head>\b{_NAME}[\"']?[ \t]*(?::[ \t]*\w+[ \t]*)?(?::|:?=|=>)[ \t]*[bru]?"
    r"(?P<quote>[\"']))(?P<value>[^\"'\r\n]{6,})(?=(?P=quote))",
    re.IGNORECASE,
)
#: NAME=value, the way environment files and shells write it, also behind the line number or the
#: file name that a tool has put in front. A name in small letters is often code, so its value
#: has to look like no word.
_VALUE = r"[^\s\"'(){}\[\]<>$,;]"
_START = r"(?P<head>(?:^|(?<=[\s:|]))"
_END = r"(?=[ \t]*\r?$)"
_LOUD = r"[A-Z0-9_]{0,60}(?:PASSW(?:OR)?D|PASSPHRASE|SECRET|TOKEN|KEY|CREDENTIALS?)[A-Z0-9_]{0,60}"
_BARE = (
    re.compile(rf"{_START}{_LOUD}[ \t]*=)(?P<value>{_VALUE}{{6,}}){_END}"),
    re.compile(
        rf"{_START}{_NAME}[ \t]*=[ \t]*)(?=\S*\d)(?=\S*[a-z])(?P<value>[\w+/~-]{{10,}}=*){_END}",
        re.IGNORECASE,
    ),
)
#: Literals that only stand for a secret: a template, a variable, a path, words.
_HARMLESS = re.compile(r"[{}<>$%*]|\s|^(?:none|null|true|false|undefined|changeme|example)$", re.I)


def redact(text: str) -> str:
    """``text`` with each likely secret replaced by a mark such as ``[redacted:key]``."""
    text = _PEM.sub(_same_lines, text)
    text = _JWT.sub("[redacted:jwt]", text)
    text = _KEY.sub("[redacted:key]", text)
    text = _URL.sub(r"\g<head>[redacted:password]", text)
    text = _BEARER.sub(r"\g<head>[redacted:token]", text)
    return "\n".join(map(_without_assignments, text.split("\n")))


def _without_assignments(line: str) -> str:
    if not _TELLING.search(line):
        return line  # nearly all lines; the patterns below are slow on long ones
    for pattern in (_QUOTED, *_BARE):
        line = pattern.sub(_unless_harmless, line)
    return line


def marks(text: str) -> set[str]:
    """The marks of this redaction that ``text`` holds."""
    return set(MARK.findall(text))


def _same_lines(match: re.Match[str]) -> str:
    return "\n".join(["[redacted:pem]"] * (match[0].count("\n") + 1))


def _unless_harmless(match: re.Match[str]) -> str:
    value = match["value"]
    if _HARMLESS.search(value) or MARK.fullmatch(value):
        return match[0]
    return f"{match['head']}[redacted:secret]"
