"""A small MCP server over stdio for the tests, which behaves as its first argument says."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

TOOLS = [
    {"name": "echo", "description": "Say it back.", "inputSchema": {"type": "object"}},
    {"name": "fail", "description": "Fail.", "inputSchema": {"type": "object"}},
    {"name": "hang", "description": "Never answer.", "inputSchema": {"type": "object"}},
    {"name": "flood", "description": "Answer at length.", "inputSchema": {"type": "object"}},
    {"name": "lie", "description": "Answer nonsense.", "inputSchema": {"type": "object"}},
    {"name": "die", "description": "Exit.", "inputSchema": {"type": "object"}},
    {"name": "show env", "description": "The environment.", "inputSchema": {"type": "object"}},
]


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": words}], **more}


def call(name: str, arguments: dict[str, Any]) -> Any:
    if name == "echo":
        return text(f"you said {arguments.get('say')}")
    if name == "fail":
        return text("it failed on purpose", isError=True)
    if name == "hang":
        time.sleep(3600)
    if name == "flood":
        return text("x" * 5_000_000)
    if name == "lie":
        return {"content": "this is no list"}
    if name == "die":
        sys.exit(3)
    return text(json.dumps(dict(os.environ)))


def answer(method: str, params: dict[str, Any]) -> Any:
    if method == "initialize":
        return {
            "protocolVersion": params["protocolVersion"],
            "capabilities": {"tools": {}, "resources": {}},
            "serverInfo": {"name": "script", "version": "1"},
        }
    if method == "tools/list":
        return {"tools": TOOLS}
    if method == "tools/call":
        return call(params["name"], params.get("arguments") or {})
    if method == "resources/list":
        return {"resources": [{"uri": "note://one", "name": "one", "description": "A note"}]}
    if method == "resources/read":
        return {"contents": [{"uri": params["uri"], "text": f"the text of {params['uri']}"}]}
    return None


def serve() -> None:
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message:
            continue
        result = answer(message["method"], message.get("params") or {})
        reply: dict[str, Any] = {"jsonrpc": "2.0", "id": message["id"], "result": result}
        if result is None:
            del reply["result"]
            reply["error"] = {"code": -32601, "message": "Method not found"}
        print(json.dumps(reply), flush=True)


def main() -> None:
    print("hello on stderr", file=sys.stderr, flush=True)
    behaviour = sys.argv[1]
    if behaviour == "silent":
        time.sleep(3600)
    if behaviour == "dead":
        sys.exit(1)
    if behaviour == "babble":
        print("this is not JSON-RPC", flush=True)
    serve()


if __name__ == "__main__":
    main()
