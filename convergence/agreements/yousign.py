"""How is Yousign asked to have a paper signed? Its public API v3: a signature request, a document, signers, activated; signed webhooks.

`YOUSIGN_KEY` is the key of the API, `YOUSIGN_SECRET` that of the webhook, `YOUSIGN_URL` the production or the sandbox.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import requests
from django.conf import settings

from convergence.agreements.providers import ENDED, ONGOING, SIGNED, Order, ProviderDown, Standing, Told

TIMEOUT = 20
HEADER = "X-Yousign-Signature-256"
ENDINGS = {
    "declined": "Un signataire a refusé de signer.",  # recorded as it is
    "rejected": "La demande de signature a été rejetée.",  # recorded as it is
    "expired": "Le délai de signature est passé.",  # recorded as it is
    "canceled": "La demande de signature a été annulée.",  # recorded as it is
    "deleted": "La demande de signature a été supprimée.",  # recorded as it is
}


class Yousign:
    """One request a call: nothing is kept between them but what Yousign keeps."""

    def place(self, order: Order) -> str:
        """A draft already made under this name is gone on with: a worker that died halfway leaves no second request."""
        request = self._of_name(order.name) or self._post("signature_requests", json=self._made(order))
        reference = str(request["id"])
        if request["status"] != "draft":
            return reference
        where = f"signature_requests/{reference}"
        documents = request.get("documents") or []
        if not documents:
            files = {"file": (f"{order.name}.pdf", order.paper, "application/pdf")}
            documents = [self._post(f"{where}/documents", data={"nature": "signable_document"}, files=files)]
        there = {signer["info"]["email"] for signer in self._get(f"{where}/signers")}
        for rank, signer in enumerate(order.signers):
            if signer.email not in there:
                self._post(f"{where}/signers", json=self._signer(signer.name, signer.email, documents[0]["id"], rank))
        self._post(f"{where}/activate")
        return reference

    def _made(self, order: Order) -> dict[str, Any]:
        return {
            "name": order.title[:128],
            "external_id": order.name,
            "delivery_mode": "email",
            "ordered_signers": True,
            "signers_allowed_to_decline": True,
            "timezone": "Europe/Paris",
        }

    def _signer(self, name: str, email: str, document: str, rank: int) -> dict[str, Any]:
        first, _, last = name.partition(" ")
        field = {"type": "signature", "document_id": document, "page": 1, "x": 60 + 260 * rank, "y": 760, "width": 160, "height": 50}
        return {
            "info": {"first_name": first, "last_name": last or first, "email": email, "locale": "fr"},
            "signature_level": "electronic_signature",
            "signature_authentication_mode": "otp_email",
            "fields": [field],
        }

    def _of_name(self, name: str) -> dict[str, Any] | None:
        found = self._get("signature_requests", params={"external_id": name})["data"]
        alive = [one for one in found if one["external_id"] == name and one["status"] not in ENDINGS]
        return self._get(f"signature_requests/{alive[0]['id']}") if alive else None

    def standing(self, reference: str) -> Standing:
        request = self._get(f"signature_requests/{reference}")
        signers = self._get(f"signature_requests/{reference}/signers")
        signed = frozenset(signer["info"]["email"] for signer in signers if signer["status"] == "signed")
        if request["status"] == "done":
            return Standing(SIGNED, signed)
        if request["status"] in ENDINGS:
            return Standing(ENDED, signed, ENDINGS[request["status"]])
        return Standing(ONGOING, signed)

    def paper(self, reference: str) -> bytes:
        (document, *_) = self._get(f"signature_requests/{reference}")["documents"]
        return self._ask("GET", f"signature_requests/{reference}/documents/{document['id']}/download").content

    def read(self, body: bytes, headers: Mapping[str, str]) -> Told | None:
        """Compared in constant time; read only once it is known to be theirs."""
        expected = "sha256=" + hmac.new(settings.YOUSIGN_SECRET.encode(), body, hashlib.sha256).hexdigest()
        if not settings.YOUSIGN_SECRET or not hmac.compare_digest(headers.get(HEADER, "").encode(), expected.encode()):
            return None
        told = json.loads(body)
        request = told.get("data", {}).get("signature_request", {})
        return Told(str(told["event_id"])[:100], str(told.get("event_name", ""))[:100], str(request.get("id", ""))[:100])

    def _get(self, path: str, **more: Any) -> Any:
        return self._ask("GET", path, **more).json()

    def _post(self, path: str, **more: Any) -> Any:
        return self._ask("POST", path, **more).json()

    def _ask(self, method: str, path: str, **more: Any) -> requests.Response:
        try:
            response = requests.request(
                method,
                f"{settings.YOUSIGN_URL}/{path}",
                headers={"Authorization": f"Bearer {settings.YOUSIGN_KEY}"},
                timeout=TIMEOUT,
                allow_redirects=False,
                **more,
            )
        except requests.RequestException as error:
            raise ProviderDown(path) from error
        if response.status_code >= 300:
            raise ProviderDown(f"{path} : {response.status_code}")
        return response
