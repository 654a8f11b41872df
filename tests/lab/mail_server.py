# SPDX-License-Identifier: MIT
"""A real SMTP server for tests: STARTTLS, TLS or neither, optional login, and every mail into a file.

mail_server.py PORT FOLDER TLS LOGIN
  FOLDER  gets 1.eml, 2.eml, ...; with TLS it holds cert.pem and key.pem
  TLS     starttls, tls or none
  LOGIN   a file with "user:password", or "-"
Recipients gone@... are refused for good, those of busy@... for now.
"""

import asyncio
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

PORT, FOLDER, TLS, LOGIN = int(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4]


class Mailbox:
    def __init__(self):
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone@"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("busy@"):
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        head = f"ENVELOPE-FROM {envelope.mail_from}\r\nENVELOPE-TO {' '.join(envelope.rcpt_tos)}\r\n"
        head += f"ENCRYPTED {session.ssl is not None or TLS == 'tls'}\r\nLOGIN {session.authenticated}\r\n\r\n"
        part = FOLDER / f"{self.count}.part"
        part.write_bytes(head.encode() + envelope.original_content)
        part.rename(FOLDER / f"{self.count}.eml")
        return "250 OK"


def check_login(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and (
        data.login + b":" + data.password == pathlib.Path(LOGIN).read_bytes()
    )
    return AuthResult(success=good, handled=False)


def tls_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FOLDER / "cert.pem", FOLDER / "key.pem")
    return context


async def main():
    mailbox = Mailbox()
    starttls = TLS == "starttls"

    def connection():
        return SMTP(
            mailbox,
            hostname="mail.lab",
            tls_context=tls_context() if starttls else None,
            require_starttls=starttls,
            authenticator=check_login if LOGIN != "-" else None,
            auth_required=LOGIN != "-",
            auth_require_tls=starttls,
        )

    server = await asyncio.get_running_loop().create_server(
        connection, "127.0.0.1", PORT, ssl=tls_context() if TLS == "tls" else None
    )
    await server.serve_forever()


asyncio.run(main())
