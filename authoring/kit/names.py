"""Which names the code of a cell reads from earlier cells, and which it gives to later ones."""

from __future__ import annotations

import ast
import builtins
import symtable
from dataclasses import dataclass

from nbformat import NotebookNode

from ..cells import syntax_tree


@dataclass(frozen=True)
class Names:
    """The names of a code cell.

    Attributes:
        read: taken from earlier cells. What a `for` binds may be among them: it is read, too.
        bound: given to later cells.
        changed: whose contents it changes, as `rows.append(row)` and `rows[0] = row` change `rows`.
    """

    read: frozenset[str]
    bound: frozenset[str]
    changed: frozenset[str]


def names_of(cell: NotebookNode, line: int = 1) -> Names:
    """Find the names of a code cell.

    Args:
        cell: of a notebook.
        line: what is done in the lines before it is left out.

    Raises:
        SyntaxError: the code is not Python.
    """
    known = set(dir(builtins))
    read: set[str] = set()
    bound: set[str] = set()
    changed: set[str] = set()
    for statement in syntax_tree(cell).body:
        if (statement.end_lineno or 0) < line:
            continue
        table = symtable.symtable(ast.unparse(statement), "cell", "exec")
        read |= (_loaded(table) | _added_to(statement)) - known - bound
        bound |= _bound(table)
        changed |= _changed(statement)
    return Names(frozenset(read), frozenset(bound), frozenset(changed - bound))


def _loaded(table: symtable.SymbolTable) -> set[str]:
    module = table.get_type() == "module"
    own = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced() and (module or symbol.is_global())
    }
    return own.union(*(_loaded(child) for child in table.get_children()))


def _added_to(statement: ast.stmt) -> set[str]:
    """The `total` of `total += 1`, which is read before it is bound."""
    added = isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name)
    return {statement.target.id} if added else set()


def _bound(table: symtable.SymbolTable) -> set[str]:
    symbols = table.get_symbols()
    return {s.get_name() for s in symbols if s.is_assigned() or s.is_imported() or s.is_namespace()}


def _changed(statement: ast.stmt) -> set[str]:
    changed = []
    for node in ast.walk(statement):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            changed.append(node.value.func)  # a call whose value nobody takes
        elif isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
            changed.append(node)
    return {root for node in changed if (root := _root(node))}


def _root(node: ast.expr) -> str | None:
    """The `rows` of `rows[0].x` and of `rows.append`; None for a plain name or something else."""
    inner = node
    while isinstance(inner, (ast.Attribute, ast.Subscript)):
        inner = inner.value
    return inner.id if isinstance(inner, ast.Name) and inner is not node else None
