"""May this be done, and if not, why? One answer serves the 403, the greyed button and its explanation."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.core.language import gettext as _


class Refused(Exception):
    """An action was asked for that cannot be done. The message is a sentence for the person: what to do next.

    `code` tells callers apart without reading the sentence; `status` is what a face over HTTP should answer.
    """

    def __init__(self, reason: str, *, code: str = "refused", status: int = 403) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.status = status


def fitting(text: str, longest: int) -> str:
    """What someone wrote, without the blanks around it; refused where it is too long: nothing is ever cut."""
    text = text.strip()
    if len(text) > longest:
        raise Refused(
            _("Ce texte compte {count} caractères, pour {longest} au plus : raccourcissez-le.").format(count=len(text), longest=longest),
            code="too_long",
            status=400,
        )
    return text


def worded(text: str, otherwise: str, longest: int) -> str:
    """The same, of what must be written: `otherwise` is the sentence that asks for it."""
    text = fitting(text, longest)
    if not text:
        raise Refused(otherwise, code="no_reason", status=400)
    return text


@dataclass(frozen=True, slots=True)
class Verdict:
    """True, or false with the reason shown to the person. A « no » without a reason cannot be built."""

    allowed: bool
    reason: str = ""

    def __post_init__(self) -> None:
        if self.allowed == bool(self.reason):
            raise ValueError("un refus porte sa raison, un accord n'en porte pas")

    def __bool__(self) -> bool:
        return self.allowed

    def or_refuse(self) -> None:
        """Raise `Refused` with the reason, unless allowed."""
        if not self.allowed:
            raise Refused(self.reason)


YES = Verdict(True)


def no(reason: str) -> Verdict:
    return Verdict(False, reason)
