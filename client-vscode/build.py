"""Build the VS Code extension: one VSIX that carries the server and fits every platform.

``python client-vscode/build.py`` leaves client-vscode/architect-lsp-VERSION.vsix and prints its
path. With ``--target linux-x64`` (or another of VS Code's platforms) the VSIX carries the model's
SDK too, whose native parts fit that platform only. It needs Node.js 20 or newer with npm, and pip
in the Python that runs it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from notices import UnlicensedError, python_notices

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
BUNDLED = HERE / "bundled"
LIBS = BUNDLED / "libs"
NATIVE_LIBS = BUNDLED / "native"
NOTICES = HERE / "out" / "THIRD-PARTY-NOTICES.txt"
REQUIREMENTS = ROOT / "requirements" / "vsix.txt"
MODEL_REQUIREMENTS = ROOT / "requirements" / "model.txt"
OWN_PACKAGES = (ROOT / "server" / "architect_server", ROOT / "agents" / "architect_agents")

#: Files that tie a package to one platform, and what pip leaves that nobody needs at run time.
NATIVE = ("*.so", "*.pyd", "*.dylib")
LEFTOVERS = ("__pycache__", "bin", "RECORD", "INSTALLER", "REQUESTED", "direct_url.json")

#: VS Code's platforms, and what pip calls them.
PLATFORMS = {
    "linux-x64": "manylinux2014_x86_64",
    "linux-arm64": "manylinux2014_aarch64",
    "darwin-x64": "macosx_11_0_x86_64",
    "darwin-arm64": "macosx_11_0_arm64",
    "win32-x64": "win_amd64",
    "win32-arm64": "win_arm64",
}
#: The versions of Python for which a platform's VSIX carries native parts.
PYTHONS = ("3.11", "3.12", "3.13", "3.14")

#: Notes what the folders that take long to make were made from.
STAMPS = HERE / ".made-from"


class BuildError(Exception):
    """The build can't go on; one sentence says why."""


def server_version() -> str:
    """The version of the server, from the one place where it stands."""
    source = (ROOT / "server" / "architect_server" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "(.+)"$', source, re.MULTILINE)
    if not found:
        raise BuildError("server/architect_server/__init__.py names no __version__.")
    return found[1]


def check_version() -> str:
    """The version that server and extension agree on."""
    server = server_version()
    extension = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["version"]
    if server != extension:
        raise BuildError(
            f"The server is {server}, but client-vscode/package.json says {extension}: "
            "make them equal."
        )
    return server


def run(*command: str | Path, cwd: Path = HERE) -> None:
    """Run a step; its output is shown only if it fails."""
    words = [str(word) for word in command]
    program = shutil.which(words[0])
    if program is None:
        raise BuildError(f"{words[0]} is missing: the build needs Node.js 20 or newer with npm.")
    done = subprocess.run(
        [program, *words[1:]],
        cwd=cwd,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"{' '.join(words)} failed:\n{done.stdout}")


def _is_made_from(folder: Path, source: Path) -> bool:
    """Whether ``folder`` was made from ``source`` as it is now; then it need not be made anew."""
    note = STAMPS / folder.name
    return (
        folder.is_dir() and note.is_file() and note.read_text(encoding="ascii") == _digest(source)
    )


def _note_made_from(folder: Path, source: Path) -> None:
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / folder.name).write_text(_digest(source), encoding="ascii")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def install_packages() -> None:
    """The packages that extension and checks are made with, in the locked versions."""
    lock = HERE / "package-lock.json"
    if not _is_made_from(HERE / "node_modules", lock):
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
        _note_made_from(HERE / "node_modules", lock)


def bundle_extension() -> None:
    """The TypeScript and its packages as one out/extension.js."""
    install_packages()
    run("node", "esbuild.mjs")
    for name in ("LICENSE", "CHANGELOG.md"):
        if (ROOT / name).exists():
            shutil.copyfile(ROOT / name, HERE / name)


def bundle_server() -> None:
    """The server, and what it needs, below bundled/libs; pure Python only."""
    if not _is_made_from(LIBS, REQUIREMENTS):
        install_libraries()
        _note_made_from(LIBS, REQUIREMENTS)
    # Every time: whoever ran the bundle since has left compiled files in it.
    for path in _superfluous(LIBS):
        _remove(path)
    for package in OWN_PACKAGES:
        shutil.rmtree(LIBS / package.name, ignore_errors=True)
        shutil.copytree(package, LIBS / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(HERE / "python" / "bootstrap.py", BUNDLED / "bootstrap.py")
    shutil.copyfile(MODEL_REQUIREMENTS, BUNDLED / "model-requirements.txt")


def bundle_model(target: str | None) -> None:
    """The model's SDK for ``target``, once for each version of Python; nothing without a target."""
    shutil.rmtree(NATIVE_LIBS, ignore_errors=True)
    if target is None:
        return
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    options = ("--no-deps", "--no-compile", "--require-hashes", "--only-binary", ":all:")
    for version in PYTHONS:
        where = ("--platform", PLATFORMS[target], "--python-version", version)
        folder = NATIVE_LIBS / version
        run(*pip, "install", *options, *where, "-r", MODEL_REQUIREMENTS, "-t", folder)
        for name in LEFTOVERS:
            for path in [*folder.glob(name), *folder.glob(f"*.dist-info/{name}")]:
                _remove(path)
    share(NATIVE_LIBS, PYTHONS)


def share(folder: Path, versions: Sequence[str]) -> None:
    """Keep once, in ``any``, what is byte for byte the same in the folders of all ``versions``."""
    first, *others = (folder / version for version in versions)
    for entry in sorted(first.iterdir()):
        copies = [other / entry.name for other in others]
        if all(_contents(copy) == _contents(entry) for copy in copies):
            (folder / "any").mkdir(exist_ok=True)
            entry.rename(folder / "any" / entry.name)
            for copy in copies:
                _remove(copy)


def _contents(path: Path) -> dict[str, str]:
    """The digest of each file at or below ``path``, by its place there; empty if there is none."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return {file.relative_to(path).as_posix(): _digest(file) for file in files}


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def install_libraries() -> None:
    """The packages that the server needs, in the locked versions."""
    shutil.rmtree(BUNDLED, ignore_errors=True)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    options = ("--no-deps", "--no-compile", "--require-hashes")
    run(*pip, "install", *options, "-r", REQUIREMENTS, "-t", LIBS)


def _superfluous(folder: Path) -> Iterator[Path]:
    for pattern in (*NATIVE, "__pycache__"):
        yield from list(folder.rglob(pattern))
    for name in LEFTOVERS:
        yield from list(folder.glob(name))
        yield from list(folder.glob(f"*.dist-info/{name}"))


def add_notices() -> None:
    """The Python packages' licences, behind those that the bundler wrote of the TypeScript's."""
    folders = [LIBS, *sorted(path for path in NATIVE_LIBS.glob("*") if path.is_dir())]
    try:
        notices = python_notices(folders)
    except UnlicensedError as error:
        raise BuildError(str(error)) from None
    with NOTICES.open("a", encoding="utf-8", newline="\n") as file:
        file.write(notices)


def check_server() -> None:
    """The bundle must do with a bare Python: no site-packages, no PYTHONPATH."""
    run(sys.executable, "-I", "-S", "-B", BUNDLED / "bootstrap.py", "--version")


def package(version: str, target: str | None) -> Path:
    """Pack everything that .vscodeignore lets through."""
    platform = f"-{target}" if target else ""
    vsix = HERE / f"architect-lsp{platform}-{version}.vsix"
    vsce = HERE / "node_modules" / "@vscode" / "vsce" / "vsce"
    flags = ("--no-dependencies", "--allow-missing-repository", "--no-rewrite-relative-links")
    # vsce looks for secrets in every file. That takes minutes for the SDK's thousands, and ours
    # are looked at in the universal VSIX.
    platform_flags = ("--target", target, "--allow-package-all-secrets") if target else ()
    run("node", vsce, "package", *flags, *platform_flags, "-o", vsix)
    return vsix


def main() -> int:
    parser = argparse.ArgumentParser(description="Build the VS Code extension.")
    parser.add_argument("--target", choices=sorted(PLATFORMS), help="carry the SDK for a platform")
    target = parser.parse_args().target
    try:
        version = check_version()
        bundle_extension()
        bundle_server()
        bundle_model(target)
        add_notices()
        check_server()
        vsix = package(version, target)
    except BuildError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a build's job is to say
        return 1
    print(f"{os.path.relpath(vsix)}: {vsix.stat().st_size / 1_000_000:.1f} MB")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
