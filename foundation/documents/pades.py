"""How are the seals of a PDF written and read? PAdES B-T (ETSI EN 319 142), through pyHanko. Imported where used: slow.

Two of its classes load their key anew, and check it, at each signature; ours hold it.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import general, signers
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import ExternalSigner
from pyhanko.sign.timestamps import DummyTimeStamper, HTTPTimeStamper, TimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from foundation.documents.keys import Keyring, dating_keyring, sealing_keyring, trusted_roots

POLICY = "2.25.302574117953817061984471538264091735216"
"""Of our own clock: a number drawn at random (X.667), which promises nothing that a public authority would."""


class Sealer(ExternalSigner):
    """Signs with a key that is held."""

    def __init__(self, ring: Keyring) -> None:
        super().__init__(signing_cert=_asn1(ring.certificate), cert_registry=_store(ring))
        self._key = ring.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return b"\0" * (self._key.key_size // 8) if dry_run else self._key.sign(data, PKCS1v15(), _hash(digest_algorithm))


class LocalClock(DummyTimeStamper):
    """A timestamp authority of our own, which tells the time of the event."""

    def __init__(self, ring: Keyring, at: datetime) -> None:
        self._key = ring.key
        super().__init__(_asn1(ring.certificate), None, certs_to_embed=_store(ring), fixed_dt=at)

    def _build_tst_info(self, message_imprint: tsp.MessageImprint, dt: datetime, req: tsp.TimeStampReq) -> tsp.TSTInfo:
        told = super()._build_tst_info(message_imprint, dt, req)
        told["policy"] = POLICY
        return told

    def _sign_tst_info(self, tst_info_data: bytes, md_algorithm: str, dt: datetime) -> tuple[bytes, cms.CMSAttributes]:
        digest = hashes.Hash(_hash(md_algorithm))
        digest.update(tst_info_data)
        attributes = cms.CMSAttributes(
            [
                general.simple_cms_attribute("content_type", "tst_info"),
                general.simple_cms_attribute("signing_time", cms.Time({"utc_time": core.UTCTime(dt)})),
                general.simple_cms_attribute("signing_certificate_v2", general.as_signing_certificate_v2(self.tsa_cert)),
                general.simple_cms_attribute("message_digest", digest.finalize()),
            ]
        )
        return self._key.sign(attributes.dump(), PKCS1v15(), _hash(md_algorithm)), attributes


def write_seal(pdf: bytes, name: str, reason: str, at: datetime, authority: str, timeout: int) -> bytes:
    """The same bytes, and a seal after them."""
    meta = signers.PdfSignatureMetadata(field_name=name, reason=reason, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    clock: TimeStamper = HTTPTimeStamper(authority, timeout=timeout) if authority else LocalClock(dating_keyring(), at)
    signer = signers.PdfSigner(meta, signer=Sealer(sealing_keyring()), timestamper=clock)
    output = signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)))
    assert isinstance(output, BytesIO)
    return output.getvalue()


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
    }


def _is_padded_with_nothing(contents: bytes) -> bool:
    """The room kept for a seal is wider than it, and sealed by nobody: nothing may hide there."""
    length = len(cms.ContentInfo.load(bytes(contents)).dump())
    return not any(contents[length:])


def _trusted(*, dating: bool = False) -> ValidationContext:
    roots = [_asn1(one) for one in trusted_roots(dating=dating)]
    return ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail")


def _store(ring: Keyring) -> SimpleCertificateStore:
    store: SimpleCertificateStore = SimpleCertificateStore.from_certs([_asn1(one) for one in ring.above])
    return store


def _asn1(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _hash(name: str) -> hashes.HashAlgorithm:
    return {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[name.lower()]
