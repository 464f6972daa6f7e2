"""Where the database is: found and read in any spelling, as libpq's parameters, and never quoted in an error."""

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path

from .errors import AddressError

VARIABLE = "DATABASE_URL"

# any of these says where the server is, without a URL; libpq's documentation, "Environment Variables"
LIBPQ_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE")

SCHEME = re.compile(r"^(?:postgres|postgresql)(?:\+[a-z0-9_]+)?://", re.IGNORECASE)

# as Neon shows it, to be pasted into a shell
COMMAND = re.compile(r"^psql\s+(?=['\"]|postgres)")

# what other drivers call what libpq has another name for, or has no use for
SSL = re.compile(r"(?<=[?&])ssl=(\w[\w-]*)")
TUNING = re.compile(
    r"(?<=[?&])(?:pgbouncer|connection_limit|pool_timeout|statement_cache_size|prepared_statement_cache_size)=[^&]*&?"
)


def locate(url: str | None) -> dict[str, str]:
    """Return libpq's parameters of a URL, or of the one that the environment has when that is None."""
    if url is not None and not _unquote(url):
        raise AddressError(f"the database URL is empty: pass one or set {VARIABLE}")
    variables = os.environ
    return parse(find(variables) if url is None else url, variables)


def find(variables: Mapping[str, str], directory: Path | None = None) -> str:
    """Return DATABASE_URL, of the environment or of `.env`; empty when libpq's own variables say where it is."""
    if url := variables.get(VARIABLE, "").strip():
        return url
    if any(variables.get(name) for name in LIBPQ_VARIABLES):
        return ""
    path = (directory or Path.cwd()) / ".env"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    found = [match[1] for line in lines if (match := re.match(rf"\s*(?:export\s+)?{VARIABLE}\s*=\s*(\S.*)", line))]
    if not found:
        raise AddressError(f"no database: pass a URL or set {VARIABLE}")
    value = found[-1].strip()
    return value if value[0] in "'\"" else re.sub(r"\s+#.*", "", value)


def parse(url: str, variables: Mapping[str, str]) -> dict[str, str]:
    """Return libpq's parameters of a URL or a key=value string; a host that is not this machine gets TLS."""
    from psycopg import ProgrammingError, conninfo

    text = _unquote(COMMAND.sub("", _unquote(url)))
    try:
        if SCHEME.match(text):
            text = _translate(text)
        parameters = {name: str(value) for name, value in conninfo.conninfo_to_dict(text).items() if value is not None}
    except ProgrammingError:  # libpq's message quotes what it cannot read, which may be the password
        raise AddressError(
            "the database URL cannot be read: it takes postgresql://user:password@host:5432/database or"
            " host=... dbname=..., and characters like @ : / # % in a password must be percent-encoded"
        ) from None
    if (
        not parameters.keys() & {"sslmode", "service"}
        and "PGSSLMODE" not in variables
        and not is_local(parameters, variables)
    ):
        parameters["sslmode"] = "require"
    return parameters


def is_local(parameters: Mapping[str, str], variables: Mapping[str, str]) -> bool:
    """Tell whether all hosts are this machine: a socket, `localhost` or a loopback address."""
    hosts = parameters.get("hostaddr") or parameters.get("host")
    hosts = hosts or variables.get("PGHOSTADDR") or variables.get("PGHOST") or ""
    return all(_is_this_machine(host.strip()) for host in hosts.split(","))


def _is_this_machine(host: str) -> bool:
    if not host or host[0] in "/@" or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _unquote(text: str) -> str:
    text = text.strip()
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def _translate(url: str) -> str:
    """Return the URL as libpq spells it."""
    from psycopg import ProgrammingError

    # an @ too many, or one behind a slash: libpq would take parts of a password for host and port, and name them
    authority, _, rest = SCHEME.sub("", url.partition("?")[0]).partition("/")
    if authority.count("@") > 1 or "@" in rest:
        raise ProgrammingError
    url = SSL.sub(lambda match: "sslmode=" + ("require" if match[1].lower() == "true" else match[1]), url)
    return SCHEME.sub("postgresql://", TUNING.sub("", url).rstrip("?&"))
