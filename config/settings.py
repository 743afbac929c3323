"""How is this installation set? Everything an operator may change is an environment variable, named here once.

Without any, the result is the demonstration: embedded PostgreSQL, secrets made at first start under `var/`, mail to a
folder. `DEMO=0` removes it, and then SECRET_KEY and ALLOWED_HOSTS must be given; without DATABASE_URL the embedded
server still serves.
"""

from __future__ import annotations

import os
import secrets
from importlib.util import find_spec
from pathlib import Path

from csp.constants import NONCE, NONE, SELF  # noqa: F401 - NONCE is refused on purpose: nothing inline at all

from config.database import settings_from, start_embedded
from config.providers import form_origins, providers_written

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))


def flag(name: str, default: str) -> bool:
    return os.environ.get(name, default).lower() in ("1", "true", "yes", "on")


def kept_secret(name: str, length: int) -> str:
    """A secret of the demonstration: made once, kept in `var/secrets` for its owner only, never in the repository."""
    path = VAR_DIR / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(length))
    return path.read_text()


DEMO = flag("DEMO", "1")
DEMO_CLOCK = DEMO  # whether the clock may be moved on
DEBUG = flag("DEBUG", "0")
HTTPS = flag("HTTPS", "0" if DEMO else "1")  # the demonstration listens on the loopback, without a certificate
BEHIND_PROXY = flag("BEHIND_PROXY", "0")
THEME = os.environ.get("THEME", "state")

SECRET_KEY = os.environ.get("SECRET_KEY") or (kept_secret("secret_key", 48) if DEMO else "")
DEMO_PASSWORD = kept_secret("demo_password", 9) if DEMO else ""
ALLOWED_HOSTS = [host for host in os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEMO else "").split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "procrastinate.contrib.django",
    "foundation.journal",
    "foundation.accounts",
    "foundation.files",
    "foundation.notifications",
    "foundation.invitations",
    "foundation.help",
    "foundation.credentials",
    "foundation.messaging",
    "foundation.demonstration",
    "convergence.content",
    "convergence.catalogue",
    "convergence.evidence",
    "convergence.assessments",
    "convergence.projections",
    "convergence.candidatures",
    "convergence.schedules",
    "convergence.advice",
    "convergence.reviews",
    "convergence.openings",
    "convergence.decisions",
    "convergence.boards",
    "convergence.agreements",
    "convergence.certificates",
    "convergence",
    "web",
    "ops",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "web.headers.extra_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "web.languages.speak_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "foundation.journal.origin.remember_origin",
    "web.refusals.refuse_heavy_forms",
    "web.refusals.AnswerRefusals",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "accounts.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("web.languages.Loader", ["django.template.loaders.filesystem.Loader"])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "web.chrome.page_chrome",
            ],
            "libraries": {"ui": "web.ui"},
            "builtins": ["web.languages", "web.ui", "web.files_named"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": settings_from(os.environ.get("DATABASE_URL") or start_embedded(VAR_DIR / "postgres"))}
# Ten minutes: on a new connection every query is planned again
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        # Django's 300 would let whoever tries many addresses push out the counts of the tries
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}

# — People and sessions —
AUTHENTICATION_BACKENDS = ["foundation.accounts.signing_in.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "foundation.credentials.second_factor.SignInAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are opened by the agency or by invitation, never by oneself
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "request_account": "20/h/ip,3/h/key",  # the key is the address: nobody is flooded with mails
    "request_account_unproved": "5/h/ip",  # without its proof of work
    "forgotten_password": "20/h/ip,3/h/key",
    "change_password": "5/m/user",
    "open_link": "30/m/ip",  # the links of mails: their forms, not their pages
    "opinion": "60/h/ip",
    "opinion_unproved": "10/h/ip",  # without its proof of work, a browser says less
    "check_file": "120/h/ip",
    "second_factor": "10/m/ip,5/5m/key",  # the key is the person: a code has a million values
    "provider": "30/m/ip",
}
ACCOUNT_LOGIN_TIMEOUT = 600  # seconds between the password and the code
MFA_ADAPTER = "foundation.credentials.second_factor.Secrets"
MFA_TOTP_ISSUER = "Convergence"
MFA_TOTP_TOLERANCE = 1  # the code before and the one after: clocks differ
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key]  # former keys, while they are replaced
SECOND_FACTOR_URL = "public:second_factor"
PROOF_LASTS = 600  # seconds: sensitive acts want who they are shown that recently

# — Identity providers: OIDC_PROVIDERS holds a JSON list, described in `config/providers.py`; each secret is OIDC_SECRET_<KEY> —
OIDC_PROVIDERS = providers_written(os.environ)
LOGIN_URL = "public:sign_in"
LOGIN_REDIRECT_URL = "company:dashboard"
LOGOUT_REDIRECT_URL = "public:home"
SESSION_ENGINE = "foundation.credentials.sessions"
SESSION_COOKIE_AGE = 12 * 3600  # not used for that long, a session ends
SESSION_LONGEST = 24 * 3600  # and so it does anyway
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "web.public.errors.csrf_failure"

# — Browser —
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # DSFR draws some of its icons as data: URLs in its style sheet
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *form_origins(OIDC_PROVIDERS)],  # signing in and out goes through the providers
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000

# — Language and time —
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True

# — Files served —
_dsfr = find_spec("dsfr")  # the assets of the design system come from its wheel; none of its Python is used
assert _dsfr is not None
assert _dsfr.submodule_search_locations is not None
DSFR_DIR = Path(_dsfr.submodule_search_locations[0]) / "static" / "dsfr" / "dist"
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder", "web.assets.DesignSystemFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR_DIR / "files"}},
    "staticfiles": {"BACKEND": "web.assets.HashedStorage"},
}

# — Files deposited —
S3_BUCKET = os.environ.get("S3_BUCKET", "")
if S3_BUCKET:  # any S3 store; without one, a folder
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": os.environ.get("S3_ENDPOINT") or None,
            "region_name": os.environ.get("S3_REGION") or None,
            "access_key": os.environ.get("S3_ACCESS_KEY") or None,
            "secret_key": os.environ.get("S3_SECRET_KEY") or None,
        },
    }
UPLOADS_DIR = Path(os.environ.get("UPLOADS_DIR", VAR_DIR / "uploads"))  # shared by the web processes
UPLOADS_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
MAX_FILE_SIZE = int(os.environ.get("MAX_FILE_SIZE", 2 << 30))
MAX_PLAIN_FILE_SIZE = min(MAX_FILE_SIZE, 50 << 20)  # of a form sent whole, without JavaScript
UPLOAD_DAYS = 7  # a transfer nobody goes on with is abandoned after that
CLAMD = os.environ.get("CLAMD", "")  # « /run/clamav/clamd.ctl » or « host:3310 »; empty, structural checks only
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = UPLOADS_DIR
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

BUNDLE_KEY = Path(os.environ.get("BUNDLE_KEY", VAR_DIR / "keys" / "results.pem"))  # signs the results a company takes away

# — Papers sealed: PEM files (key, certificate, authorities above); what is not given is made at first need —
SEALING_KEY = Path(os.environ.get("SEALING_KEY", VAR_DIR / "keys" / "sealing.pem"))
TIMESTAMP_KEY = Path(os.environ.get("TIMESTAMP_KEY", VAR_DIR / "keys" / "timestamps.pem"))
SEALED_FOR = tuple(os.environ.get("SEALED_FOR", "").split())  # « name=age1… »: for whom sealed deposits are encrypted in the browser
SEALED_FORMERLY = tuple(os.environ.get("SEALED_FORMERLY", "").split())  # keys replaced, which open what was sealed before
TIMESTAMP_URL = os.environ.get("TIMESTAMP_URL", "")  # an outside authority (RFC 3161), instead of our own clock
_trusted = os.environ.get("TRUSTED_AUTHORITIES", "")  # a PEM of the authorities above it, and above a signature provider
TRUSTED_AUTHORITIES = Path(_trusted) if _trusted else None

# — Yousign, where the content has it sign: the key of its API and the secret of its webhook; without them, both sign here —
YOUSIGN_KEY, YOUSIGN_SECRET = os.environ.get("YOUSIGN_KEY", ""), os.environ.get("YOUSIGN_SECRET", "")
YOUSIGN_URL = os.environ.get("YOUSIGN_URL", "https://api-sandbox.yousign.app/v3").rstrip("/")

_anchors = os.environ.get("JOURNAL_ANCHORS", "")  # the file, outside of the database's reach, where its end is written each hour
JOURNAL_ANCHORS = Path(_anchors) if _anchors else None
PACKS_DIR = Path(os.environ.get("PACKS_DIR", BASE_DIR / "packs"))

# — Mail —
EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST, EMAIL_PORT = os.environ.get("EMAIL_HOST", "localhost"), int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_USER", ""), os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = flag("EMAIL_USE_TLS", "0"), flag("EMAIL_USE_SSL", "0")
EMAIL_TIMEOUT = 15  # seconds: a silent mail server must not hold the worker
_HOST = f"http://localhost:{os.environ.get('PORT', '8000')}" if DEMO else f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if ALLOWED_HOSTS else ""
SITE_ADDRESS = os.environ.get("SITE_ADDRESS", _HOST).rstrip("/")  # for the links of mails; by default, the first host allowed
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "convergence@localhost")

# — Who answers for this installation: the legal notices say it —
SITE_PUBLISHER, SITE_HOST = os.environ.get("SITE_PUBLISHER", ""), os.environ.get("SITE_HOST", "")
SITE_CONTACT = os.environ.get("SITE_CONTACT", "")

# — What is done later: `manage.py procrastinate worker`, as many as one likes —
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_IMPORT_PATHS = ["ops.timetable"]
PROCRASTINATE_WORKER_DEFAULTS = {"concurrency": 2, "delete_jobs": "successful", "shutdown_graceful_timeout": 20}

# — Logs: one JSON object a line —
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "config.logs.json_formatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "loggers": {"pyhanko": {"level": "ERROR"}},  # a seal that is not good is an answer, not an incident
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
