"""Links to files in somebody's cloud: how a class sends what is too large for a mail."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from twinpost.core.reading.body import page_text
from twinpost.core.reading.parts import Tree
from twinpost.core.reading.quotes import is_forward, written

_URL = re.compile(r"https?://[^\s<>\"'\\^`{|}\u3000-\u303f]{4,1900}+", re.IGNORECASE)
_MOST_LINKS = 50
_MOST_LOOKED_AT = 500

# Host, or the end of a host, and how the path begins.
_DRIVES = (
    ("drive.google.com", "/"),
    ("docs.google.com", "/"),
    ("photos.google.com", "/share"),
    ("photos.app.goo.gl", "/"),
    ("1drv.ms", "/"),
    ("onedrive.live.com", "/"),
    ("sharepoint.com", "/"),
    ("dropbox.com", "/"),
    ("db.tt", "/"),
    ("wetransfer.com", "/"),
    ("we.tl", "/"),
    ("swisstransfer.com", "/"),
    ("transfernow.net", "/"),
    ("grosfichiers.com", "/"),
    ("fromsmash.com", "/"),
    ("icloud.com", "/iclouddrive"),
    ("icloud.com", "/sharedalbum"),
    ("icloud.com", "/attachment"),
    ("share.icloud.com", "/"),
    ("box.com", "/"),
    ("mega.nz", "/"),
    ("mega.io", "/"),
    ("pcloud.com", "/"),
    ("pcloud.link", "/"),
    ("mediafire.com", "/"),
    ("disk.yandex.ru", "/"),
    ("disk.yandex.com", "/"),
    ("yadi.sk", "/"),
    ("cloud.mail.ru", "/"),
    ("magentacloud.de", "/"),
    ("filesender.org", "/"),
    ("drive.proton.me", "/"),
    ("jottacloud.com", "/"),
    ("sync.com", "/dl"),
)
_OWN_CLOUD = re.compile(r"(?:/index\.php)?/s/[A-Za-z0-9]{8,40}(?:/|$)")  # Nextcloud and ownCloud shares
# Mail filters wrap every link; the true one stands in this parameter.
_WRAPPERS = {"safelinks.protection.outlook.com": "url", "www.google.com": "q"}


def links_of(tree: Tree, subject: str, text: str, own: str) -> tuple[str, ...]:
    """The links of a mail: in its writer's words, on her page where its plain text has none, in parts.

    `own` is what of `text` she wrote: what she forwards counts too, what she only quotes does not.
    """
    forward = is_forward(subject, text)
    links = cloud_links(text if forward else own)
    if not links and (page := page_text(tree)):
        links = cloud_links(page if forward else written(page, subject))
    parts = (part.elsewhere for part in tree.root.walk())
    parts_links = (url for url in parts if url.startswith(("http://", "https://")))
    return tuple(dict.fromkeys((*links, *parts_links)))[:_MOST_LINKS]


def cloud_links(text: str) -> tuple[str, ...]:
    """The links to cloud drives in a text, in order, each once."""
    found: dict[str, None] = {}
    if "://" not in text:
        return ()
    for count, match in enumerate(_URL.finditer(text)):
        if count == _MOST_LOOKED_AT or len(found) == _MOST_LINKS:
            break
        url = _unwrapped(match[0].rstrip(".,;:!?)]*_"))
        if _is_drive(url):
            found[url] = None
    return tuple(found)


def _parts(url: str) -> tuple[str, str, str]:
    """Host, path and query; empty where the URL is broken."""
    try:
        split = urlsplit(url)
        return (split.hostname or "").removesuffix("."), split.path or "/", split.query
    except ValueError:
        return "", "", ""


def _unwrapped(url: str) -> str:
    host, path, query = _parts(url)
    for wrapper, parameter in _WRAPPERS.items():
        if _within(host, wrapper) and (path == "/url" or parameter == "url"):
            inner = (
                parse_qs(query, max_num_fields=20).get(parameter, [""])[0] if query.count("&") < 20 else ""
            )
            return inner if inner.startswith(("http://", "https://")) else url
    return url


def _is_drive(url: str) -> bool:
    host, path, _ = _parts(url)
    if any(_within(host, drive) and path.lower().startswith(begin) for drive, begin in _DRIVES):
        return True
    return bool(host) and _OWN_CLOUD.match(path) is not None


def _within(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")
