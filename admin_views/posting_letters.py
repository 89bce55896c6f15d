"""Letters that follow from a press of a button: the act stands whatever the mail server does."""

from collections.abc import Callable, Sequence

from flask import flash
from flask_babel import gettext as _

from access import mailing
from access.mailing import Letter

PATIENCE = 8
"""Seconds that the mail server has for each answer while a person waits."""


def post(letters: Sequence[Letter], sent: Callable[[Letter], None] = lambda _letter: None) -> None:
    """Send letters where a mail server is set, and tell the person how it went.

    What they tell of is committed before: a server that is away costs the letters alone. `sent`
    is told of each that went.
    """
    if not letters or not mailing.is_set():
        return
    gone: list[str] = []

    def noted(letter: Letter) -> None:
        sent(letter)
        gone.append(letter.address)

    try:
        mailing.deliver(letters, PATIENCE, noted)
    except mailing.FAILURES:
        flash(_("The letter could not be sent; the recipient sees it on the own desk."), "warn")
    if gone:
        flash(_("A letter went to %(address)s.", address=", ".join(gone)), "ok")
