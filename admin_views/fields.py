"""Form fields of the office: dates of the Buddhist era, times, choices, and pickers of records.

A picker holds `(id, label)` pairs and never entities, so that a failed save costs no query.
Whatever cannot be read stays in the field as it was typed, with a message beside it.
"""

from collections.abc import Callable, Iterable
from datetime import date, time
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup, escape
from wtforms import BooleanField, Field, IntegerField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextArea, TextInput

from admin_views.words import said
from entities import dates, money, thai, years
from entities.base import Choice
from rules.base import too_long

NUL = "\x00"
LARGEST = 2**53
LONGEST = 100_000
"""Longer texts are refused by every column, so that time is not spent on their spelling."""


class Required(InputRequired):
    """Something must be there after reading: spaces and invisible characters alone are nothing."""

    def __call__(self, form: Any, field: Any) -> None:
        super().__call__(form, field)
        if field.data is None and not field.errors:
            raise StopValidation(field.gettext("This field is required."))


class TextField(StringField):
    """One line or several, in its stored spelling: invisible characters go before it is checked."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = (thai.normalise(text) if len(text) <= LONGEST else text) or None

    def __init__(self, *args: Any, length: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.length = length
        if length > 300:
            self.widget = TextArea()

    def pre_validate(self, form: Any) -> None:
        if self.data and len(self.data) > self.length:
            raise ValidationError(too_long(self.data, self.length))


class NumberField(IntegerField):
    """A whole number, in Thai or Arabic digits, with or without commas.

    Drawn as a box for text: one for numbers takes no Thai digit, and says nothing about it.
    """

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        text = thai.to_arabic(valuelist[0]).replace(",", "").strip() if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            self.data = int(text)
        except ValueError:
            raise ValueError(_("Type a whole number.")) from None
        if self.data < 0:
            raise ValueError(_("This number cannot be negative."))
        if self.data > LARGEST:
            raise ValueError(_("This number is too large."))


class YearField(NumberField):
    """A year of the Buddhist era; 69 and 2026 are refused, since either may mean another year."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and not years.FIRST <= self.data <= years.LAST:
            raise ValueError(_("Type a year of the Buddhist era, such as 2569."))


class AmountField(Field):
    """Baht, as `money.parse` understands it.

    An amount that was emptied is its column's default where it has one: nothing is zero.
    """

    widget = TextInput()
    parse = staticmethod(money.parse)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return money.shown(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: Decimal | None = self.default
        if valuelist and valuelist[0].strip():
            try:
                self.data = self.parse(valuelist[0][:60])
            except money.BadAmount as error:
                self.data = None
                raise ValueError(str(error.message)) from None
            if self.data < 0:
                raise ValueError(_("This number cannot be negative."))


class FigureField(AmountField):
    """A number of two places that is no money."""

    parse = staticmethod(money.parse_figure)


class PercentField(AmountField):
    """A percentage from 0 to 100 with at most two decimals, with or without its sign."""

    parse = staticmethod(money.parse_percent)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and self.data > 100:
            raise ValueError(_("A percentage is between 0 and 100."))


class DateField(Field):
    """A date typed as day/month/year, in either era, with Thai or Arabic digits."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return dates.input_date(self.data) if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: date | None = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = dates.parse_date(valuelist[0].replace(NUL, "")[:40])
            except dates.BadDate as error:
                raise ValueError(_(str(error))) from None


class TimeField(Field):
    """A time of day typed as 09.30 or 9:30."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return dates.time_text(self.data) if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: time | None = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = dates.parse_time(valuelist[0].replace(NUL, "")[:20])
            except ValueError:
                raise ValueError(_("Type the time as hours.minutes, such as 09.30.")) from None


class Options:
    """Draws a select from `(value, label)` pairs as plain strings: fast for long lists."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        chosen = field.chosen()
        body = "".join(
            f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(label)}</option>'
            for value, label in field.pairs()
        )
        return Markup("<select {}>{}</select>").format(_attributes(field, kwargs), Markup(body))


def _attributes(field: Any, kwargs: dict[str, Any]) -> Markup:
    attributes = {"id": field.id, "name": field.name, **(field.render_kw or {}), **kwargs}
    named = {
        key.rstrip("_").replace("_", "-"): value
        for key, value in attributes.items()
        if value is not None and value is not False
    }
    return Markup(
        " ".join(
            escape(name) if value is True else f'{escape(name)}="{escape(value)}"'
            for name, value in named.items()
        )
    )


class ChoiceField(Field):
    """One member of an enumeration, or none."""

    widget = Options()

    def __init__(self, *args: Any, choices: type[Choice], blank: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices, self.blank = choices, blank

    def pairs(self) -> Iterable[tuple[str, str]]:
        """The options as drawn."""
        if self.blank or self.data is None:
            yield "", ""
        yield from ((str(member.value), said(member.title)) for member in self.choices)

    def chosen(self) -> str:
        """The value drawn as chosen."""
        return str(self.data.value) if isinstance(self.data, Choice) else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0]:
            try:
                self.data = self.choices(valuelist[0])
            except ValueError:
                raise ValueError(_("This is not one of the choices.")) from None


class PickField(Field):
    """The id of another record: a select for few, a lookup for many.

    `options()` gives at most `SMALL` + 1 pairs that the viewer reaches; `find(id)` gives the
    label of one, or None where the viewer does not reach it.
    """

    SMALL = 100
    widget = Options()

    def __init__(
        self,
        *args: Any,
        options: Callable[[], list[tuple[int, str]]],
        find: Callable[[int], str | None],
        lookup: Callable[[], str],
        blank: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._options, self._find, self._lookup, self.blank = options, find, lookup, blank
        self._pairs: list[tuple[int, str]] | None = None

    def offer(self, options: Callable[[], list[tuple[int, str]]]) -> None:
        """Offer only these; they are few."""
        self._options = options

    def rows(self) -> list[tuple[int, str]]:
        """The options, asked for once."""
        if self._pairs is None:
            self._pairs = self._options()
        return self._pairs

    def __call__(self, **kwargs: Any) -> Markup:
        if len(self.rows()) <= self.SMALL:
            return super().__call__(**kwargs)  # type: ignore[no-any-return]
        return self._lookup_input(kwargs)

    def _lookup_input(self, kwargs: dict[str, Any]) -> Markup:
        label = (self._find(self.data) if isinstance(self.data, int) else None) or ""
        attributes = _attributes(
            self,
            {
                **kwargs,
                "name": f"{self.name}-text",
                "value": label,
                "data_lookup": self._lookup(),
                "autocomplete": "off",
            },
        )
        return Markup('<input type="hidden" name="{}" value="{}"><input type="text" {}>').format(
            self.name, self.data if self.data is not None else "", attributes
        )

    def pairs(self) -> Iterable[tuple[str, str]]:
        """The options as drawn, the present value among them.

        Where there is none, or one that the viewer does not reach, nothing is chosen: a browser
        would choose the first.
        """
        known = dict(self.rows())
        label = known.get(self.data) or (
            self._find(self.data) if isinstance(self.data, int) else None
        )
        if self.blank or label is None:
            yield "", ""
        if label is not None and self.data not in known:
            yield str(self.data), label
        yield from ((str(key), name) for key, name in known.items())

    def chosen(self) -> str:
        """The value drawn as chosen."""
        return str(self.data) if self.data is not None else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: int | None = None
        if valuelist and valuelist[0].strip():
            try:
                self.data = _record_id(valuelist[0])
            except ValueError:
                raise ValueError(_("Choose one from the list.")) from None

    def pre_validate(self, form: Any) -> None:
        if self.data is None:
            return
        if self._find(self.data) is None:
            raise ValidationError(_("Choose one from the list."))


class TicksField(SelectMultipleField):
    """Any of a few records, each with its own box."""

    widget, option_widget = ListWidget(prefix_label=False), CheckboxInput()


def _record_id(text: str) -> int:
    """A typed id; raises ValueError for what no record can have."""
    found = int(text)
    if not 0 < found < 2**62:
        raise ValueError(text)
    return found


__all__ = [
    "AmountField",
    "BooleanField",
    "ChoiceField",
    "DateField",
    "FigureField",
    "NumberField",
    "PercentField",
    "PickField",
    "TextField",
    "TicksField",
    "TimeField",
    "YearField",
]
