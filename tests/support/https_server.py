#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A server of one file that plays tricks, for the tests of downloads.

    tests/support/https_server.py FOLDER

Serves FOLDER/content, which may change between requests, at https://localhost:PORT/TRICKS/NAME. Makes a
certificate authority and certificates in FOLDER by the openssl program. Prints one JSON line when it is ready:
{"ca": …, "ports": {"good": …, "expired": …, "self_signed": …, "other_name": …, "plain": …}}, and one for each
request that is over: {"path", "range", "if_range", "encodings", "cookie", "authorization", "status", "tag", "sent"}.

TRICKS are joined by "," and may be empty ("-"):
    cut=N          each answer breaks off after N bytes of content
    cut_first=N    the first one does
    hold_first=N   the first one stops after N bytes, and the connection stays open
    no_range       knows nothing about ranges
    bad_range      answers with another part than it was asked for
    new_tag        the entity tag of every answer is another one
    no_tag         has no entity tag
    gzip           packs the file, asked or not
    longer=N       N bytes more than the file has, and does not say how many
    status=N       answers that and nothing else
    to=URL         sends elsewhere; URL in hexadecimal
    circle         sends to itself by way of another address
    cookie         sets a cookie, and sends to another address of its own
For each line on standard input it prints {"connections": how many there were}. Ends when standard input does.
"""
import gzip
import http.server
import json
import pathlib
import ssl
import subprocess
import sys
import threading
import zlib

STEP = 16 * 1024
HOST_NAME = "localhost"


def openssl(*arguments: str):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


class Certificates:
    """A certificate authority, and what it and others say about this server."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        (folder / "leaf.ext").write_text("basicConstraints=CA:FALSE\n", encoding="ascii")
        self.root("ca", "Test Authority", "critical,CA:TRUE")
        self.root("self_signed", HOST_NAME, "critical,CA:FALSE")
        self.leaf("good", HOST_NAME, 2)
        self.leaf("expired", HOST_NAME, -1)
        self.leaf("other_name", "other.example", 2)

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def root(self, name: str, subject: str, constraints: str):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", f"/CN={subject}", "-addext", f"basicConstraints={constraints}",
                "-addext", f"subjectAltName=DNS:{HOST_NAME}",
                "-keyout", self.path(f"{name}.key"), "-out", self.path(f"{name}.pem"))

    def leaf(self, name: str, subject: str, days: int):
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={subject}",
                "-keyout", self.path(f"{name}.key"), "-out", self.path(f"{name}.csr"))
        (self.folder / "leaf.ext").write_text(
            f"basicConstraints=CA:FALSE\nsubjectAltName=DNS:{subject}\n", encoding="ascii")
        openssl("x509", "-req", "-in", self.path(f"{name}.csr"), "-days", str(days), "-CAcreateserial",
                "-CA", self.path("ca.pem"), "-CAkey", self.path("ca.key"), "-extfile", self.path("leaf.ext"),
                "-out", self.path(f"{name}.pem"))

    def context(self, name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path(f"{name}.pem"), self.path(f"{name}.key"))
        return context


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_message(self, *_arguments):
        """Standard output is for the tests."""

    def do_GET(self):
        self.sent = 0
        self.tag = ""
        self.status = 0
        self.tricks = dict(trick.partition("=")[::2] for trick in self.path.split("/")[1].split(","))
        self.number = self.server.count(self.path)
        try:
            self.answer()
        except OSError:
            self.close_connection = True # The client has gone.
        self.server.tell({
            "path": self.path, "range": self.headers.get("Range", ""), "if_range": self.headers.get("If-Range", ""),
            "encodings": self.headers.get("Accept-Encoding", ""), "cookie": self.headers.get("Cookie", ""),
            "authorization": self.headers.get("Authorization", ""), "status": self.status, "tag": self.tag,
            "sent": self.sent})

    def answer(self):
        if "status" in self.tricks:
            return self.head(int(self.tricks["status"]), {"Content-Length": "0"})
        if "to" in self.tricks:
            return self.redirect(bytes.fromhex(self.tricks["to"]).decode())
        if "circle" in self.tricks:
            return self.redirect(self.path + "x" if self.path.endswith("bin") else self.path[:-1])
        if "cookie" in self.tricks and self.path.endswith("bin"):
            return self.redirect(self.path + "x", {"Set-Cookie": "who=me; Path=/"})
        self.serve(self.server.content())

    def redirect(self, target: str, headers: dict[str, str] | None = None):
        self.head(302, {"Location": target, "Content-Length": "0", **(headers or {})})

    def serve(self, content: bytes):
        self.tag = self.tag_of(content)
        headers = {"ETag": self.tag} if self.tag else {}
        if "gzip" in self.tricks:
            content = gzip.compress(content)
            headers["Content-Encoding"] = "gzip"
        first = self.first_byte()
        if first >= len(content):
            return self.head(416, {"Content-Range": f"bytes */{len(content)}", "Content-Length": "0"})
        if first > 0:
            told = first + 1 if "bad_range" in self.tricks else first
            headers["Content-Range"] = f"bytes {told}-{len(content) - 1}/{len(content)}"
        body = content[first:] + b"x" * int(self.tricks.get("longer", 0))
        if "longer" in self.tricks:
            headers["Connection"] = "close"
        else:
            headers["Content-Length"] = str(len(body))
        self.head(206 if first > 0 else 200, headers)
        self.send_body(body)

    def tag_of(self, content: bytes) -> str:
        if "no_tag" in self.tricks:
            return ""
        return f'"{zlib.crc32(content):08x}-{self.number if "new_tag" in self.tricks else 0}"'

    def first_byte(self) -> int:
        asked = self.headers.get("Range", "")
        if_range = self.headers.get("If-Range")
        is_of_this = if_range is None or if_range == self.tag
        if "no_range" in self.tricks or not asked or not is_of_this:
            return 0
        return int(asked.removeprefix("bytes=").removesuffix("-"))

    def send_body(self, body: bytes):
        end = len(body)
        is_first = self.number == 1
        for trick, is_on in (("cut", True), ("cut_first", is_first), ("hold_first", is_first)):
            if trick in self.tricks and is_on:
                end = min(end, int(self.tricks[trick]))
        for start in range(0, end, STEP):
            piece = body[start:min(start + STEP, end)]
            self.wfile.write(piece)
            self.sent += len(piece)
        if end < len(body):
            self.close_connection = True
        if end < len(body) and "hold_first" in self.tricks:
            self.rfile.read(1) # Until the client has gone.

    def head(self, status: int, headers: dict[str, str]):
        self.status = status
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    counts: dict[str, int] = {}
    connections = 0
    lock = threading.Lock()

    def __init__(self, folder: pathlib.Path, context: ssl.SSLContext | None):
        self.folder = folder
        super().__init__((HOST_NAME, 0), Handler)
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def get_request(self):
        with self.lock:
            Server.connections += 1
        return super().get_request()

    def content(self) -> bytes:
        return (self.folder / "content").read_bytes()

    def count(self, path: str) -> int:
        with self.lock:
            self.counts[path] = self.counts.get(path, 0) + 1
            return self.counts[path]

    def tell(self, line: dict):
        with self.lock:
            print(json.dumps(line), flush=True)

    def handle_error(self, _request, _client_address):
        """A client that does not like a certificate goes away in the middle of a word."""


def main(folder: pathlib.Path):
    certificates = Certificates(folder)
    servers = {name: Server(folder, certificates.context(name))
               for name in ("good", "expired", "self_signed", "other_name")}
    servers["plain"] = Server(folder, None)
    for server in servers.values():
        threading.Thread(target=server.serve_forever, daemon=True).start()
    ports = {name: server.server_address[1] for name, server in servers.items()}
    print(json.dumps({"ca": certificates.path("ca.pem"), "ports": ports}), flush=True)
    for _line in sys.stdin:
        servers["good"].tell({"connections": Server.connections})


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
