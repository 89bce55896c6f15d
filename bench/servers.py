"""The servers under test: gunicorn with two sync workers each."""

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from bench.generate import Folder

WORKERS = 2
APPLICATIONS = {
    "ours": "bench.ours:served()",
    "vanilla": "bench.vanilla:served()",
    "ledger": "app:create_app()",
    "office": "app:create_app()",
}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(name: str, folder: Folder) -> Iterator["Server"]:
    """One of `APPLICATIONS`, served until the block ends; its log lies in the folder."""
    server = Server(name, folder)
    try:
        server.wait()
        yield server
    finally:
        server.stop()


class Server:
    """One gunicorn with its workers."""

    def __init__(self, name: str, folder: Folder) -> None:
        self.port, self.log = free_port(), folder.path / f"{name}.log"
        command = [
            sys.executable, "-m", "gunicorn", "--no-control-socket", "--workers", str(WORKERS),
            "--bind", f"127.0.0.1:{self.port}", "--timeout", "600", "--log-level", "warning",
            APPLICATIONS[name],
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                env=folder.environment,
                stdout=log,
                stderr=log,
                cwd=Path(__file__).parents[1],
            )

    def wait(self) -> None:
        """Wait until both workers answer; raises RuntimeError with the log where they die."""
        for _ in range(300):
            if self.process.poll() is not None:
                break
            if len(self._processes()) > WORKERS and self._listens():
                for _ in range(3 * WORKERS):
                    self._touch()
                return
            time.sleep(0.1)
        raise RuntimeError(self.log.read_text(errors="replace")[-2000:])

    def _touch(self) -> None:
        """Ask anything: the answer comes when the worker that took it has read the application."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request("GET", "/login")
        connection.getresponse().read()
        connection.close()

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _processes(self) -> list[psutil.Process]:
        try:
            parent = psutil.Process(self.process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def peak(self) -> float:
        """The most memory that any one process had, in MB (10^6 bytes)."""
        return max(map(_peak, self._processes()), default=0.0)

    def spent(self) -> float:
        """Seconds of processor time of all its processes, exact to the microsecond."""
        return sum(map(_spent, self._processes()))

    def stop(self) -> None:
        """End the server and its workers."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def _spent(process: psutil.Process) -> float:
    return int(Path(f"/proc/{process.pid}/schedstat").read_text().split()[0]) / 1e9


def _peak(process: psutil.Process) -> float:
    status = Path(f"/proc/{process.pid}/status").read_text()
    line = next(text for text in status.splitlines() if text.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6
