"""A stand-in for the package index on 127.0.0.1, with one wheel and the faults of an index."""

import hashlib
import threading
import zipfile
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

NAME = "tiny_model-1.0-py3-none-any.whl"
METADATA = "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def write_wheel(folder: Path, members: Mapping[str, str | bytes]) -> Path:
    """A wheel of the package tiny-model, version 1.0; its bytes follow from its members."""
    path = folder / NAME
    about = {"METADATA": METADATA, "WHEEL": WHEEL, "RECORD": ""}
    files = {
        **members,
        **{f"tiny_model-1.0.dist-info/{name}": text for name, text in about.items()},
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, content in files.items():
            wheel.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return path


class StandInIndex(ThreadingHTTPServer):
    """Serves a wheel as an index does.

    Attributes:
        wheel: its content.
        fault: what goes wrong, one word; "" means nothing.
        asked: set at the first request.
    """

    daemon_threads = True

    def __init__(self, wheel: bytes):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.wheel = wheel
        self.fault = ""
        self.asked = threading.Event()
        self.over = threading.Event()
        # It looks that often whether it shall end, and every test waits for that.
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/simple"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.wheel).hexdigest()

    def handle_error(self, request, client_address):
        """A client that hangs up is no news."""

    def server_close(self):
        self.over.set()
        super().server_close()


class _Handler(BaseHTTPRequestHandler):
    server: StandInIndex

    def log_message(self, *arguments):
        """Nobody reads it."""

    def do_GET(self):
        self.server.asked.set()
        fault = self.server.fault
        if fault == "no-http":
            self.wfile.write(b"\x00\x01\x02 not http at all\r\n\r\n")
        elif fault == "redirects":
            self.send_response(302)
            self.send_header("Location", self.path)
            self.end_headers()
        elif fault.startswith("error-"):
            self._send(int(fault.removeprefix("error-")), b"no")
        elif fault == "page":
            self._send(200, b"<html>Please log in to the network</html>")
        elif fault == "silent":
            self.server.over.wait()
        elif fault == "drips":
            self._drip()
        elif self.path.startswith("/simple"):
            link = f'<a href="/files/{NAME}#sha256={self.server.sha256}">{NAME}</a>'
            self._send(200, f"<!DOCTYPE html><html><body>{link}</body></html>".encode())
        elif fault == "breaks-off":
            self._send(200, self.server.wheel[:100], length=len(self.server.wheel))
        elif fault == "page-for-file":
            self._send(200, b"<html>Please log in to the network</html>")
        else:
            self._send(200, self.server.wheel)

    def _drip(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        while not self.server.over.wait(0.1):
            self.wfile.write(b" ")
            self.wfile.flush()

    def _send(self, code: int, body: bytes, length: int | None = None):
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
