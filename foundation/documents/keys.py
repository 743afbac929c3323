"""With which keys are papers sealed and dated? Those the operator names; without any, an authority of our own, made at first need.

A key file is a PEM: an RSA private key, its certificate, then those of the authorities above it. `SEALING_KEY` seals,
`TIMESTAMP_KEY` dates where no outside authority does (`TIMESTAMP_URL`). Imported where used: slow, wanted by few requests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from foundation.documents.signing import write_once

BITS = 3072
YEARS = 10
SEALING, DATING = "cachet", "horodatage"
AUTHORITY = "Convergence – autorité locale"  # recorded as it is


@dataclass(frozen=True, slots=True)
class Keyring:
    """A private key and its certificate, then the certificates above it, the nearest first."""

    key: RSAPrivateKey
    certificate: x509.Certificate
    above: tuple[x509.Certificate, ...]

    @property
    def root(self) -> x509.Certificate:
        """The authority everything hangs from."""
        return self.above[-1] if self.above else self.certificate


def sealing_keyring() -> Keyring:
    """What seals our papers."""
    return _kept(settings.SEALING_KEY, SEALING)


def dating_keyring() -> Keyring:
    """What dates our seals, where the operator named no outside authority."""
    return _kept(settings.TIMESTAMP_KEY, DATING)


def trusted_roots(*, dating: bool = False) -> list[x509.Certificate]:
    """What a seal, or a timestamp, must hang from: our own authority, and those the operator trusts."""
    roots = [(dating_keyring() if dating and not settings.TIMESTAMP_URL else sealing_keyring()).root]
    if settings.TRUSTED_AUTHORITIES:
        roots += x509.load_pem_x509_certificates(Path(settings.TRUSTED_AUTHORITIES).read_bytes())
    return roots


def _kept(path: Path, use: str) -> Keyring:
    made = _made(Path(path), use)
    return _read(made, made.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> Keyring:
    """Read once: checking an RSA key takes eighty milliseconds. A file that changes is read again."""
    body = path.read_bytes()
    key = serialization.load_pem_private_key(body, password=None)
    assert isinstance(key, RSAPrivateKey), f"{path.name} : une clé RSA est attendue"
    own, *above = x509.load_pem_x509_certificates(body)
    return Keyring(key, own, tuple(above))


def _made(path: Path, use: str) -> Path:
    """The file, made now if it is not there: a key, certified by our own authority for one use."""
    if not path.exists():
        authority = _authority(path.with_name("authority.pem"))
        key = _new_key()
        certificate = _certified(key, f"Convergence – {use}", authority, use=use)
        write_once(path, _pem(key, certificate, authority.certificate))
    return path


def _authority(path: Path) -> Keyring:
    if not path.exists():
        key = _new_key()
        write_once(path, _pem(key, _certified(key, AUTHORITY)))
    return _read(path, path.stat().st_mtime_ns)  # of two processes that make one at once, the first one's stays


def _new_key() -> RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=BITS)


def _certified(key: RSAPrivateKey, name: str, by: Keyring | None = None, use: str = "") -> x509.Certificate:
    """A certificate for a key, by an authority or by itself. It begins a year ago: clocks differ, and papers are dated of their event."""
    made = datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Convergence"), x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(made - timedelta(days=365))
        .not_valid_after(made + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_key_usage(is_authority=by is None), critical=True)
    )
    if by is not None:
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key())
        builder = builder.add_extension(issuer, critical=False)
    if use == DATING:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return builder.sign(by.key if by else key, hashes.SHA256())


def _key_usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: RSAPrivateKey, *certificates: x509.Certificate) -> bytes:
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private + b"".join(one.public_bytes(pem) for one in certificates)
