"""A real IMAP server: Debian's Dovecot, as a process of its own in a folder of its own."""

from __future__ import annotations

import getpass
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"
USER, PASSWORD = "box@city.example", "a mailbox secret"

CONFIG = """
base_dir = {run}
state_dir = {run}
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_login_user = {login}
default_internal_user = {inner}
default_internal_group = {inner}
first_valid_uid = 0
mail_location = maildir:{folder}/mail
mail_fsync = never
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
"""


class NotInstalled(Exception):
    """There is no Dovecot here."""


@dataclass(frozen=True)
class Server:
    """A running server with one mailbox."""

    port: int
    folder: Path

    def client(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=20)
        client.login(USER, PASSWORD)
        client.select()
        return client

    def put(self, *mails: bytes) -> None:
        """Let mails arrive."""
        client = self.client()
        for mail in mails:
            status, _ = client.append("INBOX", "", "", mail)
            assert status == "OK"
        client.logout()

    def flags(self) -> list[str]:
        """The flags of every mail, in their order."""
        client = self.client()
        _, lines = client.uid("FETCH", "1:*", "(FLAGS)")
        client.logout()
        return [line.decode() for line in lines if isinstance(line, bytes)]

    def unsee(self) -> None:
        """Mark everything unseen again, as after a crash before the flag was set."""
        client = self.client()
        client.uid("STORE", "1:*", "-FLAGS", r"(\Seen)")
        client.logout()

    def count_anew(self) -> None:
        """Lose the server's numbering: every mail gets another UID under another UIDVALIDITY."""
        for name in self.folder.glob("mail/dovecot*"):
            name.unlink()


@contextmanager
def running() -> Iterator[Server]:
    """Start a server, and end it. Raises NotInstalled."""
    if not Path(PROGRAM).exists():
        raise NotInstalled("Debian's dovecot-imapd")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="dovecot-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # its processes must get through
        yield from _started(folder, port)


def _started(folder: Path, port: int) -> Iterator[Server]:
    run = folder / "run"
    for each in (run, folder / "mail", folder / "home"):
        each.mkdir(parents=True)
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
    config = folder / "dovecot.conf"
    root = os.getuid() == 0  # then it gives its rights away, to users Debian made for it
    login, inner = ("dovenull", "dovecot") if root else (getpass.getuser(),) * 2
    owner = pwd.getpwnam(inner)
    for each in (folder / "mail", folder / "home"):
        os.chown(each, owner.pw_uid, owner.pw_gid)
    config.write_text(
        CONFIG.format(
            run=run,
            folder=folder,
            port=port,
            login=login,
            inner=inner,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
        ),
        encoding="utf-8",
    )
    process = subprocess.Popen([PROGRAM, "-F", "-c", str(config)])
    try:
        _wait(port, process, folder / "log")
        yield Server(port, folder)
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(log.read_text(encoding="utf-8") if log.exists() else "dovecot ended")
