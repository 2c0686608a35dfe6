"""Notifications: what is news, one digest a recipient, sent through real servers on this machine."""

from __future__ import annotations

import email
import json
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from tests.conftest import START

from quarterdeck.archive import ledger
from quarterdeck.archive.record import RunRecord
from quarterdeck.params.report import Notify, Schedule
from quarterdeck.plan import agenda
from quarterdeck.run import fleet
from quarterdeck.unattended import notify
from quarterdeck.unattended.notify import Digest, NotSent, by_apprise, news, tell

if TYPE_CHECKING:
    from tests.conftest import Editions

REPORT = "quarterly_feedback"


@dataclass
class Mailbox:
    """What an SMTP server was given."""

    url: str = ""
    messages: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 taken"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.url = f"mailto://127.0.0.1:{port}?from=reports@example.org&to=team@example.org&mode=insecure"
    yield box
    controller.stop()


@dataclass
class Hook:
    """What a web server was posted."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200


@pytest.fixture
def hook() -> Iterator[Hook]:
    taken = Hook()

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            taken.bodies.append(json.loads(content))
            self.send_response(taken.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        taken.url = f"json://127.0.0.1:{server.server_port}/hook"
        yield taken
        server.shutdown()
        thread.join()


@dataclass
class Told:
    """A project whose report tells one recipient of everything."""

    editions: Editions
    url: str
    on: tuple[str, ...] = ("failed", "recovered", "changed")
    site: str = ""

    def __post_init__(self) -> None:
        agenda.register(self.editions.layout, {REPORT: Schedule(cron="0 7 * * *")}, START)

    def add(self, **fields: Any) -> RunRecord:
        record = RunRecord.read(self.editions.add(**fields))
        ledger.write(self.editions.layout, record)
        fleet.published(self.editions.layout, record)
        return record

    def tell(self) -> list[str]:
        notify = Notify(on=self.on, to=("${TEAM}",))  # type: ignore[arg-type]
        environment = {"TEAM": self.url} if self.url else {}
        return list(tell(self.editions.layout, {REPORT: notify}, self.site, environment, by_apprise))


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    assert body is not None
    return str(body.get_content())


def test_a_digest_goes_out_by_mail_with_numbers_and_page_and_then_silence(
    editions: Editions, mailbox: Mailbox
) -> None:
    told = Told(editions, mailbox.url)
    told.add()
    told.add(edition="2026q3-emea", title="Customer feedback, 2026 Q3, EMEA")
    assert told.tell() == []
    [message] = mailbox.messages
    assert message["Subject"] == "Quarterdeck: 2 changed"
    body = text_of(message)
    assert "Customer feedback, 2026 Q3, EMEA: new" in body
    assert "CSAT: 84.1" in body
    names = [part.get_filename() for part in message.iter_attachments()]
    assert names == [f"{REPORT}-2026q3-apac.html", f"{REPORT}-2026q3-emea.html"]
    assert told.tell() == []
    told.add()
    assert told.tell() == []
    assert len(mailbox.messages) == 1


def test_a_message_carries_no_more_pages_than_a_mail_server_takes(
    editions: Editions, monkeypatch: pytest.MonkeyPatch, mailbox: Mailbox
) -> None:
    told = Told(editions, mailbox.url)
    told.add()
    told.add(edition="2026q3-emea", title="Customer feedback, 2026 Q3, EMEA")
    size = editions.layout.page(REPORT, "2026q3-apac").stat().st_size
    monkeypatch.setattr(notify, "_ATTACHED_BYTES", 1.5 * size)
    assert told.tell() == []
    [message] = mailbox.messages
    assert [part.get_filename() for part in message.iter_attachments()] == [f"{REPORT}-2026q3-apac.html"]
    assert "Attached are the first 1 of 2 pages" in text_of(message)


def test_failure_recovery_and_change_are_each_told_once_to_a_webhook(editions: Editions, hook: Hook) -> None:
    told = Told(editions, hook.url, site="https://reports.example.org/")
    told.add(edition="2026q3-zürich")
    told.tell()
    told.add(status="failed", reason="The survey tool is down.", executed=False, edition="2026q3-zürich")
    told.tell()
    told.add(status="failed", reason="The survey tool is down.", executed=False, edition="2026q3-zürich")
    told.tell()
    told.add(edition="2026q3-zürich")
    told.tell()
    assert [body["title"] for body in hook.bodies] == [
        "Quarterdeck: 1 changed",
        "Quarterdeck: 1 failed",
        "Quarterdeck: 1 recovered",
    ]
    failed = hook.bodies[1]["message"]
    assert "The survey tool is down." in failed
    assert "The last good page stands, with a banner." in failed
    assert "Owner: product-ops." in failed
    assert all(
        f"https://reports.example.org/{REPORT}/2026q3-z%C3%BCrich/index.html" in b["message"]
        for b in hook.bodies
    )
    assert not any(body["attachments"] for body in hook.bodies)


def test_what_could_not_be_sent_is_told_and_sent_the_next_time(editions: Editions, hook: Hook) -> None:
    told = Told(editions, hook.url)
    hook.status = 500
    told.add()
    [problem] = told.tell()
    assert problem.startswith("${TEAM} could not be told of 1 edition: ")
    assert "500" in problem
    hook.status = 200
    assert told.tell() == []
    assert [body["title"] for body in hook.bodies] == ["Quarterdeck: 1 changed"] * 2
    assert told.tell() == []


def test_an_address_where_nobody_answers_is_told_and_tried_again(editions: Editions, hook: Hook) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent_url = f"json://127.0.0.1:{silent.getsockname()[1]}/hook?rto=0.2&cto=0.2"
        told = Told(editions, silent_url)
        told.add()
        [problem] = told.tell()
    assert problem.startswith("${TEAM} could not be told of 1 edition: ")
    told.url = silent_url  # nobody listens there any more
    assert len(told.tell()) == 1
    told.url = hook.url
    assert told.tell() == []
    assert [body["title"] for body in hook.bodies] == ["Quarterdeck: 1 changed"]


def test_an_address_that_is_absent_or_unknown_is_named_and_never_shown(editions: Editions) -> None:
    told = Told(editions, "")
    told.add()
    assert "TEAM is not set in the environment" in told.tell()[0]
    told.url = "nosuch://user:p4ssw0rd@example.org"
    [problem] = told.tell()
    assert "an address is none that apprise knows" in problem
    assert "p4ssw0rd" not in problem


def test_without_apprise_one_is_told_how_to_get_it(
    editions: Editions, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    told = Told(editions, hook.url)
    told.add()
    [problem] = told.tell()
    assert 'pip install "quarterdeck[notify]"' in problem


def test_only_what_a_report_asks_for_is_told(editions: Editions, hook: Hook) -> None:
    told = Told(editions, hook.url, on=("failed",))
    told.add()
    told.tell()
    assert hook.bodies == []
    told.add(status="failed", reason="x", executed=False)
    told.tell()
    assert [body["title"] for body in hook.bodies] == ["Quarterdeck: 1 failed"]


def test_what_is_news() -> None:
    def run(**fields: Any) -> RunRecord:
        base = {
            "run_id": "1",
            "report": "r",
            "edition": "e",
            "title": "t",
            "parameters": {},
            "as_of": "2026-10-05",
        }
        return RunRecord.model_validate({**base, "status": "ok", "started": START, **fields})

    good, bad, held = run(), run(status="failed", reason="a"), run(published="held", reason="few rows")
    assert news(good, None) == "changed"
    assert news(good, good) is None
    assert news(bad, good) == "failed"
    assert news(bad, bad) is None
    assert news(run(status="failed", reason="b"), bad) == "failed"
    assert news(held, good) == "failed"
    assert news(good, held) == "recovered"
    assert news(run(status="skipped", reason="no rows"), good) == "changed"


def test_without_a_recipient_or_an_event_nothing_is_sent(editions: Editions) -> None:
    def never(_addresses: str, _digest: Digest) -> None:
        raise NotSent("it must not be asked")

    told = Told(editions, "json://127.0.0.1:1/")
    told.add()
    silent = {REPORT: Notify(on=(), to=("${TEAM}",)), "other": Notify(on=("failed",))}
    assert list(tell(editions.layout, silent, "", {"TEAM": told.url}, never)) == []
