"""What is delivered for one company has nothing of another, though one worker delivers for all."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from email import message_from_bytes, policy

from tests.alerting import agree, condition, fired, meeting
from tests.databases import Database
from tests.delivering.receiving import Receiver, post_office
from tests.delivering.working import hook, work_off
from tests.worlds.product import Product
from turnout.server.delivering.mail import MailServer
from turnout.tenants.alert_rules import RuleWish, create_rule
from turnout.tenants.alert_targets import AlertChannel, Target
from turnout.tenants.audit import COMMAND
from turnout.tenants.company import Company

# How many are in the meeting of each company: no figure of one is that of the other.
PEOPLE = {"acme": 3, "globex": 5}


async def something_of_its_own(product: Product, company: Company, database: Database, receiver: Receiver) -> str:
    """An alert whose every text says whose it is, by webhook and by mail; returns the secret."""
    agree(database, company, product.now, "CONNECTIONS=3")
    targets = [hook(receiver), Target(AlertChannel.EMAIL, f"{company.slug}@example.com")]
    wish = RuleWish(f"CANARY {company.slug}", condition(share=1), targets)
    made = await create_rule(product.door, company, wish, COMMAND, product.now)
    told = meeting(f"CANARY-{company.slug}", product.now.replace(hour=9), people=PEOPLE[company.slug])
    await product.tell(company, told)
    assert len(await fired(product, company)) == 1
    return made.secrets[0].text


async def test_what_one_company_is_told_has_nothing_of_another(
    product: Product, acme: Company, globex: Company, database: Database
) -> None:
    async with Receiver.listening() as ours, Receiver.listening() as theirs, post_office() as (inbox, port):
        receivers = {acme.slug: ours, globex.slug: theirs}
        secrets = {
            company.slug: await something_of_its_own(product, company, database, receivers[company.slug])
            for company in (acme, globex)
        }
        mail = MailServer("127.0.0.1", port, "alerts@turnout.test", "none")
        assert await work_off(database, product, mail=mail) == 4

    letters = {envelope.rcpt_tos[0].partition("@")[0]: envelope for envelope in inbox.envelopes}
    assert letters.keys() == receivers.keys()
    for own, other in ((acme.slug, globex.slug), (globex.slug, acme.slug)):
        [(headers, body)] = receivers[own].requests
        letter = message_from_bytes(letters[own].content, policy=policy.default)
        for text in (repr(headers) + body.decode(), letter.as_string()):
            assert f"CANARY {own}" in text
            assert other not in text.lower()
        assert f'"value":{PEOPLE[own]}' in body.decode()
        assert len(letters[own].rcpt_tos) == 1
        assert signature(headers, body, secrets[own]) == headers["webhook-signature"]
        assert signature(headers, body, secrets[other]) != headers["webhook-signature"]


def signature(headers: dict[str, str], body: bytes, secret: str) -> str:
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.digest(b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256)
    return f"v1,{b64encode(mac).decode()}".lower()
