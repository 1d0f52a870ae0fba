"""What the faults share: an index on this machine, a set-up in a process of its own, its cache."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.stand_in_index import StandInIndex, write_wheel

ROOT = Path(__file__).parents[2]
MEMBERS = {
    "tiny_model/one/config.json": '{"size": 1}',
    "tiny_model/one/deep/vocab.txt": "a\nb\n",
    "tiny_model/one/zeros.txt": "0" * 1_000_000,
    "tiny_model/two/config.json": '{"size": 2}',
    "tiny_model/two/weights.safetensors": bytes(range(256)) * 100,
}


@pytest.fixture
def index(tmp_path, monkeypatch):
    """An index with a wheel of two assets, for pip and for this process, and an empty cache."""
    with StandInIndex(write_wheel(tmp_path, MEMBERS).read_bytes()) as server:
        for name in [name for name in os.environ if name.startswith("PIP_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("PIP_INDEX_URL", server.address)
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        monkeypatch.setenv("PIP_RETRIES", "0")
        monkeypatch.setenv("XENC_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        yield server
        server.shutdown()


@pytest.fixture
def cache(index, tmp_path) -> Path:
    """Where the set-up puts what it fetches."""
    return tmp_path / "cache"


@pytest.fixture
def set_up(index):
    """Start the set-up of the two assets: a process of its own, `fetch` as a learner types it."""
    started = []

    def start(*options: str) -> subprocess.Popen:
        script = Path(__file__).with_name("setting_up.py")
        command = [sys.executable, str(script), index.sha256, *options]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture(autouse=True, scope="session")
def interrupts_reach_children():
    """A job that a shell runs in the background ignores Ctrl-C, and so would its children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
