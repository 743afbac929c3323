"""How are the seals of a PDF written and read? PAdES B-T (ETSI EN 319 142), through pyHanko. Imported where used: slow.

Its own signer and clock load their key anew, and check it, at each signature; ours hold it.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as read
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import general, signers
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import CMSStructuralError
from pyhanko.sign.signers import ExternalSigner
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import SignatureCoverageLevel, TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from foundation.documents.keys import Keyring, dating_keyring, sealing_keyring, trusted_roots

POLICY = "2.25.302574117953817061984471538264091735216"
"""Of our own clock: a number drawn at random (X.667), which promises nothing that a public authority would."""


class Sealer(ExternalSigner):
    """Signs with a key that is held."""

    def __init__(self, ring: Keyring) -> None:
        super().__init__(signing_cert=_as_read(ring.certificate), cert_registry=_store(ring))
        self._key = ring.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return b"\0" * (self._key.key_size // 8) if dry_run else self._key.sign(data, PKCS1v15(), _hash(digest_algorithm))


class LocalClock(TimeStamper):
    """A timestamp authority of our own (RFC 3161), which tells the time of the event."""

    def __init__(self, ring: Keyring, at: datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._ring, self._at = ring, at

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        algorithm = req["message_imprint"]["hash_algorithm"]["algorithm"].native
        told = {
            "version": "v1",
            "policy": tsp.ObjectIdentifier(POLICY),
            "message_imprint": req["message_imprint"],
            "serial_number": secrets.randbits(63),
            "gen_time": self._at,
            "nonce": req["nonce"],
        }
        content = tsp.TSTInfo(told).dump()
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": self._token(content, algorithm)})

    def _token(self, content: bytes, algorithm: str) -> cms.ContentInfo:
        own = _as_read(self._ring.certificate)
        digest = hashes.Hash(_hash(algorithm))
        digest.update(content)
        attributes = cms.CMSAttributes(
            [
                general.simple_cms_attribute("content_type", "tst_info"),
                general.simple_cms_attribute("signing_time", cms.Time({"utc_time": core.UTCTime(self._at)})),
                general.simple_cms_attribute("signing_certificate_v2", general.as_signing_certificate_v2(own)),
                general.simple_cms_attribute("message_digest", digest.finalize()),
            ]
        )
        signer = {
            "version": "v1",
            "sid": {"issuer_and_serial_number": {"issuer": own.issuer, "serial_number": own.serial_number}},
            "digest_algorithm": {"algorithm": algorithm},
            "signature_algorithm": {"algorithm": "rsassa_pkcs1v15"},
            "signed_attrs": attributes,
            "signature": self._ring.key.sign(attributes.dump(), PKCS1v15(), _hash(algorithm)),
        }
        signed = {
            "version": "v3",
            "digest_algorithms": [{"algorithm": algorithm}],
            "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(content)},
            "certificates": [own, *(_as_read(one) for one in self._ring.above)],
            "signer_infos": [signer],
        }
        return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)})


def write_seal(pdf: bytes, name: str, reason: str, at: datetime, authority: str, timeout: int) -> bytes:
    """The same bytes, and a seal after them."""
    meta = signers.PdfSignatureMetadata(field_name=name, reason=reason, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    clock: TimeStamper = HTTPTimeStamper(authority, timeout=timeout) if authority else LocalClock(dating_keyring(), at)
    signer = signers.PdfSigner(meta, signer=Sealer(sealing_keyring()), timestamper=clock)
    output = signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)))
    assert isinstance(output, BytesIO)
    return output.getvalue()


def write_token(message: bytes, at: datetime, authority: str, timeout: int) -> bytes:
    """A token over the SHA-256 of a message, in DER."""
    clock: TimeStamper = HTTPTimeStamper(authority, timeout=timeout) if authority else LocalClock(dating_keyring(), at)
    token: cms.ContentInfo = asyncio.run(clock.async_timestamp(sha256(message).digest(), "sha256"))
    return bytes(token.dump())


def read_token(token: bytes, message: bytes) -> datetime | None:
    """The moment it tells of this message, where it is whole and of an authority we trust. What is no token fails in many ways."""
    try:
        signed = cms.ContentInfo.load(token, strict=True)["content"]
        told = asyncio.run(validate_tst_signed_data(signed, _trusted(dating=True), lambda name: hashlib.new(name, message).digest()))
        status = TimestampSignatureStatus(**told)
    except (SignatureValidationError, CMSStructuralError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None
    return status.timestamp if status.intact and status.valid and status.trusted else None


def read_seals(pdf: bytes) -> list[dict[str, Any]]:
    """What each seal says, and what it is worth; none where the bytes are no PDF, or no longer one: these fail in many ways."""
    try:
        found = PdfFileReader(BytesIO(pdf)).embedded_signatures
        return [_worth(one, validate_pdf_signature(one, _trusted(), _trusted(dating=True)), is_last=one is found[-1]) for one in found]
    except (PdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return []


def _worth(one: Any, status: Any, *, is_last: bool) -> dict[str, Any]:
    stamp = status.timestamp_validity
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    untouched = status.modification_level is not None and status.modification_level <= ModificationLevel.FORM_FILLING
    return {
        "name": one.field_name,
        "signer": str(status.signing_cert.subject.native.get("common_name", "")),
        "reason": str(one.sig_object.get("/Reason", "")),
        "dated": stamp.timestamp if stamp is not None and stamp.valid and stamp.trusted else None,
        "is_intact": status.intact and status.valid,
        "is_trusted": status.trusted,
        "covers": (whole if is_last else untouched) and _is_padded_with_nothing(one.sig_object["/Contents"]),
        "is_bare": _brings_nothing_else(one, status),
    }


def _is_padded_with_nothing(contents: bytes) -> bool:
    """The room kept for a seal is wider than it, and sealed by nobody: nothing may hide there."""
    length = len(cms.ContentInfo.load(bytes(contents)).dump())
    return not any(contents[length:])


DATING = "signature_time_stamp_token"


def _brings_nothing_else(one: Any, status: Any) -> bool:
    """What comes with a seal and is sealed by nobody: certificates of a chain that was checked, or an authority we trust; around them,
    what we write and nothing else. To the byte, but for a timestamp that is not of our clock.
    """
    seal = cms.ContentInfo.load(bytes(one.sig_object["/Contents"]))
    if seal.contents != seal["content_type"].dump() + seal["content"].dump() or not _is_plain(one.signed_data, status.signing_cert, "v1"):
        return False
    aside = one.signer_info["unsigned_attrs"]
    tokens = [] if isinstance(aside, core.Void) else [value for told in aside if told["type"].native == DATING for value in told["values"]]
    for token in tokens:
        dated, signed = status.timestamp_validity, token["content"]
        if not _brings_known(signed, dated, dating=True) or not (settings.TIMESTAMP_URL or _is_plain(signed, dated.signing_cert, "v3")):
            return False
    return _brings_known(one.signed_data, status)


def _is_plain(signed: cms.SignedData, signer: read.Certificate, version: str) -> bool:
    """Versions, digests and the name of who signs are said beside what is signed."""
    digest = cms.DigestAlgorithm({"algorithm": "sha256", "parameters": core.Null()})
    (info,) = signed["signer_infos"]
    named = cms.IssuerAndSerialNumber({"issuer": signer.issuer, "serial_number": signer.serial_number})
    said = [signed["version"], signed["digest_algorithms"], info["version"], info["sid"], info["digest_algorithm"]]
    meant = [cms.CMSVersion(version), cms.DigestAlgorithms([digest]), cms.CMSVersion("v1"), named, digest]
    return [one.dump() for one in said] == [one.dump() for one in meant]


def _brings_known(signed: cms.SignedData, status: Any, *, dating: bool = False) -> bool:
    known = {_as_read(one).dump() for one in trusted_roots(dating=dating)} | {one.dump() for one in status.validation_path or ()}
    return all(one.chosen.dump() in known for one in signed["certificates"])


def _trusted(*, dating: bool = False) -> ValidationContext:
    roots = [_as_read(one) for one in trusted_roots(dating=dating)]
    return ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail")


def _store(ring: Keyring) -> SimpleCertificateStore:
    store: SimpleCertificateStore = SimpleCertificateStore.from_certs([_as_read(one) for one in ring.above])
    return store


def _as_read(certificate: x509.Certificate) -> read.Certificate:
    return read.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _hash(name: str) -> hashes.HashAlgorithm:
    return {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[name.lower()]
