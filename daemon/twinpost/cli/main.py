"""`twinpost`: finds the command, turns every error into a sentence and an exit code."""

from __future__ import annotations

import importlib
import sys

import click

from twinpost import __version__
from twinpost.cli.output import Exit, say
from twinpost.errors import ConfigError, LedgerError, TwinpostError, WireError

COMMANDS = {
    "demo": "Play a whole exchange on this machine, over real mail servers.",
    "init": "Write a commented configuration and an example exchange.",
    "login": "Sign in with Microsoft or Google.",
    "check": "Test everything that twinpost depends on.",
    "run": "Run the post office.",
    "once": "Process what is there, send what is due, and exit.",
    "go-live": "From now on mails are sent.",
    "status": "What was read, what waits, what needs you.",
    "exchange": "Apply, export and show exchanges, and welcome their teachers.",
    "calendar": "When the classes of an exchange are at school.",
    "rules": "What follows when: check and list the rules, and test them.",
    "explain": "What mails are, what would be sent, and why; changes nothing.",
    "plan": "Every mail that the rules will send in an exchange; changes nothing.",
    "log": "The delivery log.",
    "outbox": "Mails on their way: list, retry, cancel.",
    "aside": "Messages that could not be processed: list, show, retry.",
    "person": "Everything that is stored about somebody.",
    "forget": "Remove somebody from everything that can be reached.",
    "db": "The ledger: upgrade, version.",
}
"""Every command with its one line: `--help` must not import them all (it takes seconds)."""

EXITS: tuple[tuple[type[TwinpostError], Exit], ...] = (
    (ConfigError, Exit.CONFIGURATION),
    (LedgerError, Exit.TRY_LATER),
    (WireError, Exit.TRY_LATER),
    (TwinpostError, Exit.PROBLEMS),
)


class Lazy(click.Group):
    """A group that imports a command when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        module = importlib.import_module(f"twinpost.cli.{name}")
        command = getattr(module, name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="twinpost")
@click.option("--debug", is_flag=True, help="Show the traceback of an error, and more in the log.")
def cli(debug: bool) -> None:
    """The post office of two school classes that write letters to each other."""


def main() -> None:
    """The program; its one place where errors end."""
    debug = "--debug" in sys.argv
    try:
        result = cli.main(standalone_mode=False)
        sys.exit(result if isinstance(result, int) else Exit.DONE)
    except click.exceptions.Abort:
        say("Stopped.")
        sys.exit(Exit.PROBLEMS)
    except click.ClickException as error:
        error.show()
        sys.exit(Exit.USAGE)
    except TwinpostError as error:
        if debug:
            raise
        say(str(error))
        sys.exit(next(code for kind, code in EXITS if isinstance(error, kind)))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(Exit.DONE)
    except Exception as error:
        if debug:
            raise
        say(
            f"twinpost made a mistake: {type(error).__name__}. "
            "`twinpost --debug …` shows where; nothing is lost."
        )
        sys.exit(70)
