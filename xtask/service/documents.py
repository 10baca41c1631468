"""Fetch the descriptions of a service, validate them against the official schemas of OpenAPI, and write them.

Usage: documents.py URL FOLDER [CONNECTOR]

With a connector, only its description and that of everything are looked at.
"""

import gzip
import json
import pathlib
import sys
import urllib.request

from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

VALIDATORS = {"3.1": OpenAPIV31SpecValidator, "3.0": OpenAPIV30SpecValidator}
METHODS = ["get", "put", "post", "delete", "patch"]


def fetch(url, headers=None):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {})) as answer:
        return answer.read(), answer.headers


def schemas_of(node, path=()):
    """The schemas of an action's body and answers are JSON Schema; those of OpenAPI 3.0 are not."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from [value] if name == "schema" else schemas_of(value, (*path, name))
    elif isinstance(node, list):
        for value in node:
            yield from schemas_of(value, path)


def check_schemas(document):
    """OpenAPI 3.1 leaves the schemas to JSON Schema; its own schema does not look into them."""
    from jsonschema import Draft202012Validator

    count = 0
    for schema in [*schemas_of(document["paths"]), *document["components"]["schemas"].values()]:
        Draft202012Validator.check_schema(schema)
        count += 1
    return count


def check(url, folder, connector, version):
    query = "&".join(part for part in [f"connector={connector}" if connector else "", f"version={version}"] if part)
    address = f"{url}/v1/openapi.json?{query}"
    text, _ = fetch(address)
    compressed, headers = fetch(address, {"Accept-Encoding": "gzip"})
    if headers.get("Content-Encoding") != "gzip" or gzip.decompress(compressed) != text:
        raise SystemExit(f"{address}: the compressed answer is not the same")
    document = json.loads(text)
    try:
        errors = list(VALIDATORS[version](document).iter_errors())
    except Exception as error:  # a reference that leads nowhere is none of its errors
        raise SystemExit(f"{address}: {str(error)[:300]}") from None
    for error in errors[:10]:
        print(f"{address}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
    if errors:
        raise SystemExit(f"{address}: {len(errors)} violations of OpenAPI {version}")
    schemas = check_schemas(document) if version == "3.1" else len(document["components"]["schemas"])
    operations = sum(method in METHODS for item in document["paths"].values() for method in item)
    print(
        f"{connector or 'everything':12} OpenAPI {version}: {operations:3} operations, {schemas:5} schemas, "
        f"{len(text):8,} bytes, {len(compressed):7,} in gzip"
    )
    name = f"openapi-{connector or 'all'}-{version}.json"
    (folder / name).write_bytes(text)


def main(url, folder, only=None):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    listed, _ = fetch(f"{url}/v1/connectors")
    connectors = [connector["name"] for connector in json.loads(listed)["connectors"]]
    for version in VALIDATORS:
        # The whole in 3.0 is made of the whole in 3.1, so that a short look leaves it out.
        for connector in [None, *connectors]:
            if only is None or connector == only or (connector is None and version == "3.1"):
                check(url, folder, connector, version)


main(*sys.argv[1:])
