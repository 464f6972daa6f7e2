"""``python -m tools`` is ``tools``."""

from tools.cli import main

main()
