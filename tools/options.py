"""The group that all commands belong to, the options that they share, and the values that these make up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import click

from tools import config, terminal
from tools.errors import Trouble

Command = Callable[..., Any]

directory_option = click.option(
    "-C", "--directory", "directory", type=click.Path(path_type=Path), help="The repository [default: this folder]."
)
url_option = click.option("-u", "--url", help="The database [default: DATABASE_URL, libpq's PG* variables, then .env].")

scale_option = click.option(
    "--scale",
    type=click.FloatRange(0, min_open=True),
    metavar="N",
    help="So many times the rows of a large, skewed set; 1 is a hundred thousand in the largest tables.",
)


def formats(*names: str) -> Callable[[Command], Command]:
    """Add the option that chooses the answer's form; click refuses a form that the command has not."""
    return click.option(
        "-f",
        "--format",
        "format_",
        type=click.Choice(names),
        default="text",
        show_default=True,
        help="The answer's form.",
    )


format_option = formats("text", "json")  # of a command that tells what it does while it does it


CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=CONTEXT)
@directory_option
@click.version_option(package_name="schema-tools", prog_name="tools")
@click.pass_context
def tools(context: click.Context, directory: Path | None) -> None:
    """PostgreSQL migrations in plain SQL, and proof that the database and the models still match them."""
    context.obj = directory or Path()


def scratch_options(command: Command) -> Command:
    """Add the options that choose the server of scratch databases."""
    bindir = click.option(
        "--scratch-bindir",
        help="Programs of the scratch server [default: TOOLS_SCRATCH_BINDIR, then the embedded ones].",
    )
    url = click.option(
        "--scratch-url",
        help="A server that may create databases, in place of the embedded one [default: TOOLS_SCRATCH_URL].",
    )
    return url(bindir(command))


def run_options(command: Command) -> Command:
    """Add the options of a run that changes a database."""
    for option in (
        click.option("--yes", is_flag=True, help="Do not ask."),
        click.option(
            "--lock-timeout",
            type=click.IntRange(0),
            default=200,
            show_default=True,
            metavar="MS",
            help="Wait for a lock; 0 is for ever.",
        ),
        click.option(
            "--patience",
            type=click.FloatRange(0),
            default=600.0,
            show_default=True,
            metavar="S",
            help="Try again for locks that others hold.",
        ),
        click.option(
            "--statement-timeout",
            type=click.FloatRange(0),
            default=0.0,
            metavar="S",
            help="End a statement that takes longer; 0 is never [default: 0].",
        ),
    ):
        command = option(command)
    return command


def command(group: click.Group, name: str, *, example: str, events: bool = False) -> Callable[[Command], Command]:
    """Add a command that takes -C too, and gets the project in its place; `events`: its JSON is a line an event."""

    def decorate(function: Command) -> Command:
        def run(directory: Path | None, **options: Any) -> Any:
            chosen = directory or click.get_current_context().obj
            with _last_event() if events and options.get("format_") == "json" else nullcontext():
                return function(config.load(chosen), **_gather(options))

        run.__doc__, run.__name__ = function.__doc__, function.__name__
        run.__click_params__ = list(getattr(function, "__click_params__", []))  # type: ignore[attr-defined]
        # click asks for the names of the help option once, in the context that comes first
        return group.command(name, epilog=f"Example: {example}", context_settings=CONTEXT)(directory_option(run))

    return decorate


@contextmanager
def _last_event() -> Iterator[None]:
    """Make an event, too, of what ends the command early."""
    try:
        yield
    except (Trouble, KeyboardInterrupt) as error:
        from tools import report

        terminal.clear()
        click.echo(report.stopped_json(error))
        raise


def _gather(options: dict[str, Any]) -> dict[str, Any]:
    """Put the options that belong together into the value that they make up."""
    if "scratch_url" in options:
        from tools import scratch

        options["settings"] = scratch.configured(options.pop("scratch_url"), options.pop("scratch_bindir"))
    if "lock_timeout" in options:
        from tools import runner

        given = {
            name: options.pop(name)
            for name in ("lock_timeout", "patience", "statement_timeout", "allow_late")
            if name in options
        }
        options["options"] = runner.Options(**given)
    return options
