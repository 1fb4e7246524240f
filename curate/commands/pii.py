"""`curate pii REF` and `curate pii eval FILE`."""

import click

from curate.commands.pii_eval import evaluate
from curate.commands.pii_found import found


class RefGroup(click.Group):
    """A group whose command is `show` where the first word is a REF."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the words ask for."""
        if args and args[0] not in self.commands:
            args = ["show", *args]
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Let options stand before the REF too, as those of `show`."""
        known = {"--help", "-h", *self.commands}
        return super().parse_args(ctx, args if not args or args[0] in known else ["show", *args])


@click.group(cls=RefGroup)
def pii() -> None:
    """Say what a version had of personal data and secrets; measure how well they are found.

    `curate pii REF` is `curate pii show REF`.
    """


pii.add_command(found, "show")
pii.add_command(evaluate, "eval")
