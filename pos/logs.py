"""How a line of the log is written: one record is one line, whatever somebody has sent."""

import logging

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# What every further line of a record begins with, so that none can look like a record of its own.
FURTHER = "    | "


class OneLine(logging.Formatter):
    """Writes what is not printable in a message as an escape; a traceback below it is indented."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        """Write the message on one line."""
        record.message = escaped(record.message)
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        """Write the record, with a mark before each line but the first."""
        first, *further = super().format(record).splitlines()
        return "\n".join([first, *(FURTHER + escaped(line) for line in further)])


def init_logs() -> None:
    """Write to standard error what is of note. Does nothing where a log was set up before."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine(FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


def escaped(text: str) -> str:
    """Write line breaks, control characters and marks of direction as Python would in a string."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
