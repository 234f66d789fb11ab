"""Flow analysis of one Python function: what is live, what is surely bound, what closures hold.

The ground on which extraction stands and on which the gate's round trip is checked. Pure: it
takes a node of the standard library's ``ast`` and returns data; it executes nothing.

How to ask::

    flow = FunctionFlow(function)         # an ast.FunctionDef or ast.AsyncFunctionDef

    flow.live_after([first, last])        # names read after these statements fall off their end
    flow.live_before(statement)           # names read from here on before they are written
    flow.live_on_exception([statement])   # names read where an exception raised inside would land
    flow.assigned_before(statement)       # names surely bound here; None: unreachable
    flow.writes([first, last])            # names that may be bound or unbound inside
    flow.reads([statement])               # names read inside from outside, on any path

    for node in flow.nodes_of(statement): # the statement's own evaluation, without its body
        node.live_out                     # names live after it, on the ways without exception
        node.live_exceptional             # names live where its exception would land
        node.assigned_in                  # names surely bound before it

All answers hold names of the function's own variables (``flow.locals``), never globals.
Statements are told apart by identity, so ask with the very nodes of the tree that was handed
in. A statement of a ``finally`` clause stands in the graph once for each way through it;
answers join these copies on the safe side.

Closures: a variable that a nested function, lambda, class or generator expression reads is a
read where that closure is *made*. What happens to the variable later is not in the liveness,
so whoever moves code must also look at ``flow.closures`` (who holds which variable) and
``flow.rebound_by_closures`` (variables that a closure writes through ``nonlocal``).
"""

from architect_agents.refactoring.flow.effects import Effects, effects_of
from architect_agents.refactoring.flow.enclosing import settled_names
from architect_agents.refactoring.flow.function_flow import Closure, FunctionFlow
from architect_agents.refactoring.flow.graph import build_graph
from architect_agents.refactoring.flow.nodes import FlowTooLargeError, Graph, Node
from architect_agents.refactoring.flow.scopes import (
    Bindings,
    FunctionNode,
    bindings_of,
    free_names,
    rebound_names,
)

__all__ = [
    "Bindings",
    "Closure",
    "Effects",
    "FlowTooLargeError",
    "FunctionFlow",
    "FunctionNode",
    "Graph",
    "Node",
    "bindings_of",
    "build_graph",
    "effects_of",
    "free_names",
    "rebound_names",
    "settled_names",
]
