"""`flask remind`: cases without progress and documents unread; for a daily job of the machine."""

import click
from flask.cli import with_appcontext
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from access import mailing
from access.mailing import Letter
from commands.base import system
from entities import dates
from models import Agency, Distribution, Reminder
from rules import complaint_reminders, document_reminders
from seed.territory import find_province

PATIENCE = 30
"""Seconds that the mail server has to answer."""


@click.command()
@click.argument("province", required=False)
@click.option("--dry-run", is_flag=True, help="Only list; nothing is written or sent.")
@with_appcontext
def remind(province: str | None, dry_run: bool) -> None:
    """Remind who is late in PROVINCE (or anywhere) of cases and of unread documents, once a level.

    Levels are 30, 45 and 52 days without progress in a case, and 3, 7 and 15 days (1, 3 and 7 of an
    urgent one) without a confirmed receipt of a document. Where JANGWAT_MAIL_SERVER is set, agencies
    and units with an e-mail address get a letter; what was not sent is told, and stays on the desks.
    """
    try:
        home = find_province(province) if province else None
    except LookupError as error:
        raise click.ClickException(str(error)) from None
    with force_locale("th"), system(writes=not dry_run) as session:
        made = complaint_reminders.due(session, dates.today(), home)
        unread = document_reminders.due(session, dates.now(), home)
        _tell(session, made)
        _tell_unread(unread)
        if dry_run:
            return
        given = complaint_reminders.give(session, made)
        letters = complaint_reminders.letters(session, given)
        document_reminders.give(session, unread, dates.now())
        letters += document_reminders.letters(session, unread, dates.now())
        session.commit()
        _send(session, letters)


def _tell(session: Session, made: list[Reminder]) -> None:
    ids = {one.agency_id for one in made}
    names = dict(session.execute(select(Agency.id, Agency.name).where(Agency.id.in_(ids))).all())
    for one in made:
        click.echo(complaint_reminders.words(one, names.get(one.agency_id or 0, "")))
    click.echo(_("Reminders: %(n)s", n=f"{len(made):,}"))


def _tell_unread(unread: list[Distribution]) -> None:
    for one in unread:
        click.echo(document_reminders.words(one))
    click.echo(_("Unread documents chased: %(n)s", n=f"{len(unread):,}"))


def _send(session: Session, letters: list[Letter]) -> None:
    """Send each letter and note it at once, so that a failing server repeats none."""
    if not mailing.is_set() or not letters:
        click.echo(_("Letters sent: %(n)s", n=0))
        return
    gone: list[Letter] = []

    def sent(letter: Letter) -> None:
        complaint_reminders.sent(session, letter)
        session.commit()
        gone.append(letter)

    try:
        mailing.deliver(letters, PATIENCE, sent)
    except mailing.FAILURES as error:
        raise click.ClickException(
            _(
                "After %(n)s letters the mail server refused: %(why)s",
                n=len(gone),
                why=type(error).__name__,
            )
        ) from None
    click.echo(_("Letters sent: %(n)s", n=len(gone)))
