"""A mail server on loopback that remembers what it was sent: SMTP with logins and, if wanted, STARTTLS."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any


@dataclass
class Mailbox:
    """Where the server is, and what arrived."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    encrypted: bool = False
    """Whether the last mail came over TLS."""
    password: str = ""
    """What a login must give; empty: no logins."""
    refused: tuple[str, ...] = ()
    """Recipients whom it does not know."""


@contextmanager
def mailbox(certificate: Path | None = None, **behaviour: Any) -> Iterator[Mailbox]:
    """A server; with a certificate (key and certificate in one file) it offers STARTTLS."""
    box = Mailbox(**behaviour)
    trust = None
    if certificate is not None:
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trust.load_cert_chain(certificate)

    class Session(_Session):
        mailbox, tls = box, trust

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
    server.daemon_threads = True
    box.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Session(socketserver.StreamRequestHandler):
    mailbox: Mailbox
    tls: ssl.SSLContext | None

    def handle(self) -> None:
        self._encrypted = False
        self._say(220, "ready")
        while line := self.rfile.readline().decode().strip():
            word, _, rest = line.partition(" ")
            if word.upper() == "QUIT":
                self._say(221, "bye")
                return
            getattr(self, f"on_{word.lower()}", self._unknown)(rest)

    def on_ehlo(self, rest: str) -> None:
        offers = ["localhost", *(["STARTTLS"] if self.tls and not self._encrypted else [])]
        offers += ["AUTH PLAIN"] if self.mailbox.password else []
        for offer in offers[:-1]:
            self.wfile.write(f"250-{offer}\r\n".encode())
        self._say(250, offers[-1])

    def on_starttls(self, rest: str) -> None:
        assert self.tls
        self._say(220, "go ahead")
        self.connection = self.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self._encrypted = True

    def on_auth(self, rest: str) -> None:
        _, user, password = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")
        self.mailbox.logins.append((user, password))
        right = password == self.mailbox.password
        self._say(235 if right else 535, "welcome" if right else f"who is {user} with {password}?")

    def on_mail(self, rest: str) -> None:
        self._say(250, "ok")

    def on_rcpt(self, rest: str) -> None:
        address = rest.partition("<")[2].partition(">")[0]
        known = address not in self.mailbox.refused
        if known:
            self.mailbox.recipients.append(address)
        self._say(250 if known else 550, "ok" if known else f"nobody is called {address}")

    def on_data(self, rest: str) -> None:
        self._say(354, "go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mailbox.encrypted = self._encrypted
        self.mailbox.messages.append(message)
        self._say(250, "taken")

    def on_rset(self, rest: str) -> None:
        self._say(250, "ok")

    def _unknown(self, rest: str) -> None:
        self._say(502, "unknown")

    def _say(self, code: int, text: str) -> None:
        self.wfile.write(f"{code} {text}\r\n".encode())


def make_certificate(file: Path) -> Path:
    """A self-signed certificate for 127.0.0.1, with its key in the same file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    private = key.private_bytes(encoding, form, serialization.NoEncryption())
    file.write_bytes(private + certificate.public_bytes(encoding))
    return file
