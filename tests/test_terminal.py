"""The edge to the terminal: streams that are full, closed, or read by nobody."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tiny import AB, A, applied, call, ended, start, write_history


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
def test_an_answer_that_cannot_be_written_is_trouble(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    with open("/dev/full", "w", encoding="utf-8") as full:
        answer = ended(start(project, "apply", "-u", empty_url, stdout=full))
        assert answer.code == 2
        sentence = "tools: cannot write: No space left on device: what was done before stays, see tools status\n"
        assert answer.err == sentence
        assert applied(empty_url) == [A]
        assert ended(start(project, "apply", "-u", empty_url, stderr=full)).code == 0
        assert ended(start(project, "apply", "--to", "x", "-u", empty_url, stderr=full)).code == 2, "1 means drift"


def test_what_nobody_opened_is_not_asked_and_not_written_to(empty_url: str, tmp_path: Path) -> None:
    project = write_history(tmp_path, {A: (AB[A][0], None)})
    arguments = [sys.executable, "-m", "tools", "apply", "-u", empty_url]
    closed = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *arguments]
    assert subprocess.run(closed, cwd=project.directory, check=False).returncode == 0
    assert applied(empty_url) == [A]


def test_a_dotenv_that_is_no_text(tmp_path: Path) -> None:
    project = write_history(tmp_path, AB)
    (project.directory / ".env").write_bytes(b"\xff\xfeA=1")
    answer = call(project, "status")
    sentence = "tools: .env is not UTF-8: invalid start byte at byte 0: save it as UTF-8\n"
    assert (answer.code, answer.err) == (2, sentence)
