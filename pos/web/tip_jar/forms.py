"""The tip jar's form."""

from wtforms import Field, StringField

from pos.web.forms import PresetForm


class TipJarForm(PresetForm):
    """An amount, and a message that becomes the memo."""

    memo = StringField("Message")

    def validate_memo(self, field: Field) -> None:
        self._read_memo(field.data)
