# SPDX-License-Identifier: Apache-2.0
"""Holds objects of Kubernetes against the types of its API, as its Python client has them
(generated from the API's OpenAPI description)."""
import datetime
import re

PLAIN = {"str": str, "int": int, "bool": bool, "float": (int, float), "object": object,
         "datetime": (str, datetime.datetime), "date": str}


def kinds_of(client, api_version, kind):
    """The class of an apiVersion and a kind: apps/v1 Deployment is V1Deployment."""
    version = api_version.split("/")[-1]
    return getattr(client, version[0].upper() + version[1:] + kind, None)


def faults(client, value, name, path):
    """What is wrong with `value`, which is to be of the type `name`."""
    match = re.fullmatch(r"list\[(.*)\]", name)
    if match:
        if not isinstance(value, list):
            return [f"{path}: no list"]
        return [fault for i, item in enumerate(value)
                for fault in faults(client, item, match[1], f"{path}[{i}]")]
    match = re.fullmatch(r"dict\((\w+), (.*)\)", name)
    if match:
        if not isinstance(value, dict):
            return [f"{path}: no map"]
        return [fault for key, item in value.items()
                for fault in faults(client, key, match[1], f"{path} key")
                + faults(client, item, match[2], f"{path}.{key}")]
    if name in PLAIN:
        wrong = not isinstance(value, PLAIN[name]) or (name == "int" and isinstance(value, bool))
        return [f"{path}: {value!r} is no {name}"] if wrong else []
    return object_faults(client, value, getattr(client, name), path)


def object_faults(client, value, kind, path):
    if not isinstance(value, dict):
        return [f"{path}: no object"]
    known = {there: (own, kind.openapi_types[own]) for own, there in kind.attribute_map.items()}
    out = []
    for key, item in value.items():
        if key not in known:
            out.append(f"{path}.{key}: {kind.__name__} has no such field")
        else:
            out += faults(client, item, known[key][1], f"{path}.{key}")
    if out:
        return out
    try:  # what is required, and values that are fixed
        kind(**{known[key][0]: item for key, item in value.items()})
    except ValueError as error:
        out.append(f"{path}: {error}")
    return out


def document_faults(client, document):
    kind = kinds_of(client, document.get("apiVersion", ""), document.get("kind", ""))
    if kind is None:
        return [f"{document.get('apiVersion')} {document.get('kind')}: there is no such kind"]
    return object_faults(client, document, kind, document["kind"])
