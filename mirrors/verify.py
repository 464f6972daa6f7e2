"""Whether a vendored copy of this package is as it was made: ``python -m app.db.verify``, with Python alone.

It exits 1 where files were changed, are missing or were added, and 2 where there is no manifest to tell by.
"""

import sys

if not __package__ and not sys.flags.safe_path:
    del sys.path[0]  # run as a file, which puts this folder before the standard library, and there is a types.py in it

import hashlib
import json
from pathlib import Path

MANIFEST = "vendor.json"


def differences(folder: Path) -> list[str]:
    """Return a line for each file that is not as the manifest says."""
    files = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    there = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != MANIFEST
    }
    found = [f"changed: {name}" for name in files.keys() & there.keys() if files[name] != there[name]]
    found += [f"missing: {name}" for name in files.keys() - there.keys()]
    return sorted(found + [f"extra: {name}" for name in there.keys() - files.keys()])


def main() -> int:
    """Print what differs."""
    folder = Path(__file__).resolve().parent
    try:
        found = differences(folder)
    except FileNotFoundError:
        sys.stderr.write(f"no {MANIFEST} beside this file: make the copy with tools vendor\n")
        return 2
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
