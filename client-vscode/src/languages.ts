// The languages that lizard reads, by the ids that VS Code and its usual extensions give them.
import type { DocumentSelector } from "vscode-languageclient/node";

export const LANGUAGES: readonly string[] = [
  "c",
  "cpp",
  "csharp",
  "erlang",
  "fortran",
  "fortran-modern",
  "FortranFreeForm",
  "FortranFixedForm",
  "gdscript",
  "go",
  "java",
  "javascript",
  "javascriptreact",
  "kotlin",
  "lua",
  "objective-c",
  "objective-cpp",
  "perl",
  "php",
  "plsql",
  "python",
  "r",
  "ruby",
  "rust",
  "scala",
  "solidity",
  "st",
  "swift",
  "ttcn",
  "ttcn3",
  "typescript",
  "typescriptreact",
  "vue",
  "zig",
];

/** Files, unsaved texts and notebooks' cells; not the read-only views of git, output channels and the like. */
export const DOCUMENT_SELECTOR: DocumentSelector = [
  ...LANGUAGES.flatMap((language) => [
    { scheme: "file", language },
    { scheme: "untitled", language },
    { scheme: "vscode-notebook-cell", language },
  ]),
  // The server shows what is wrong with an agent file.
  { scheme: "file", language: "markdown", pattern: "**/.claude/agents/*.md" },
];
