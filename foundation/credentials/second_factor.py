"""What is asked after the password? A code of an authenticator application, or one of the codes kept for the day it is lost.

allauth keeps both and reckons the codes; this says our differences: secrets are encrypted, and a code opens once only.
"""

from __future__ import annotations

import base64
import hashlib

from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.stages import LoginStage
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal.auth import generate_totp_secret, validate_totp_code
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from foundation.accounts.models import Person
from foundation.accounts.signing_in import AccountAdapter
from foundation.credentials.rules import Means
from foundation.credentials.sessions import begin

CODE_OPENS_FOR = 120  # seconds a code may still be right; used, it is refused for as long
SECRET = "second_factor_secret"  # noqa: S105 - where the session keeps it until it is confirmed


class SignInAdapter(AccountAdapter):
    """After the password, the second factor where there is one; then a session that says how it was opened."""

    def get_login_stages(self) -> list[str]:
        return ["foundation.credentials.second_factor.SecondFactorStage"]

    def login(self, request: HttpRequest, user: Person) -> None:
        begin(request, user, Means.PASSWORD_AND_CODE if has_second_factor(user) else Means.PASSWORD)


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]
    """allauth's stage, which leads to our page."""

    urlname = settings.SECOND_FACTOR_URL

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if not self._should_handle(self.request):
            return None, True
        self.state["authentication_required"] = True
        return redirect(self.urlname), True


class Secrets(DefaultMFAAdapter):  # type: ignore[misc]
    """What is stored cannot be used by whoever reads the table: it is encrypted by a key drawn from the installation's own."""

    def encrypt(self, text: str) -> str:
        return _locks().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _locks().decrypt(encrypted_text.encode()).decode()


def _locks() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"second factor\n{key}".encode()).digest())) for key in keys])


def pending(request: HttpRequest) -> LoginStage | None:
    """Someone who gave the right password a few minutes ago, and whose code is awaited."""
    stage = get_pending_stage(request)
    return stage if isinstance(stage, SecondFactorStage) else None


def has_second_factor(person: Person) -> bool:
    return bool(Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.TOTP).exists())


def new_secret() -> str:
    return str(generate_totp_secret())


def is_right_code(person: Person, code: str) -> bool:
    """Whether it is the code of the moment of the person's application, and the first time it is given.

    Called outside of any transaction: that it was given must be known to every process at once.
    """
    found = Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.TOTP).first()
    if found is None or not validate_totp_code(Secrets().decrypt(found.data["secret"]), tidy_code(code)):
        return False
    return cache.add(f"second-factor:{person.pk}:{tidy_code(code)}", "given", CODE_OPENS_FOR)


def is_code_of(secret: str, code: str) -> bool:
    return bool(validate_totp_code(secret, tidy_code(code)))


def tidy_code(code: str) -> str:
    """As it is read aloud or copied: « 123 456 » is 123456."""
    return "".join(code.split()).replace("-", "")


def address_for_application(person: Person, secret: str) -> str:
    """What an authenticator application reads in the square (otpauth://)."""
    return str(Secrets().build_totp_url(person, secret))


def square(text: str) -> tuple[int, str]:
    """The side of a QR code and the path of its black modules, for a drawing of our own."""
    import qrcode  # noqa: PLC0415 - slow, wanted by few requests

    drawing = qrcode.QRCode(border=4, error_correction=qrcode.ERROR_CORRECT_M)
    drawing.add_data(text)
    drawing.make(fit=True)
    rows = drawing.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, black in enumerate(row) if black)
    return len(rows), path
