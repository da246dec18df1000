"""What every request passes before it reaches a page."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import FileURLsRequest

from ladder.ui.middleware import VISITOR, allowed_hosts, checked_visitor, is_accepted, middleware
from tests.asgi import REMOTE, get, websocket


async def _page(_):
    return PlainTextResponse("x" * 5000)


async def _own(_):
    return PlainTextResponse("own", headers={"referrer-policy": "same-origin"})


async def _html(_):
    return HTMLResponse("<p>page</p>")


async def _echo(socket: WebSocket):
    await socket.accept()
    try:
        while True:
            await socket.send_bytes(await socket.receive_bytes())
    except WebSocketDisconnect:
        return


@pytest.fixture(scope="module")
def app() -> Starlette:
    html = [Route(path, _html) for path in ("/data", "/s/token")]
    routes = [
        *html,
        Route("/own", _own),
        WebSocketRoute("/_stcore/stream", _echo),
        Route("/{path:path}", _page),
    ]
    return Starlette(routes=routes, middleware=middleware())


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost", "[::1]:8501"])
def test_this_machine_may_ask_under_its_own_names(app: Starlette, host: str):
    assert get(app, "/", {"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "[::1", "localhost@evil.example"]
)
def test_a_foreign_host_is_refused(app: Starlette, host: str):
    assert get(app, "/", {"host": host}).status_code == 421


def test_a_foreign_host_gets_no_websocket_either(app: Starlette):
    assert websocket(app, "/_stcore/stream", "evil.example", []) == [
        {"type": "websocket.close", "code": 1008}
    ]


def test_further_hosts_come_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LADDER_HOSTS", "ladder.example.com, Intra ,")
    assert {"ladder.example.com", "intra", "127.0.0.1"} <= allowed_hosts()
    assert "" not in allowed_hosts()


def test_every_answer_carries_the_headers(app: Starlette):
    headers = get(app, "/").headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "connect-src 'self'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"


def test_a_route_may_set_its_own_header(app: Starlette):
    assert get(app, "/own").headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/metrics",
        "/_stcore/agent/interact",
        "/_stcore/agent/openapi.json",
        "/_stcore/upload_file/session/file",
    ],
)
def test_paths_that_tell_of_the_server_are_closed(app: Starlette, path: str):
    assert get(app, path).status_code == 404


def test_only_other_machines_get_compressed_answers(app: Starlette):
    asked = {"accept-encoding": "gzip"}
    assert "content-encoding" not in get(app, "/", asked).headers
    assert get(app, "/", asked, REMOTE).headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    "message",
    [
        BackMsg(clear_cache=True),
        BackMsg(set_run_on_save=True),
        BackMsg(load_git_info=True),
        BackMsg(debug_shutdown_runtime=True),
        BackMsg(file_urls_request=FileURLsRequest(request_id="1", file_names=["a.csv"])),
    ],
)
def test_messages_that_act_on_everybody_are_dropped(message: BackMsg):
    assert not is_accepted(message.SerializeToString())


def test_messages_a_visitor_needs_pass():
    assert is_accepted(BackMsg(stop_script=True).SerializeToString())
    assert is_accepted(BackMsg(app_heartbeat=True).SerializeToString())
    rerun = BackMsg()
    rerun.rerun_script.query_string = "as_of=2025-12-31"
    assert is_accepted(rerun.SerializeToString())


def test_a_dropped_message_never_arrives_and_leaves_the_connection_open(app: Starlette):
    bad, good = BackMsg(clear_cache=True).SerializeToString(), BackMsg(app_heartbeat=True).SerializeToString()
    sent = websocket(app, "/_stcore/stream", "localhost", [bad, good])
    assert [message.get("bytes") for message in sent if message["type"] == "websocket.send"] == [good]


def test_a_browser_is_given_a_cookie_of_its_own_once(app: Starlette):
    first, second = (get(app, "/data").headers["set-cookie"] for _ in range(2))
    name, value = first.partition(";")[0].split("=")
    assert (name, checked_visitor(value)) == (VISITOR, value)
    assert first.endswith("; Path=/; HttpOnly; SameSite=Lax")
    assert value not in second
    assert "set-cookie" not in get(app, "/data", {"cookie": f"other=1; {VISITOR}={value}"}).headers
    assert "set-cookie" in get(app, "/data", {"cookie": f"{VISITOR}=made-up"}).headers


def test_shared_pages_and_files_set_no_cookie(app: Starlette):
    assert "set-cookie" not in get(app, "/s/token").headers
    assert "set-cookie" not in get(app, "/").headers
