"""`flask complaints import`: the preview of an older log of cases; with --accept it is taken over."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from commands.base import system
from entities import dates
from entities.messages import N_
from entities.vocabulary import ComplaintStatus
from figures.complaint_board import OPEN
from rules import complaint_log
from rules.base import Broken, refusal
from rules.complaint_log import Preview
from rules.proposals import Fate
from seed.territory import find_province
from workbooks import complaint_log as logs
from workbooks.opened import Unreadable

MOST_TOLD = 200
"""Rows told one by one; the rest is counted."""
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def complaints() -> None:
    """Cases of the Damrongtham centre from files."""


@complaints.command("import")
@click.argument("file", type=FILE)
@click.option("--province", required=True, help="Name, letters or TIS code of the province.")
@click.option(
    "--map", "headed", multiple=True, metavar="FIELD=HEADING",
    help="The heading of a column in this file, such as status=ผลการดำเนินงาน.",
)  # fmt: skip
@click.option("--accept", is_flag=True, help="Take the cases over; without it nothing is written.")
@with_appcontext
def import_complaints(file: Path, province: str, headed: tuple[str, ...], accept: bool) -> None:
    """Show what importing the log FILE (xlsx, xls, ods or csv) would do; with --accept do it.

    A column is one of: number, district, category, channel, agencies, status, received_on, due_on,
    closed_on, subject. Several agencies stand in one cell, parted by "/".
    """
    if file.stat().st_size > current_app.config["SETTINGS"].upload_bytes:
        raise click.ClickException("the file is larger than JANGWAT_UPLOAD_MB")
    with force_locale("th"), system() as session:
        try:
            rows = logs.rows(file.read_bytes(), _headings(headed))
            today = dates.today()
            made = complaint_log.preview(session, rows, find_province(province), today)
            _tell(made)
            told = _("Nothing was written; --accept imports.")
            if accept:
                count = complaint_log.accept(session, made, today)
                session.commit()
                told = _("%(count)s cases were taken over.", count=f"{count:,}")
        except (Unreadable, Broken, LookupError) as refused:
            raise click.ClickException(str(refused)) from None
        except IntegrityError as error:
            raise click.ClickException(str(refusal(error) or error)) from None
    click.echo(told)


def _headings(headed: tuple[str, ...]) -> dict[str, str]:
    pairs = [one.partition("=") for one in headed]
    if any(not heading for _key, _sign, heading in pairs):
        raise click.ClickException("--map wants FIELD=HEADING")
    return {key.strip(): heading.strip() for key, _sign, heading in pairs}


TITLES = {
    Fate.FAULT: N_("Faults"),
    Fate.DOUBTFUL: N_("Doubtful"),
    Fate.KNOWN: N_("Imported before"),
}


def _tell(made: Preview) -> None:
    for fate, title in TITLES.items():
        found = made.of(fate)
        if found:
            click.echo(f"{_(title)}: {len(found):,}")
        for one in found[:MOST_TOLD] if fate is not Fate.KNOWN else ():
            click.echo(f"  {one.row.place}: {'; '.join(one.reasons)}")
    click.echo(_("Cases: %(n)s", n=f"{len(made.proposals):,}"))
    click.echo(_("Closed: %(n)s", n=f"{made.count(ComplaintStatus.CLOSED):,}"))
    click.echo(_("Open: %(n)s", n=f"{made.count(*OPEN):,}"))
    if refused := made.count(ComplaintStatus.REJECTED):
        click.echo(_("Not accepted: %(n)s", n=f"{refused:,}"))
    click.echo(_("Doubtful: %(n)s", n=f"{len(made.of(Fate.DOUBTFUL)):,}"))
    click.echo(_("Cases to take over: %(n)s", n=f"{len(made.taken):,}"))
