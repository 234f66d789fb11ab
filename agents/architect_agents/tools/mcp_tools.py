"""Tools of MCP servers as tools of ours, and the two that list and read their resources."""

from __future__ import annotations

import json

from architect_agents.mcp_host import HostFailure, McpHost, RemoteTool
from architect_agents.memory.graph import MemoryGraph, MemoryRefusal
from architect_agents.model import ToolSpec
from architect_agents.tools.tool import Arguments, Tool, ToolFailure, schema, text

#: The resource by which the reference memory server gives its whole graph.
GRAPH_URI = "memory://knowledge-graph"
OUR_SERVER = "memory"
_WORDS = {"type": "string"}


def hosted_tool(host: McpHost, remote: RemoteTool) -> Tool:
    """A server's tool. What it does is unknown, so calls run one after another."""

    async def call(arguments: Arguments) -> str:
        try:
            return await host.call(remote, arguments)
        except HostFailure as failure:
            raise ToolFailure(str(failure)) from None

    return Tool(ToolSpec(remote.name, remote.description, remote.input_schema), call, "exec")


def list_resources_tool(host: McpHost | None, memory: MemoryGraph | None) -> Tool:
    """ListMcpResourcesTool{server?}."""

    async def list_resources(arguments: Arguments) -> str:
        server = text(arguments, "server", "")
        found = []
        if memory is not None and server in ("", OUR_SERVER):
            found.append({"server": OUR_SERVER, "uri": GRAPH_URI, "name": "knowledge graph"})
        if host is not None and server != OUR_SERVER:
            try:
                found += await host.list_resources(server)
            except HostFailure as failure:
                raise ToolFailure(str(failure)) from None
        return json.dumps(found, ensure_ascii=False, indent=1)

    description = "List the resources of the MCP servers, or of one of them."
    spec = ToolSpec("ListMcpResourcesTool", description, schema({}, {"server": _WORDS}))
    return Tool(spec, list_resources, "read")


def read_resource_tool(host: McpHost | None, memory: MemoryGraph | None) -> Tool:
    """ReadMcpResourceTool{server, uri}."""

    async def read_resource(arguments: Arguments) -> str:
        server, uri = text(arguments, "server"), text(arguments, "uri")
        try:
            if server == OUR_SERVER and uri == GRAPH_URI and memory is not None:
                return json.dumps(memory.read_graph(), ensure_ascii=False, indent=1)
            if host is None:
                raise ToolFailure(f"There is no server {server} here.")
            return await host.read_resource(server, uri)
        except (HostFailure, MemoryRefusal) as failure:
            raise ToolFailure(str(failure)) from None

    description = "Read a resource of an MCP server."
    properties = {"server": _WORDS, "uri": _WORDS}
    return Tool(ToolSpec("ReadMcpResourceTool", description, schema(properties)), read_resource)
