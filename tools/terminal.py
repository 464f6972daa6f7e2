"""The edge to the terminal: what is said, what is asked, and the exit code of every way out."""

from __future__ import annotations

import gc
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, TextIO

import click

from tools.errors import Trouble
from tools.wording import visible

if TYPE_CHECKING:
    from pathlib import Path

    from tools.listing import Paint

SAME, DIFFERENT, TROUBLE = 0, 1, 2  # as in diff(1)
TELL_EVERY = 10.0  # seconds between two plain lines of progress, as a log wants them
_told = 0.0  # when the last plain line was told; negative while a line of progress stands on the terminal

INTERRUPTED, TERMINATED = 130, 143  # 128 and the signal, as a shell says it


class Terminated(KeyboardInterrupt):
    """SIGTERM, handled as Ctrl-C is: the statement is cancelled on the server and the transaction rolled back."""


def run(group: click.Group) -> NoReturn:
    """Run the command line; every way out has the exit code of diff(1)."""
    signal.signal(signal.SIGTERM, _terminate)
    gc.set_threshold(100_000)  # a command makes many values and few cycles: the collector would look at them in vain
    try:
        code = group.main(prog_name="tools", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        code = leaving.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = TROUBLE
    except click.UsageError as error:
        say(f"tools: {_usage(error)}")
        code = TROUBLE
    except click.Abort as abort:
        code = _stop(abort.__cause__)
    except Trouble as trouble:
        say(f"tools: {trouble}")
        code = TROUBLE
    except SystemExit:  # click's exit code for a reader that has seen enough is 1, which would look like drift
        code = TROUBLE
    except OSError as error:
        say(f"tools: {_refused(error)}")
        code = TROUBLE
    except Exception as error:  # a crash must not look like drift
        say(_crash(error))
        code = TROUBLE
    gc.freeze()  # nor does it at the end
    _abandon(sys.stdout)
    _abandon(sys.stderr)
    sys.exit(code or SAME)


def _usage(error: click.UsageError) -> str:
    """Return click's sentence in our words: lower case, without a full stop, and with a way out."""
    message = re.sub(r"[.]? Did you mean", ": did you mean", error.format_message().rstrip(".?"))
    path = error.ctx.command_path if error.ctx else "tools"
    return f"{message[:1].lower()}{message[1:]}: see {path} --help"


def _stop(cause: BaseException | None) -> int:
    """Say what a signal did, and return its exit code; a prompt that was declined, or left by Ctrl-C, has no cause.

    What became of the work is what the interrupt was raised with.
    """
    if cause is None or isinstance(cause, EOFError):
        say("nothing was changed")
        return TROUBLE
    code = _signalled(cause)
    word = "terminated" if code == TERMINATED else "interrupted"
    say(": ".join(filter(None, (word, str(cause)))))
    return code


def _signalled(cause: BaseException) -> int:
    return TERMINATED if isinstance(cause, Terminated) else INTERRUPTED


def await_signal() -> int:
    """Wait for Ctrl-C or SIGTERM where nothing else is to be done, and return its exit code."""
    try:
        signal.pause()
    except KeyboardInterrupt as cause:
        return _signalled(cause)
    return SAME


def _crash(error: Exception) -> str:
    """Return the sentence for an error that nobody expected; the trace is there for those who ask for it."""
    if os.environ.get("TOOLS_TRACEBACK"):
        traceback.print_exc()
    from tools import database

    if isinstance(error, database.STOPPED):
        return f"tools: the server stopped this: {database.reason(error)}: try again, or raise the limit that it names"
    name = type(error).__name__
    message = str(error).strip().partition("\n")[0]
    return f"tools: unexpected {name}: {message}: this is a bug or a server's refusal; TOOLS_TRACEBACK=1 shows where"


def _refused(error: OSError) -> str:
    """Return the sentence for a refusal of the system; one without a file is often of a stream, as a full disk."""
    if error.filename is not None:
        return f"cannot use {error.filename}: {error.strerror}"
    return f"the system refused: {error.strerror or error}: what was done before stays, see tools status"


def _abandon(stream: TextIO | None) -> None:
    """Drop what a stream did not take: Python would try again at its end, and exit with 120."""
    if stream is None:
        return
    try:
        stream.flush()
    except OSError:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _terminate(*_: object) -> NoReturn:
    raise Terminated


def confirm(question: str) -> None:
    """Ask, and leave where the answer is no; where nobody can answer, --yes is the way out."""
    if not is_terminal(sys.stdin):
        raise Trouble("this asks first, and there is nobody to answer: pass --yes")
    click.confirm(question, abort=True, err=True)


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether somebody sits there; a stream that was closed before we started is None."""
    return stream is not None and stream.isatty()


def say(line: str) -> None:
    """Tell the story on standard error; standard output is for the answer."""
    clear()
    _echo(visible(line, lines=True))


def _echo(line: str, *, nl: bool = True) -> None:
    """Write to standard error; a story that nobody can read is no reason to stop."""
    with suppress(OSError):
        click.echo(line, err=True, nl=nl)


def answer(text: str) -> None:
    """Print the answer on standard output; an empty one is no line."""
    if text:
        click.echo(text, color=True)  # else click takes out of a script what looks like a colour, as a name may


def sum_up(form: str, *lines: str) -> None:
    """Say how it ended, where the answer is in a form of continuous integration and the log would be silent."""
    if form in ("github", "junit", "sarif"):
        for line in lines:
            say(line)


def painter() -> Paint:
    """Return what colours a text; nothing does where no terminal shows it or NO_COLOR is set (no-color.org)."""
    from tools import listing

    if not is_terminal(sys.stdout) or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return listing.uncoloured
    return _painted


def _painted(text: str, colour: str) -> str:
    return click.style(text, bold=True) if colour == "bold" else click.style(text, fg=colour)


def clear() -> None:
    """Remove a line of progress that still stands on the terminal."""
    global _told
    if _told < 0:
        _echo("\r\x1b[K", nl=False)
        _told = 0.0


def tell(line: str) -> None:
    """Show how far a statement is: a line that renews itself on a terminal, else a plain one every ten seconds."""
    global _told
    line = visible(line)
    if is_terminal(sys.stderr):
        _echo(f"\r\x1b[K{line[: shutil.get_terminal_size().columns - 1]}", nl=False)
        _told = -1.0
    elif time.monotonic() - _told >= TELL_EVERY:
        _echo(line)
        _told = time.monotonic()


def run_command(arguments: tuple[str, ...], url: str, programs: Path | None = None) -> int:
    """Run a command on the scratch database, `programs` first on its PATH; Ctrl-C is the command's to handle.

    First, for pg_dump must be as new as the server, and Debian's psql may be a wrapper that has nothing to wrap. The
    command would inherit a signal that is ignored, and could not be stopped; one that is handled it meets as always. A
    command that a signal has ended has the exit code that a shell gives it.
    """
    path = os.pathsep.join(filter(None, (str(programs or ""), os.environ.get("PATH", os.defpath))))
    environ = {**os.environ, "DATABASE_URL": url, "PATH": path}
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        code = subprocess.run(arguments, env=environ, check=False).returncode
        return code if code >= 0 else 128 - code
    except OSError as error:
        raise Trouble(f"cannot run {arguments[0]}: {error.strerror}") from error
    finally:
        signal.signal(signal.SIGINT, before)
