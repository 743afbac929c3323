"""Yousign as its public documentation describes the API v3, for what we ask of it; written by us: the real one was never met."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pikepdf
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter

from foundation.documents.keys import SEALING, _kept
from foundation.documents.pades import Sealer

KEY, SECRET = "cle-d-essai", "secret-d-essai"


@dataclass
class Simulator:
    """Its state, and what a test makes it do."""

    folder: Path
    url: str = ""
    requests: dict[str, dict[str, Any]] = field(default_factory=dict)
    papers: dict[str, bytes] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    down: bool = False
    fails_at: int = 0
    other: bytes = b""

    @property
    def authority(self) -> Path:
        """The certificate to trust for what it seals."""
        _kept(self.folder / "yousign.pem", SEALING)
        return self.folder / "authority.pem"

    def only(self) -> dict[str, Any]:
        (found,) = self.requests.values()
        return found

    def sign(self, request: dict[str, Any]) -> dict[str, Any]:
        """The next signer signs; the last one ends it."""
        signer = next(one for one in request["signers"] if one["status"] == "notified")
        signer["status"] = "signed"
        waiting = [one for one in request["signers"] if one["status"] == "initiated"]
        if waiting:
            waiting[0]["status"] = "notified"
        else:
            request["status"] = "done"
        return request

    def end(self, request: dict[str, Any], status: str) -> None:
        request["status"] = status

    def message(self, request: dict[str, Any], name: str, event: str = "") -> tuple[bytes, dict[str, str]]:
        """A webhook: its body, and the headers that prove it."""
        told = {
            "event_id": event or str(uuid.uuid4()),
            "event_name": name,
            "event_time": "1670855889",
            "subscription_id": "essai",
            "sandbox": True,
            "data": {"signature_request": {"id": request["id"], "status": request["status"], "external_id": request["external_id"]}},
        }
        body = json.dumps(told).encode()
        return body, {"X-Yousign-Signature-256": "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}

    def signed_paper(self, reference: str) -> bytes:
        """The paper with the marks it draws, and its seal."""
        marked = BytesIO()
        with pikepdf.open(BytesIO(self.other or self.papers[reference])) as pdf:
            pdf.pages[0].contents_add(pdf.make_stream(b"\nq 0 0 1 rg 60 60 160 50 re f Q"))
            pdf.save(marked)
        meta = signers.PdfSignatureMetadata(field_name="Yousign", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
        sealer = Sealer(_kept(self.folder / "yousign.pem", SEALING))
        return signers.PdfSigner(meta, signer=sealer).sign_pdf(IncrementalPdfFileWriter(marked)).getvalue()

    def answer(self, method: str, path: str, query: dict[str, list[str]], kind: str, body: bytes) -> tuple[int, Any]:
        match [method, *path.strip("/").split("/")[1:]]:
            case ["GET", "signature_requests"]:
                names = query.get("external_id", [])
                return 200, {"data": [one for one in self.requests.values() if not names or one["external_id"] in names], "meta": {}}
            case ["POST", "signature_requests"]:
                told = json.loads(body)
                made = {"id": str(uuid.uuid4()), "status": "draft", "documents": [], "signers": [], **told}
                self.requests[made["id"]] = made
                return 201, made
            case ["GET", "signature_requests", reference]:
                return 200, self.requests[reference]
            case ["POST", "signature_requests", reference, "documents"]:
                parts = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body).get_payload()
                sent = {part.get_param("name", header="content-disposition"): part.get_payload(decode=True) for part in parts}
                assert sent["nature"] == b"signable_document"
                self.papers[reference] = sent["file"]
                self.requests[reference]["documents"].append({"id": str(uuid.uuid4()), "nature": "signable_document"})
                return 201, self.requests[reference]["documents"][-1]
            case ["GET", "signature_requests", reference, "signers"]:
                return 200, self.requests[reference]["signers"]
            case ["POST", "signature_requests", reference, "signers"]:
                told = json.loads(body)
                assert told["fields"][0]["document_id"] == self.requests[reference]["documents"][0]["id"]
                self.requests[reference]["signers"].append({"id": str(uuid.uuid4()), "status": "initiated", **told})
                return 201, self.requests[reference]["signers"][-1]
            case ["POST", "signature_requests", reference, "activate"]:
                request = self.requests[reference]
                if request["status"] != "draft" or not request["documents"] or not request["signers"]:
                    return 400, {"detail": "not a draft, or nothing to sign"}
                request["status"] = "ongoing"
                request["signers"][0]["status"] = "notified"
                return 201, request
            case ["GET", "signature_requests", reference, "documents", _, "download"]:
                return 200, self.signed_paper(reference)
        return 404, {"detail": path}


@contextmanager
def yousign(folder: Path) -> Iterator[Simulator]:
    """A simulator, at an address of this machine."""
    simulator = Simulator(folder)

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            where = urlsplit(self.path)
            simulator.calls.append(f"{method} {where.path}")
            if simulator.down or self.headers["Authorization"] != f"Bearer {KEY}":
                self._send(503 if simulator.down else 401, {"detail": "non"})
                return
            status, told = simulator.answer(method, where.path, parse_qs(where.query), self.headers.get("Content-Type", ""), sent)
            if simulator.fails_at and len(simulator.calls) == simulator.fails_at:
                status, told = 502, {"detail": "done, and not said"}
            self._send(status, told)

        def _send(self, status: int, told: Any) -> None:
            body = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    simulator.url = f"http://127.0.0.1:{server.server_port}/v3"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield simulator
    finally:
        server.shutdown()
        server.server_close()
