"""A PostgreSQL of our own on loopback, from the system's package, while a test needs it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

SETUP = """
CREATE TABLE item (id int primary key, name text);
INSERT INTO item SELECT n, 'item ' || n || ' 100%' FROM generate_series(1, 1000) AS n;
CREATE SEQUENCE counter;
CREATE ROLE reader LOGIN PASSWORD 'pw';
GRANT SELECT ON item TO reader;
CREATE ROLE writer LOGIN PASSWORD 'pw';
GRANT ALL ON ALL TABLES IN SCHEMA public TO writer;
GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO writer;
GRANT CREATE ON SCHEMA public TO writer;
CREATE ROLE hidden LOGIN PASSWORD 'pw' NOINHERIT IN ROLE boss;
CREATE ROLE files LOGIN PASSWORD 'pw' IN ROLE pg_read_server_files;
CREATE FUNCTION grab() RETURNS int LANGUAGE sql SECURITY DEFINER AS
    'DELETE FROM item RETURNING 1'
"""


@dataclass(frozen=True)
class Cluster:
    port: int

    def url(self, role: str) -> str:
        return f"postgresql://{role}:pw@127.0.0.1:{self.port}/postgres"


def binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    on_path = shutil.which("postgres")
    if not found and on_path is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    return found[-1].parent if found else Path(on_path or "").parent


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A PostgreSQL of our own on loopback; as root it runs under the package's user."""
    programs, user = binaries(), "postgres" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="architect-pg-"))
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    run = {"user": user, "cwd": folder, "capture_output": True, "check": True}
    (folder / "pw").write_text("pw")
    setup = ["-D", str(folder / "data"), "-U", "boss", "-A", "scram-sha-256", "--no-sync"]
    subprocess.run([programs / "initdb", *setup, f"--pwfile={folder / 'pw'}"], **run)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"
    control = [programs / "pg_ctl", "-D", str(folder / "data"), "-w"]
    log = str(folder / "log")
    # No pipes for this one: the server would inherit them and keep them open.
    quiet = {**run, "capture_output": False, "stdout": subprocess.DEVNULL}
    subprocess.run([*control, "-l", log, "-o", options, "start"], **quiet)
    try:
        made = Cluster(port)
        with psycopg.connect(made.url("boss"), autocommit=True) as database:
            for statement in SETUP.split(";"):
                database.execute(statement)
        yield made
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], **quiet)
        shutil.rmtree(folder, ignore_errors=True)
