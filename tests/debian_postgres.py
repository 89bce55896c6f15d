"""A PostgreSQL of the system with its contrib modules, where one is installed: it has pg_trgm."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path


def programs() -> Path | None:
    """The folder of the system's newest PostgreSQL, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return found[-1].parent if found else None


class Server:
    """A cluster of its own in a folder, reached by a socket there; root lends it to `postgres`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.bin = folder / "cluster", programs()
        self.sockets = folder / "sockets"
        for path in (self.folder, self.sockets):
            path.mkdir(mode=0o700)
        self.owner = None
        if os.geteuid() == 0:
            self.owner = pwd.getpwnam("postgres")
            folder.chmod(0o711)
            for path in (self.folder, self.sockets):
                shutil.chown(path, "postgres")
        self._run(
            "initdb",
            "-D",
            str(self.folder),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        )
        options = f"-k {self.sockets} -c listen_addresses=''"
        self._run(
            "pg_ctl",
            "-D",
            str(self.folder),
            "-o",
            options,
            "-w",
            "-l",
            str(self.folder / "log"),
            "start",
        )

    def _run(self, program: str, *words: str) -> None:
        identity = {"user": self.owner.pw_uid, "group": self.owner.pw_gid} if self.owner else {}
        subprocess.run(
            [str(self.bin / program), *words], check=True, capture_output=True, cwd="/", **identity
        )

    def get_uri(self, database: str = "postgres") -> str:
        """The address of a database of this cluster."""
        return f"postgresql://postgres@/{database}?host={self.sockets}"

    def cleanup(self) -> None:
        """Stop the cluster."""
        self._run("pg_ctl", "-D", str(self.folder), "-m", "immediate", "stop")
