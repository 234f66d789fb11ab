"""The formats for machines: valid by their own rules, and stable while code moves."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from architect_server.cli import main

SCHEMA = Path(__file__).parents[1] / "cases" / "sarif" / "sarif-2.1.0.schema.json"

METHODS = """\
class Shop:
    def order(self, value):
{body}
        return value


class Depot:
    def order(self, value):
{body}
        return value
"""


def methods(branches: int = 16) -> str:
    """Two methods of one name in two classes."""
    lines = [f"        if value == {n}:\n            value += 1" for n in range(branches)]
    return METHODS.format(body="\n".join(lines))


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file whose name needs escaping everywhere."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a 100%,<b>:c.py"
    path.write_text(methods())
    return path


def written(capsys: Any, kind: str, *paths: Path) -> str:
    """What is printed."""
    main(["check", *map(str, paths), "--format", kind])
    return str(capsys.readouterr().out)


def sarif(capsys: Any, *paths: Path) -> dict[str, Any]:
    """The one run of a document that the official schema accepts."""
    document = json.loads(written(capsys, "sarif", *paths))
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)
    (run,) = document["runs"]
    return dict(run)


def test_sarif_is_valid_and_points_at_the_name(capsys: Any, source: Path) -> None:
    run = sarif(capsys, source)
    assert run["columnKind"] == "unicodeCodePoints"
    first, second = run["results"]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20100%25%2C%3Cb%3E%3Ac.py"
    assert place["region"] == {"startLine": 2, "startColumn": 9, "endColumn": 14}
    rules = run["tool"]["driver"]["rules"]
    assert rules[first["ruleIndex"]]["id"] == first["ruleId"] == "ccn"
    assert len(first["relatedLocations"]) == 16
    assert first["partialFingerprints"] != second["partialFingerprints"]


def test_sarif_names_a_file_elsewhere_by_its_uri(
    capsys: Any, source: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("else where") / "b.py"
    elsewhere.write_text(methods())
    result = sarif(capsys, elsewhere)["results"][0]
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == elsewhere.as_uri()


def test_sarif_of_nothing_and_of_what_cannot_be_read_is_valid(
    capsys: Any, source: Path, tmp_path: Path
) -> None:
    empty, huge = tmp_path / "empty.py", tmp_path / "huge.py"
    empty.touch()
    huge.write_text("x = 1\n" * 400_000)
    run = sarif(capsys, empty)
    assert run["results"] == []
    assert run["invocations"][0]["executionSuccessful"] is True
    run = sarif(capsys, huge)
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "skipped" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_the_schema_would_notice(capsys: Any, source: Path) -> None:
    document = json.loads(written(capsys, "sarif", source))
    document["runs"][0]["results"][0]["level"] = "fatal"
    schema = json.loads(SCHEMA.read_text("utf-8"))
    assert not jsonschema.Draft202012Validator(schema).is_valid(document)


def test_gitlab_gets_what_it_asks_for(capsys: Any, source: Path) -> None:
    entries = json.loads(written(capsys, "gitlab", source))
    assert [entry["location"]["lines"]["begin"] for entry in entries] == [2, 39]
    assert len({entry["fingerprint"] for entry in entries}) == 2
    for entry in entries:
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert not entry["location"]["path"].startswith(("/", "./"))


def test_checkstyle_is_xml_with_the_files_name_intact(capsys: Any, source: Path) -> None:
    root = ElementTree.fromstring(written(capsys, "checkstyle", source))
    (file,) = root.findall("file")
    assert (root.tag, file.get("name")) == ("checkstyle", source.name)
    assert [error.get("line") for error in file] == ["2", "39"]
    assert {error.get("source") for error in file} == {"architect.ccn"}


def test_github_commands_escape_what_could_end_them(capsys: Any, source: Path) -> None:
    first, _ = written(capsys, "github", source).splitlines()
    command, properties, message = first.removeprefix("::").replace(" ", "::", 1).split("::", 2)
    assert command == "error" or command == "warning"
    assert "file=a 100%25%2C<b>%3Ac.py,line=2,col=9," in properties
    assert message == "Shop.order has cyclomatic complexity 17 (limit 15)"


def test_a_fingerprint_follows_the_symbol_and_not_the_line(capsys: Any, source: Path) -> None:
    def fingerprints() -> list[str]:
        return [entry["fingerprint"] for entry in json.loads(written(capsys, "gitlab", source))]

    before = fingerprints()
    source.write_text("# moved\n\n\n" + methods(branches=20))
    assert fingerprints() == before
    source.write_text(methods().replace("class Shop", "class Store"))
    renamed = fingerprints()
    assert renamed[0] != before[0]
    assert renamed[1] == before[1]


def test_a_fingerprint_is_the_same_by_any_way_to_the_file(capsys: Any, source: Path) -> None:
    relative = written(capsys, "gitlab", Path(source.name))
    assert written(capsys, "gitlab", source) == relative


def test_functions_of_one_name_are_told_apart(capsys: Any, source: Path) -> None:
    text = methods().replace("class Depot", "class Shop")
    source.write_text(text)
    entries = json.loads(written(capsys, "gitlab", source))
    assert len({entry["fingerprint"] for entry in entries}) == 2
