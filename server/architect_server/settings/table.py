"""Every setting, once: its key, kind, default and meaning.

Whoever names settings elsewhere (the reference in docs/, the VS Code manifest) is generated from
this table.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

Kind = Literal["integer", "number", "boolean", "string", "strings", "overrides", "prices"]

#: Folders that hold other people's code, by the names that projects give them.
VENDORED = ("vendor/", "vendored/", "_vendor/", "third_party/", "third-party/", "thirdparty/")


class Setting(NamedTuple):
    """One setting: its dotted key as editors spell it, kind, default and meaning.

    ``minimum`` holds for numbers, ``examples`` an editor may offer. ``user_only`` settings are
    ignored in a repository's pyproject.toml, since a repository must not widen its own rights or
    spend the user's money.
    """

    key: str
    kind: Kind
    default: Any
    description: str
    minimum: float | None = None
    user_only: bool = False
    examples: tuple[Any, ...] = ()


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "limits.ccn",
        "integer",
        15,
        "Highest cyclomatic complexity (lizard's CCN) that draws no finding; 0: rule off.",
        minimum=0,
    ),
    Setting(
        "limits.parameters",
        "integer",
        7,
        "Highest number of parameters that draws no finding; 0 switches the rule off.",
        minimum=0,
    ),
    Setting(
        "limits.length",
        "integer",
        100,
        "Highest number of lines of a function that draws no finding; 0 switches the rule off.",
        minimum=0,
    ),
    Setting(
        "limits.cognitive",
        "integer",
        0,
        "Highest cognitive complexity that draws no finding; 0 switches the rule off.",
        minimum=0,
    ),
    Setting(
        "limits.nesting",
        "integer",
        0,
        "Deepest nesting of blocks that draws no finding; 0 switches the rule off.",
        minimum=0,
    ),
    Setting(
        "overrides",
        "overrides",
        [],
        "Other limits for some paths (globs as in .gitignore) or languages, each with a reason.",
        examples=(
            [
                {
                    "paths": ["tests/"],
                    "reason": "tables of cases are long",
                    "limits": {"length": 300},
                }
            ],
        ),
    ),
    Setting(
        "readOtherTools",
        "boolean",
        True,
        "For Python, start from the limits that the project gave ruff, flake8 or complexipy, and "
        "honour lizard's whitelizer.txt. Limits set here lie above them.",
    ),
    Setting(
        "exclude",
        "strings",
        [],
        "Glob patterns (as in .gitignore) of files that are not analysed.",
        examples=(["migrations/", "*_pb2.py"],),
    ),
    Setting(
        "suppress.generated",
        "boolean",
        True,
        "Mark findings in files that call themselves generated as suppressed.",
    ),
    Setting(
        "suppress.vendored",
        "strings",
        list(VENDORED),
        "Glob patterns (as in .gitignore) of other people's code; its findings are marked as "
        "suppressed.",
    ),
    Setting(
        "surfaces.diagnostics",
        "boolean",
        True,
        "Show findings as diagnostics.",
    ),
    Setting(
        "surfaces.suppressed",
        "boolean",
        True,
        "Show suppressed findings as hints, which most editors draw hardly visible.",
    ),
    Setting(
        "surfaces.workspace",
        "boolean",
        True,
        "Report findings of files that are not open too, where the editor asks for them.",
    ),
    Setting(
        "surfaces.hover",
        "boolean",
        True,
        "Explain a function's figures when the pointer rests on its name.",
    ),
    Setting(
        "surfaces.inlayHints",
        "boolean",
        False,
        "Show each +1 of the cyclomatic complexity at the end of its line.",
    ),
    Setting(
        "surfaces.codeLens",
        "boolean",
        False,
        "Show a function's figures above it.",
    ),
    Setting(
        "surfaces.hideBelow",
        "integer",
        10,
        "Functions of lower cyclomatic complexity and without a finding get no hover, no inlay "
        "hints and no code lens.",
        minimum=0,
    ),
    Setting(
        "analysis.timeLimit",
        "number",
        5.0,
        "Seconds after which the analysis of one file is stopped and the file reported as skipped.",
        minimum=0.1,
    ),
    Setting(
        "analysis.sizeLimit",
        "integer",
        2_000_000,
        "Characters above which a file is not analysed but reported as skipped.",
        minimum=1_000,
    ),
    Setting(
        "analysis.workspaceLimit",
        "integer",
        10_000,
        "Most files that are looked at while they are not open.",
        minimum=0,
    ),
    Setting(
        "ask.enabled",
        "boolean",
        True,
        "Offer the architect's code actions.",
    ),
    Setting(
        "ask.agent",
        "string",
        "",
        "Name of the agent file to use; empty: python-backend-architect for Python, "
        "general-architect for other languages.",
        examples=("python-backend-architect", "general-architect"),
    ),
    Setting(
        "ask.model",
        "string",
        "",
        "Model that overrides the agent file's: an alias such as sonnet, or a full model name.",
        user_only=True,
        examples=("sonnet", "opus", "haiku", "claude-sonnet-5-5"),
    ),
    Setting(
        "ask.offline",
        "boolean",
        False,
        "Always use the embedded architect, also where a key is present.",
        user_only=True,
    ),
    Setting(
        "ask.maxCost",
        "number",
        0.75,
        "Most US dollars that one run of the model may cost, by estimate.",
        minimum=0.0,
        user_only=True,
    ),
    Setting(
        "ask.maxDailyCost",
        "number",
        5.0,
        "Most US dollars that all runs of a day may cost, by estimate.",
        minimum=0.0,
        user_only=True,
    ),
    Setting(
        "ask.prices",
        "prices",
        {},
        "US dollars for a million tokens, by the start of a model's name, instead of the list "
        "prices that the estimates know: `input` and `output`, and `cacheWrite` and `cacheRead` "
        "where they are not 1.25 and 0.1 times the input.",
        user_only=True,
        examples=({"my-local-model": {"input": 0, "output": 0}},),
    ),
    Setting(
        "ask.maxTurns",
        "integer",
        24,
        "Most answers of the model in one run; an agent file may ask for fewer.",
        minimum=1,
        user_only=True,
    ),
    Setting(
        "ask.maxSeconds",
        "number",
        300.0,
        "Seconds after which a run of the model is ended.",
        minimum=1.0,
        user_only=True,
    ),
    Setting(
        "ask.web",
        "boolean",
        False,
        "Let agents whose file names WebSearch or WebFetch use the web. What they look for can "
        "give away what they read.",
        user_only=True,
    ),
)
