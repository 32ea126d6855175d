"""Whether a wheel holds the program, all that travels with it, and nothing else: `wheel.py WHEEL`."""

import subprocess
import sys
import zipfile

PLACES = {
    "daemon/": "",
    **{f"{name}/": f"twinpost/shipped/{name}/" for name in ("rules", "templates", "migrations", "systemd")},
}


def expected() -> set[str]:
    """Where each file under version control that belongs into the wheel lies in it."""
    files = subprocess.run(
        ["git", "ls-files"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return {
        PLACES[folder] + file.removeprefix(folder)
        for folder in PLACES
        for file in files
        if file.startswith(folder)
    }


with zipfile.ZipFile(sys.argv[1]) as wheel:
    found = {name for name in wheel.namelist() if ".dist-info/" not in name}
for name in sorted(expected() - found):
    print(f"not in the wheel: {name}")
for name in sorted(found - expected()):
    print(f"only in the wheel: {name}")
sys.exit(found != expected())
