"""`flask packet`: the workbook of a meeting, from the command line."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from access import audit
from access import viewer as who
from commands.base import OutFile, system
from entities import dates
from entities.vocabulary import Act
from models import Meeting
from workbooks import packet as workbook


@click.command()
@click.argument("meeting_id", type=int)
@click.option(
    "--out", type=OutFile(),
    help="The file to write; left out, it is named after the meeting.",
)  # fmt: skip
@with_appcontext
def packet(meeting_id: int, out: Path | None) -> None:
    """Write the packet of meeting MEETING_ID: one workbook for the table."""
    with system() as session:
        meeting = session.get(Meeting, meeting_id)
        if meeting is None:
            raise click.BadParameter(f"there is no meeting {meeting_id}")
        audit.note(
            session, Act.EXPORT, "meeting", meeting.id,
            record=meeting.name, province_id=meeting.province_id, paper="packet",
        )  # fmt: skip
        session.commit()
        made = workbook.packet(session, meeting, viewer=who.of(session), now=dates.now())
        path = out or Path(workbook.file_name(meeting))
    path.write_bytes(made)
    click.echo(path)
