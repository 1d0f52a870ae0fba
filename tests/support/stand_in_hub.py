"""A stand-in for the model hub on 127.0.0.1: its answers, its faults, what it was asked."""

import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

LOG_IN = b"<html>Please log in to the network</html>"


class StandInHub(ThreadingHTTPServer):
    """Serves model folders under ids of the hub.

    Attributes:
        models: hub id -> folder and commit.
        fault: what goes wrong, one word; "" means nothing.
        delay: seconds before each answer.
        asked: "METHOD path" of each request.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.models: dict[str, tuple[Path, str]] = {}
        self.fault = ""
        self.delay = 0.0
        self.asked: list[str] = []
        # It looks that often whether it shall end, and every test waits for that.
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """A client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StandInHub

    def log_message(self, *arguments):
        self.server.asked.append(f"{self.command} {self.path}")

    def do_HEAD(self):
        self._answer()

    def do_GET(self):
        self._answer()

    def _answer(self):
        fault = self.server.fault
        threading.Event().wait(self.server.delay)
        path = unquote(self.path.partition("?")[0])
        if fault == "no-http":
            self.wfile.write(b"\x00\x01\x02 not http at all\r\n\r\n")
            self.close_connection = True
        elif fault == "redirects":
            self._send(302, headers={"Location": self.path})
        elif path == "/":
            self._send(200, LOG_IN, page=True)
        elif found := re.fullmatch(r"/api/models/([^/]+/[^/]+)(/.*)?", path):
            self._describe(*found.groups())
        elif found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/[^/]+/(.+)", path):
            self._give(*found.groups())
        else:
            self._send(404)

    def _describe(self, hub_id: str, rest: str | None):
        fault = self.server.fault
        folder, commit = self.server.models.get(hub_id, (None, ""))
        if fault == "page-for-json":
            self._send(200, LOG_IN, page=True)
        elif fault == "gated":
            self._send(403, b'{"error": "gated"}', {"X-Error-Code": "GatedRepo"})
        elif fault == "error-500":
            self._send(500, b"oops")
        elif folder is None:
            self._send(404, b'{"error": "none"}', {"X-Error-Code": "RepoNotFound"})
        elif rest and rest.startswith("/tree/"):
            files = [_listed(folder / name, name) for name in _names(folder)]
            self._send(200, json.dumps(files).encode())
        else:
            siblings = [{"rfilename": name} for name in _names(folder)]
            facts = {"_id": "x", "id": hub_id, "sha": commit, "siblings": siblings, "tags": []}
            self._send(200, json.dumps(facts).encode())

    def _give(self, hub_id: str, name: str):
        folder, commit = self.server.models[hub_id]
        content, fault = (folder / name).read_bytes(), self.server.fault
        headers = {"ETag": f'"{_etag(folder / name)}"', "X-Repo-Commit": commit}
        if fault == "page-for-files":
            self._send(200, LOG_IN, {**headers, "ETag": '"page"'}, page=True)
        elif fault == f"breaks-off:{name}" and self.command == "GET":
            self._send(200, content[:100], {**headers, "Content-Length": str(len(content))})
            self.close_connection = True
        elif fault == f"error-500:{name}":
            self._send(500)
        else:
            self._send(200, content, headers)

    def _send(self, code: int, body: bytes = b"", headers: dict | None = None, page: bool = False):
        self.send_response(code)
        kind = "text/html" if page else "application/json"
        given = {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}
        for name, value in given.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _names(folder: Path) -> list[str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path.relative_to(folder).as_posix() for path in files]


def _listed(path: Path, name: str) -> dict:
    return {"type": "file", "oid": _etag(path), "path": name, "size": path.stat().st_size}


def _etag(path: Path) -> str:
    return hashlib.sha1(path.read_bytes()).hexdigest()
