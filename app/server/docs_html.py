"""An OpenAPI document as HTML: operations by tag, their parameters, bodies and answers, and the schemas."""

import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

Node = Mapping[str, Any]

METHODS = ("get", "post", "put", "patch", "delete")


def page_of(document: Node, base: str) -> str:
    """The whole page; ``base`` is the path below which the API lies, without a slash at its end."""
    info = document["info"]
    title = escape(info["title"])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} API</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_resource('docs.css')}</style></head><body><header>"
        f"<h1>{title} API <small>{escape(info['version'])}</small></h1>{_text(info.get('description', ''))}"
        f'<p><a href="{escape(base)}/openapi.json">openapi.json</a> '
        f'<span class="soft">· below <code>{escape(base) or "/"}</code></span></p></header><main>'
        '<div class="search"><input id="search" type="search" autocomplete="off" aria-label="Search" '
        'placeholder="Search paths, words, fields  ( / )"><small id="count" aria-live="polite"></small></div>'
        f"{''.join(_groups(document))}{_schemas(document)}"
        f"<footer class='soft'>Made from this server's own document; nothing is loaded from elsewhere.</footer>"
        f"</main><script>{_resource('docs.js')}</script></body></html>"
    )


@functools.cache
def _resource(name: str) -> str:
    return files("resources").joinpath("server", name).read_text("utf-8")


def _groups(document: Node) -> Iterator[str]:
    by_tag: dict[str, list[str]] = {}
    for path, methods in document.get("paths", {}).items():
        for method in METHODS:
            if method in methods:
                tag = (methods[method].get("tags") or ["Operations"])[0]
                by_tag.setdefault(tag, []).append(_operation(method, path, methods[method], document))
    for tag, operations in by_tag.items():
        yield f"<section data-group><h2>{escape(tag)}</h2>{''.join(operations)}</section>"


def _operation(method: str, path: str, operation: Node, document: Node) -> str:
    words = f"{method} {path} {operation.get('summary', '')} {operation.get('description', '')} "
    words += " ".join(parameter["name"] for parameter in operation.get("parameters", ()))
    anchor = escape(operation.get("operationId", f"{method}-{path}"))
    return (
        f'<details id="{anchor}" data-kind="operation" data-words="{escape(words.lower())}"><summary>'
        f'<span class="method {method}">{method.upper()}</span><code>{escape(path)}</code>'
        f'<span class="soft">{escape(operation.get("summary", ""))}</span></summary><div>'
        f"{_text(operation.get('description', ''))}{_parameters(operation)}{_body(operation, document)}"
        f"{_answers(operation, document)}</div></details>"
    )


def _parameters(operation: Node) -> str:
    rows = [
        (
            f"<code>{escape(one['name'])}</code>{_star(required=one.get('required', False))}",
            f"{escape(one['in'])}, {_type(one.get('schema', {}))}",
            _text(one.get("description", "") or one.get("schema", {}).get("description", "")),
        )
        for one in operation.get("parameters", ())
    ]
    return f"<h3>Parameters</h3>{_table(('name', 'type', ''), rows)}" if rows else ""


def _body(operation: Node, document: Node) -> str:
    parts = []
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        schema = _resolved(content.get("schema", {}), document)
        example = content.get("example", schema.get("example"))
        parts.append(f"<h3>Request <small>{escape(kind)}</small></h3>{_properties(schema)}{_example(example)}")
    return "".join(parts)


def _answers(operation: Node, document: Node) -> str:
    rows = []
    shown = ""
    for status, answer in operation.get("responses", {}).items():
        kinds = answer.get("content", {})
        types = ", ".join(f"{escape(kind)} {_type(content.get('schema', {}))}" for kind, content in kinds.items())
        rows.append((f"<code>{escape(status)}</code>", types, _text(answer.get("description", ""))))
        for content in kinds.values():
            example = content.get("example", _resolved(content.get("schema", {}), document).get("example"))
            shown += _example(example) if status.startswith("2") else ""
    return f"<h3>Answers</h3>{_table(('status', 'content', ''), rows)}{shown}"


def _schemas(document: Node) -> str:
    found = []
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        words = f"{name} {' '.join(schema.get('properties', {}))}".lower()
        found.append(
            f'<details id="schema-{escape(name)}" data-kind="schema" data-words="{escape(words)}"><summary>'
            f"<code>{escape(name)}</code></summary><div>{_text(schema.get('description', ''))}{_properties(schema)}"
            f"{_example(schema.get('example'))}</div></details>"
        )
    return f"<section data-group><h2>Schemas</h2>{''.join(found)}</section>" if found else ""


def _properties(schema: Node) -> str:
    required = schema.get("required", ())
    rows = [
        (
            f"<code>{escape(name)}</code>{_star(required=name in required)}",
            _type(one) + _bounds(one),
            _text(one.get("description", "")),
        )
        for name, one in schema.get("properties", {}).items()
    ]
    return _table(("field", "type", ""), rows) if rows else ""


def _type(schema: Node) -> str:
    """A type in words, with links to the schemas that it names."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f'<a href="#schema-{escape(name)}">{escape(name)}</a>'
    for together in ("anyOf", "oneOf", "allOf"):
        if together in schema:
            return " or ".join(dict.fromkeys(_type(one) for one in schema[together]))
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return " | ".join(f"<code>{escape(json.dumps(value, ensure_ascii=False))}</code>" for value in values)
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return escape(str(schema.get("type", "any")))


_BOUNDS = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "minLength": "at least {} letters",
    "maxLength": "at most {} letters",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "pattern": "matches {}",
    "default": "default {}",
}


def _bounds(schema: Node) -> str:
    """Bounds and the default, also of the one type that may be null."""
    known = dict(schema)
    for one in schema.get("anyOf", ()):
        known = dict(one) | known
    words = [
        escape(text.format(json.dumps(known[name], ensure_ascii=False) if name == "default" else known[name]))
        for name, text in _BOUNDS.items()
        if name in known
    ]
    return f' <span class="soft">{", ".join(words)}</span>' if words else ""


def _resolved(schema: Node, document: Node) -> Node:
    if "$ref" not in schema:
        return schema
    found: Any = document
    for part in schema["$ref"].removeprefix("#/").split("/"):
        found = found.get(part, {})
    return dict(found)


def _table(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{heading}</th>" for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def _example(example: object) -> str:
    if example is None:
        return ""
    text = example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
    return f"<pre>{escape(text)}</pre>"


def _star(*, required: bool) -> str:
    return ' <span class="delete" title="required">*</span>' if required else ""


def _text(text: str) -> str:
    """Paragraphs and `code`, the two things that our descriptions use."""
    paragraphs = [part for part in re.split(r"\n\s*\n", text.strip()) if part]
    return "".join(f"<p>{_CODE.sub(_AS_CODE, escape(part))}</p>" for part in paragraphs)


_CODE = re.compile(r"`([^`]+)`")
_AS_CODE = r"<code>\1</code>"
