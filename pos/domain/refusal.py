"""Why something that was asked for is not done: the one base of all errors that are told to who asked."""

from pos.domain.sentence import Sentence


class Refusal(Exception):
    """Something is not done. The text is for the log, `sentence` for who asked.

    `status` says in the numbers of HTTP what may help: to ask for something else (4xx), or to ask again later (5xx).
    `retry_after` says after how many seconds, where that is known.
    """

    retry_after: int | None = None

    def __init__(self, sentence: Sentence, status: int = 422, reason: str | None = None) -> None:
        super().__init__(reason or str(sentence))
        self.sentence = sentence
        self.status = status
