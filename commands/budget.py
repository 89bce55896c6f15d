"""`flask budget import`: the preview of a budget file as text; with --accept it is imported."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from commands.base import FISCAL_YEAR, system
from entities.messages import N_
from entities.money import shown
from rules import budget_import
from rules.base import Broken, refusal
from rules.budget_rows import Preview
from rules.proposals import Fate
from workbooks import budget_book
from workbooks.opened import Unreadable

MOST_TOLD = 200
"""Rows told one by one; the rest is counted."""
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def budget() -> None:
    """Budgets from files."""


@budget.command("import")
@click.argument("file", type=FILE)
@click.option(
    "--fiscal-year", required=True, type=FISCAL_YEAR, help="Of the Buddhist era, such as 2565."
)
@click.option("--accept", is_flag=True, help="Write the lines; without it nothing is written.")
@with_appcontext
def import_budget(file: Path, fiscal_year: int, accept: bool) -> None:
    """Show what importing FILE (xlsx, xls, ods or csv) would do; with --accept do it.

    It fails while a row has a fault, since nothing of the file can then be imported.
    """
    with force_locale("th"), system() as session:
        if file.stat().st_size > current_app.config["SETTINGS"].upload_bytes:
            raise click.ClickException(_("The file is too large."))
        try:
            made = _preview(session, file, fiscal_year)
            _tell(made)
            budget_import.refuse_faults(made)
            told = _accept(session, made) if accept else _("Nothing was written; --accept imports.")
        except (Unreadable, Broken) as refused:
            raise click.ClickException(str(refused)) from None
    click.echo(told)


def _preview(session: Session, file: Path, fiscal_year: int) -> Preview:
    rows, stated = budget_book.rows(file.read_bytes())
    return budget_import.preview(session, rows, fiscal_year, stated)


def _accept(session: Session, made: Preview) -> str:
    try:
        count = budget_import.accept(session, made)
        session.commit()
    except IntegrityError as error:
        raise refusal(error) or error from None
    return str(_("%(count)s lines were imported.", count=f"{count:,}"))


def _tell(made: Preview) -> None:
    for home, (count, total) in sorted(made.homes().items(), key=lambda pair: pair[0].name):
        click.echo(f"{home.name}: {count:,} · {shown(total)}")
    for fate, title in TITLES.items():
        _tell_rows(made, fate, str(_(title)))
    taken, units = made.of(Fate.NEW, Fate.DOUBTFUL), len(made.homes())
    click.echo(_("Rows in the file: %(count)s", count=f"{len(made.proposals):,}"))
    click.echo(_("Lines to create: %(count)s", count=f"{len(taken):,}"))
    click.echo(_("Provinces and clusters found: %(count)s", count=units))
    click.echo(_("Total to create: %(total)s baht", total=shown(made.total(*TAKEN))))
    click.echo(_("Total of the file: %(total)s baht", total=shown(made.total())))
    if made.stated is not None:
        click.echo(_("Total that the file states: %(total)s baht", total=shown(made.stated)))


TAKEN = (Fate.NEW, Fate.DOUBTFUL)
TITLES = {
    Fate.DOUBTFUL: N_("Doubtful"),
    Fate.LEFT_OUT: N_("Left out"),
    Fate.KNOWN: N_("Imported before"),
    Fate.FAULT: N_("Faults"),
}


def _tell_rows(made: Preview, fate: Fate, title: str) -> None:
    rows = made.of(fate)
    if rows:
        click.echo(f"{title}: {len(rows):,} · {shown(made.total(fate))}")
    for proposal in rows[:MOST_TOLD] if fate is not Fate.KNOWN else ():
        click.echo(f"  {proposal.row.place}: {'; '.join(proposal.reasons)}")
    if len(rows) > MOST_TOLD and fate is not Fate.KNOWN:
        click.echo("  …")
