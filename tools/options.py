"""The group that all commands belong to, the options that they share, and the values that these make up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tools import config, terminal
from tools.errors import Trouble

if TYPE_CHECKING:
    from click.types import OptionHelpExtra

Command = Callable[..., Any]


class Option(click.Option):
    """An option whose default may be said in words; which numbers it takes, a refusal says."""

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Refuse an empty value: `--url "$SPARE_URL"` of a variable that is not set must not mean another database."""
        if "" in (value if self.multiple and isinstance(value, (list, tuple)) else (value,)):
            raise click.BadParameter("it is empty, like a variable that is not set", ctx, self)
        return super().process_value(ctx, value)

    def get_help_extra(self, ctx: click.Context) -> OptionHelpExtra:
        """Return what stands in brackets behind the help: the default alone, in words where it has some."""
        extra = super().get_help_extra(ctx)
        extra.pop("range", None)
        if isinstance(self.show_default, str):
            extra["default"] = self.show_default
        return extra


option = partial(click.option, cls=Option)

directory_option = option(
    "-C",
    "--directory",
    "directory",
    metavar="DIR",
    type=click.Path(path_type=Path),
    show_default="this folder",
    help="The repository.",
)
url_option = option(
    "-u",
    "--url",
    metavar="URL",
    show_default="DATABASE_URL, libpq's PG* variables, then .env",
    help="The database.",
)
yes_option = option("--yes", is_flag=True, help="Do not ask.")
late_option = option(
    "--allow-late", is_flag=True, help="Accept files that are older than an applied one; apply records it."
)
sample_option = option(
    "--no-sample", is_flag=True, help="Copy no rows from the database; with --scratch-url none ever leaves it."
)
diff_option = option(
    "--diff", is_flag=True, help="Write nothing; show what would change, and exit 1 where something would."
)
check_option = option(
    "--check", is_flag=True, help="Write nothing; exit 1 where something is missing, changed or extra."
)
scale_option = option(
    "--scale",
    type=click.FloatRange(0, min_open=True),
    metavar="N",
    help="So many times the rows of a large, skewed set; 1 is a hundred thousand in the largest tables.",
)


def formats(*names: str) -> Callable[[Command], Command]:
    """Add the option that chooses the answer's form; click refuses a form that the command has not."""
    return option("-f", "--format", "format_", type=click.Choice(names), default="text", help="The answer's form.")


def fail_on(*words: str, default: str) -> Callable[[Command], Command]:
    """Add the option that says from when on the exit code is 1; the words from the least."""
    help_ = "Exit 1 where something is as bad as this, or worse; all is shown."
    return option("--fail-on", type=click.Choice(words), default=default, help=help_)


def source_option(default: str | None, *, words: str | None = None) -> Callable[[Command], Command]:
    """Add the option that names the source of a catalog; `words` say the default where it is no name."""
    help_ = "Where the catalog comes from, as in drift-check."
    return option("--from", "source", metavar="SRC", default=default, show_default=words, help=help_)


def out_option(metavar: str, default: str) -> Callable[[Command], Command]:
    """Add the option that says where the answer is written."""
    return option(
        "--out", metavar=metavar, type=click.Path(path_type=Path), show_default=default, help="Where to write it."
    )


def patience_option(default: int) -> Callable[[Command], Command]:
    """Add the option that says how long to wait for others."""
    return option(
        "--patience",
        type=click.FloatRange(0),
        default=default,
        metavar="S",
        help="How long to wait for other sessions in all, in seconds.",
    )


format_option = formats("text", "json")  # of a command that tells what it does while it does it
ANNOTATED = ("text", "json", "markdown", "github", "junit", "sarif")


CANCELLED = (
    "the running statement was cancelled and its transaction rolled back, unless it was at its end: see tools status"
)
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100, "show_default": True}


@click.group(context_settings=CONTEXT, epilog="Example: tools --directory ../todo status")
@directory_option
@click.version_option(package_name="schema-tools", prog_name="tools")
@click.pass_context
def tools(context: click.Context, directory: Path | None) -> None:
    """PostgreSQL migrations in plain SQL, and proof that the database and the models still match them."""
    context.obj = directory or Path()


def scratch_options(command: Command) -> Command:
    """Add the options that choose the server of scratch databases."""
    bindir = option(
        "--scratch-bindir",
        metavar="DIR",
        show_default="TOOLS_SCRATCH_BINDIR, then the embedded ones",
        help="Programs of the scratch server.",
    )
    url = option(
        "--scratch-url",
        metavar="URL",
        show_default="TOOLS_SCRATCH_URL",
        help="A server that may create databases, in place of the embedded one.",
    )
    return url(bindir(command))


def run_options(command: Command) -> Command:
    """Add the options of a run that changes a database."""
    timeout = option(
        "--lock-timeout",
        type=click.IntRange(0),
        default=200,
        metavar="MS",
        help="How long a statement waits for a lock, in milliseconds; 0 is for ever.",
    )
    limit = option(
        "--statement-timeout",
        type=click.FloatRange(0),
        default=0,
        metavar="S",
        help="How long a statement may take, in seconds; 0 is for ever.",
    )
    return yes_option(timeout(patience_option(600)(limit(command))))


def command(group: click.Group, name: str, *, example: str, events: bool = False) -> Callable[[Command], Command]:
    """Add a command that takes -C too, and gets the project in its place; `events`: its JSON is a line an event."""

    def decorate(function: Command) -> Command:
        def run(directory: Path | None, **options: Any) -> Any:
            chosen = directory or click.get_current_context().obj
            try:
                with _last_word(options.get("format_"), events):
                    return function(config.load(chosen), **_gather(options))
            except KeyboardInterrupt as stop:
                if "yes" in options:  # who asks first, changes a database
                    stop.args = (CANCELLED,)
                raise

        run.__doc__, run.__name__ = function.__doc__, function.__name__
        run.__click_params__ = list(getattr(function, "__click_params__", []))  # type: ignore[attr-defined]
        # click asks for the names of the help option once, in the context that comes first
        return group.command(name, epilog=f"Example: {example}", context_settings=CONTEXT)(directory_option(run))

    return decorate


@contextmanager
def _last_word(form: str | None, events: bool) -> Iterator[None]:
    """Say what ends the command early in the answer's form, too, where a program reads it as it comes."""
    try:
        yield
    except (Trouble, KeyboardInterrupt) as error:
        from tools import report

        last = report.stopped(error, form, events)
        terminal.clear()
        terminal.answer(last)
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
