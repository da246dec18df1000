"""Links at rest and on the wire: made, opened, counted, expired, revoked, guessed."""

import hashlib
import random
import re
import stat
import string
from datetime import UTC, datetime, timedelta

import anyio
import httpx
import pytest
from starlette.applications import Starlette

from ladder.errors import LadderError
from ladder.model.ladder import ladder_name
from ladder.model.link import link_from_dict
from ladder.sharing import create_link, list_links, open_link, revoke_link, share_route
from tests.sharing_shop import CANARY, canary_shop

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BLOCKS = ("ladder", "kpis", "flows")


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return canary_shop(tmp_path_factory.mktemp("links") / "workspace")


@pytest.fixture(scope="module")
def live(shop):
    """The token of a link that answers now."""
    return create_link(*shop, title="Live", blocks=BLOCKS)[0]


@pytest.fixture(scope="module")
def ask(shop):
    """Ask the route for several paths; the answers in order."""
    transport = httpx.ASGITransport(Starlette(routes=[share_route(lambda: [shop[0].path])]))

    async def answers(method, paths):
        async with httpx.AsyncClient(transport=transport, base_url="http://rungwise") as client:
            return [await client.request(method, path) for path in paths]

    return lambda *paths, method="GET": anyio.run(answers, method, paths)


def test_a_link_opens_to_its_page_and_counts_its_views(shop):
    token, link = create_link(*shop, title="Board", blocks=BLOCKS, now=NOW)
    assert b"<h1>Board</h1>" in open_link(shop[0].path, token, NOW)
    open_link(shop[0].path, token, NOW + timedelta(days=29))
    (listed,) = [known for known in list_links(shop[0]) if known.id == link.id]
    assert listed.views == 2
    assert (listed.title, listed.blocks, listed.k) == ("Board", BLOCKS, 10)


def test_a_link_remembers_which_version_of_the_ladder_made_its_figures(shop):
    name = ladder_name(shop[1].ladder)
    _, link = create_link(*shop, title="Board", blocks=BLOCKS)
    assert link.ladder == name
    assert next(known for known in list_links(shop[0]) if known.id == link.id).ladder == name
    (made,) = [
        line for line in (shop[0].path / "audit.jsonl").read_text("utf-8").splitlines() if link.id in line
    ]
    assert f'"ladder": "{name}"' in made


def test_a_link_of_before_versions_were_kept_still_reads(shop):
    _, link = create_link(*shop, title="Board", blocks=BLOCKS)
    old = {key: value for key, value in link.to_dict().items() if key != "ladder"}
    assert link_from_dict(old).ladder == ""


def test_the_disk_holds_only_the_hash_of_a_token(shop, live):
    folder = shop[0].path
    written = [path for path in folder.rglob("*") if path.is_file()]
    assert not [path for path in written if live in path.name or live.encode() in path.read_bytes()]
    assert (folder / "links" / f"{hashlib.sha256(live.encode()).hexdigest()}.html").is_file()


def test_only_the_owner_may_read_a_link_on_the_disk(shop, live):
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (shop[0].path / "links").glob("*.[hj]*")}
    assert modes == {0o600}


def test_no_canary_is_in_any_file_of_a_link(shop, live):
    for path in (shop[0].path / "links").iterdir():
        assert CANARY.encode() not in path.read_bytes()


def test_an_expired_link_is_dead_from_its_last_second_on(shop):
    token, link = create_link(*shop, title="Short", blocks=BLOCKS, days=1, now=NOW)
    assert open_link(shop[0].path, token, link.expires - timedelta(seconds=1))
    assert open_link(shop[0].path, token, link.expires) is None


def test_a_revoked_link_is_dead_on_the_next_request_and_its_page_is_gone(shop, ask):
    token, link = create_link(*shop, title="Mistake", blocks=BLOCKS)
    assert [answer.status_code for answer in ask(f"/s/{token}")] == [200]
    assert revoke_link(shop[0], link.id).revoked is not None
    assert [answer.status_code for answer in ask(f"/s/{token}")] == [404]
    assert b"Mistake" not in b"".join(path.read_bytes() for path in (shop[0].path / "links").glob("*.html"))


def test_revoking_what_is_not_there_names_what_is(shop):
    _, link = create_link(*shop, title="Near", blocks=BLOCKS)
    with pytest.raises(LadderError, match=link.id):
        revoke_link(shop[0], link.id[:-1] + ("0" if link.id[-1] != "0" else "1"))


def test_making_and_revoking_are_in_the_audit_trail_without_the_token(shop):
    token, link = create_link(*shop, title="Audited", blocks=BLOCKS)
    revoke_link(shop[0], link.id)
    trail = (shop[0].path / "audit.jsonl").read_text("utf-8")
    assert len(re.findall(link.id, trail)) == 2
    assert token not in trail
    assert hashlib.sha256(token.encode()).hexdigest() not in trail


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": "  "}, "needs a title"),
        ({"title": "\u202e"}, "needs a title"),
        ({"blocks": ("laddr",)}, "Did you mean ladder"),
        ({"blocks": ()}, "Nothing to share"),
        ({"days": 0}, "1 to 366"),
        ({"k": 4}, "at least 5"),
        ({"blocks": ("revenue",)}, "ladder"),
    ],
)
def test_a_link_that_cannot_be_made_says_why_and_leaves_nothing(shop, changes, sentence):
    before = sorted((shop[0].path / "links").iterdir())
    with pytest.raises(LadderError, match=sentence):
        create_link(*shop, **({"title": "T", "blocks": BLOCKS} | changes))
    assert sorted((shop[0].path / "links").iterdir()) == before


def wrong_tokens(live, number=1_000):
    """Tokens one change away from a live one, and others that try to be something else."""
    rng = random.Random(11)
    letters = string.ascii_letters + string.digits + "-_"
    for index in range(number - 10):
        place = rng.randrange(len(live))
        kind = index % 5
        if kind == 0:
            yield live[:place] + rng.choice(letters.replace(live[place], "")) + live[place + 1 :]
        elif kind == 1:
            yield live[:place] + live[place + 1 :]
        elif kind == 2:
            yield live[:place] + rng.choice(letters) + live[place:]
        elif kind == 3:
            yield "".join(rng.sample(live, len(live)))
        else:
            yield "".join(rng.choices(letters, k=43))
    digest = hashlib.sha256(live.encode()).hexdigest()
    yield from (
        digest,
        f"{digest}.html",
        "..%2F..%2Fmanifest.json",
        "..%2F" * 9 + "etc%2Fpasswd",
        "",
        "%00" * 43,
    )
    yield from (live + "%0A", live + "/", "%C3%A9" * 43, live[:-1] + "%EF%BC%A1")


def test_a_thousand_wrong_tokens_get_one_and_the_same_answer(ask, live):
    tokens = [token for token in wrong_tokens(live) if token != live]
    assert len(tokens) >= 990
    answers = ask(*(f"/s/{token}" for token in tokens))
    assert {answer.status_code for answer in answers} == {404}
    assert len({(answer.content, tuple(sorted(answer.headers.items()))) for answer in answers}) == 1


def test_expired_and_revoked_get_the_answer_of_the_unknown(shop, ask):
    expired, _ = create_link(*shop, title="Old", blocks=BLOCKS, now=NOW - timedelta(days=60))
    revoked, link = create_link(*shop, title="Gone", blocks=BLOCKS)
    revoke_link(shop[0], link.id)
    answers = ask(*(f"/s/{token}" for token in (expired, revoked, "x" * 43)))
    assert len({(answer.status_code, answer.content, str(answer.headers)) for answer in answers}) == 1


def test_the_page_is_served_with_headers_that_keep_it_in_its_box(ask, live):
    (answer,) = ask(f"/s/{live}")
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert "set-cookie" not in answer.headers


def test_only_reading_is_allowed_and_looking_at_the_head_is_no_view(shop, ask):
    token, link = create_link(*shop, title="Head", blocks=BLOCKS)
    assert ask(f"/s/{token}", method="HEAD")[0].status_code == 200
    posted = ask(f"/s/{token}", f"/s/{'x' * 43}", method="POST")
    assert [answer.status_code for answer in posted] == [405, 405]
    assert next(known.views for known in list_links(shop[0]) if known.id == link.id) == 0


def test_one_route_answers_for_the_links_of_every_workspace(shop, tmp_path):
    other = canary_shop(tmp_path / "other")
    folders = [shop[0].path, tmp_path / "gone"]
    transport = httpx.ASGITransport(Starlette(routes=[share_route(lambda: folders)]))
    token, link = create_link(*other, title="Other", blocks=BLOCKS)

    async def answer():
        async with httpx.AsyncClient(transport=transport, base_url="http://rungwise") as client:
            return await client.get(f"/s/{token}")

    assert anyio.run(answer).status_code == 404
    folders.append(other[0].path)
    assert b"<h1>Other</h1>" in anyio.run(answer).content
    assert [known.views for known in list_links(other[0]) if known.id == link.id] == [1]


def test_a_damaged_link_file_does_not_answer_and_does_not_break_the_list(shop):
    token, link = create_link(*shop, title="Damaged", blocks=BLOCKS)
    file = shop[0].path / "links" / f"{hashlib.sha256(token.encode()).hexdigest()}.json"
    file.write_text('{"id": "x"', "utf-8")
    assert open_link(shop[0].path, token, datetime.now(UTC)) is None
    assert link.id not in {known.id for known in list_links(shop[0])}
