"""The application that serves the MLflow pages: MLflow's own, opened for people who read studies.

Two things differ. The assistant, which lets whoever reaches the page run commands on this machine, is not served. And
a browser that comes for the first time starts in the half of the pages that shows runs, without the assistant's panel
or news about the registry in front of it.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

ASSISTANT = "/mlflow/assistant"
FIRST_VISIT = """<style>[data-assistant-ui]{display:none!important}</style>
<script>
  try {
    localStorage.setItem("mlflow.assistant.fab.autoOpenedOnFirstLoad_v1", "true");
    localStorage.setItem("_mlflow_model_registry_promo_modal_dismissed_v1", "true");
    if (!localStorage.getItem("mlflow.workflowType_v1"))
      localStorage.setItem("mlflow.workflowType_v1", '"machine_learning"');
  } catch (refused) {}
</script>"""
CACHED = (b"if-none-match", b"if-modified-since", b"accept-encoding")
"""Headers of a request for the first page that would be answered without its text."""


def settings(store: str, artifacts: str, origins: str, hosts: str) -> dict[str, str]:
    """The environment in which ``application`` serves a store: its address, the folder of files, who may ask."""
    from mlflow import server as pages

    server: Any = pages  # its names are not exported, but it is they that its application reads
    return {
        server.BACKEND_STORE_URI_ENV_VAR: store,
        server.REGISTRY_STORE_URI_ENV_VAR: store,
        server.ARTIFACT_ROOT_ENV_VAR: "mlflow-artifacts:/",
        server.ARTIFACTS_DESTINATION_ENV_VAR: artifacts,
        server.SERVE_ARTIFACTS_ENV_VAR: "true",
        "MLFLOW_SERVER_ALLOWED_HOSTS": hosts,
        "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS": origins,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_LOGGING_LEVEL": os.environ.get("MLFLOW_LOGGING_LEVEL", "WARNING"),
    }


def application() -> App:
    """MLflow's application behind ours; made by the server's own process, in the environment of ``settings``."""
    from mlflow.server.fastapi_app import app

    return for_readers(app)


def for_readers(served: App) -> App:
    """The same application without its assistant, and with a start that shows runs."""

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", ""))
        if scope["type"] == "http" and ASSISTANT in path:
            await _refuse(send)
        elif scope["type"] == "http" and path in ("/", "/index.html"):
            asked = {**scope, "headers": [pair for pair in scope["headers"] if pair[0].lower() not in CACHED]}
            await served(asked, receive, _Opening(send))
        else:
            await served(scope, receive, send)

    return app


async def _refuse(send: Send) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": b'{"detail": "forecastlab does not serve the assistant"}'})


class _Opening:
    """Sends the first page on with our script in its head, once it is whole."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = self._body.replace(b"<head>", b"<head>" + FIRST_VISIT.encode(), 1)
        kept = [pair for pair in self._start["headers"] if pair[0].lower() not in (b"content-length", b"etag")]
        length = (b"content-length", str(len(body)).encode())
        await self._send({**self._start, "headers": [*kept, length, (b"cache-control", b"no-store")]})
        await self._send({**message, "body": body})
