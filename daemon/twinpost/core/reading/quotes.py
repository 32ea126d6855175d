"""What the writer wrote: the text without quotes, quote heads and signature.

Works on lines, in linear time. Answers between quoted lines stay. One rule serves all languages for
"On … wrote:": a line that ends with a colon, holds a word for writing, and has a date or an address.
"""

from __future__ import annotations

import re

_WROTE = (
    "wrote|writes|schrieb|schreibt|geschrieben|écrit|escribió|escribio|escreveu|ha scritto|scrive|schreef|"
    "skrev|skriver|kirjoitti|napisał|napisała|napisał\\(a\\)|pisze|napsal|napsala|napsal\\(a\\)|napísal|írta|"
    "yazdı|yazmış|έγραψε|пишет|написал|написала|писал|пише|написав|a scris|escrigué|va escriure|skrifaði|"
    "kirjutas|rakstīja|rašė|napisao|pisao|viết|כתב|כתבה|كتب"
)
_WROTE_UNSPACED = "写道|寫道|작성|のメール|が書きました"
_HEAD_END = re.compile(rf"(?:(?<!\w)(?:{_WROTE})|{_WROTE_UNSPACED}).{{0,120}}[:：]$", re.IGNORECASE)
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[:.h]\d\d(?!\d)|\d[./-]\d{1,2}[./-]\d|年")
_SIGNS = re.compile(r"[\d@:：>*_=-]")  # a line without any of them begins nothing that is not the writer's
_MAY_BEGIN_HEAD = re.compile(r"[\d@:：]")  # its first line has the date, the address or the whole
_ADDRESS = re.compile(r"[^\s<>@]@[^\s<>@]")

_FROM = (
    "from|von|de|da|fra|från|fran|van|lähettäjä|od|feladó|kimden|gönderen|από|от|від|发件人|寄件者|差出人|"
    "보낸 사람"
)
_OTHERS = (
    "sent|date|to|cc|subject|gesendet|datum|an|betreff|envoyé|date d'envoi|à|objet|enviado|enviada|fecha|"
    "para|asunto|assunto|data|inviato|a|oggetto|verzonden|aan|onderwerp|sendt|dato|til|emne|kopi|skickat|"
    "till|ämne|lähetetty|päiväys|vastaanottaja|aihe|wysłano|do|dw|temat|odesláno|komu|předmět|kopie|küldve|"
    "elküldve|dátum|címzett|tárgy|gönderildi|tarih|kime|konu|bilgi|ημερομηνία|στάλθηκε|προς|θέμα|κοιν|дата|"
    "отправлено|кому|тема|копия|надіслано|копія|发送时间|收件人|主题|送信日時|宛先|件名|reply-to|antwort an"
)
_FROM_LABEL = re.compile(rf"[*_ \t]*(?:{_FROM})[*_]?\s?[:：][*_]?\s*\S", re.IGNORECASE)
_OTHER_LABEL = re.compile(rf"[*_ \t]*(?:{_OTHERS})[*_]?\s?[:：]", re.IGNORECASE)

_ORIGINAL = (
    "original message|original appointment|ursprüngliche nachricht|originalnachricht|message d'origine|"
    "message d’origine|message original|mensaje original|mensagem original|messaggio originale|"
    "oorspronkelijk bericht|opprinnelig melding|oprindelig meddelelse|ursprungligt meddelande|"
    "originalmeddelande|alkuperäinen viesti|oryginalna wiadomość|wiadomość oryginalna|původní zpráva|"
    "eredeti üzenet|özgün ileti|orijinal ileti|αρχικό μήνυμα|исходное сообщение|оригинальное сообщение|"
    "початкове повідомлення|原始邮件|元のメッセージ"
)
_FORWARDED = (
    "forwarded message|forwarded by|weitergeleitete nachricht|weitergeleiteten nachricht|message transféré|"
    "message réexpédié|mensaje reenviado|mensagem encaminhada|mensagem reencaminhada|messaggio inoltrato|"
    "doorgestuurd bericht|videresendt melding|videresendt e-post|videresendt meddelelse|videresendt besked|"
    "vidarebefordrat meddelande|vidarebefordrat brev|välitetty viesti|wiadomość przekazana|"
    "przekazana wiadomość|przesłana wiadomość|přeposlaná zpráva|továbbított üzenet|iletilen mesaj|"
    "iletilmiş mesaj|προωθημένο μήνυμα|пересылаемое сообщение|переадресованное сообщение|"
    "переслане повідомлення|转发的邮件|転送メッセージ"
)
_ORIGINAL_LINE = re.compile(rf"[ \t]*[-_=*]{{2,}}[ \t]*(?:{_ORIGINAL})", re.IGNORECASE)
_FORWARD_LINE = re.compile(
    rf"^[ \t]*(?:[-_=*]{{2,}}[ \t]*(?:{_FORWARDED})|"
    rf"(?:\w{{1,15}} ){{0,2}}(?:{_FORWARDED})[ \t]*[:：][ \t]*$)",
    re.IGNORECASE | re.MULTILINE,
)
_FORWARD_SUBJECT = re.compile(
    r"\s*(?:fwd?|wg|tr|rv|enc|i|doorst|fs|vs|vb|vl|pd|továbbítás|ilt|прд|пер|转发|轉寄)\s?[:：]",
    re.IGNORECASE,
)
_RULE_LINE = re.compile(r"\s*[_-]{20,}\s*$")

_PHONE = re.compile(
    r"\s*(?:sent from (?:my |mail for|outlook|yahoo|proton|samsung|gmail)|get outlook for |"
    r"sent (?:via|with) (?:gmail|outlook|proton|spark|blackberry)|"
    r"von meinem .{1,40} gesendet|gesendet (?:von|mit) (?:mein|der |outlook|gmx|web\.de|mail)|"
    r"outlook für .{1,20} (?:beziehen|herunterladen)|télécharger outlook|obtenir outlook|"
    r"envoyé (?:de|depuis|à partir de) (?:mon |ma |l'|outlook|yahoo)|obtener outlook|"
    r"enviado (?:desde|do|a partir do) (?:mi |el |meu |outlook|yahoo)|inviato da(?:l mio)? |scarica outlook|"
    r"verstuurd vanaf |verzonden (?:vanaf|met) (?:mijn |outlook)|outlook voor |sendt fra (?:min |outlook)|"
    r"hent outlook|få outlook|skickat från (?:min |outlook)|skaffa outlook|"
    r"lähetetty .{0,30}(?:iphone|puhelime)|hanki outlook|wysłan[eo] z (?:mojego |outlook|iphone)|"
    r"odesláno z (?:mého |outlook|iphone)|iphone-omról|"
    r"iphone'umdan gönderildi|στάλθηκε από το |отправлено с (?:iphone|моего )|надіслано з (?:iphone|мого ))",
    re.IGNORECASE,
)
_LIST_FOOTER = re.compile(
    r"mailing list|mailman/listinfo|unsubscribe|list-manager|to leave this group", re.IGNORECASE
)
_LONGEST_SIGNATURE = 12
_LONGEST_HEAD = 400


def is_forward(subject: str, text: str) -> bool:
    """Whether the mail passes another on: its subject or a line of its text says so."""
    return bool(_FORWARD_SUBJECT.match(subject) or _FORWARD_LINE.search(text))


def written(text: str, subject: str = "") -> str:
    """The writer's own words. A forward to which nothing was added keeps what it forwards."""
    lines = without_list_footer(text).split("\n")
    own: list[str] = []
    number = 0
    while number < len(lines):
        if not _SIGNS.search(lines[number]):
            own.append(lines[number])
            number += 1
            continue
        after = _after_quote(lines, number)
        if after:
            number = after
            continue
        if _starts_original(lines, number):
            break
        own.append(lines[number])
        number += 1
    said = _without_signature(own)
    if said or not is_forward(subject, text):
        return said
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _after_quote(lines: list[str], number: int) -> int:
    """The line after the quoted line, or after the quote head, at `number`; 0 where there is none."""
    if lines[number].startswith(">"):
        return number + 1
    after = _after_head(lines, number)
    if not after:
        return 0
    below = _first_filled(lines, after)
    # Without marks nobody can tell where the quote ends: it goes on to the end of the mail.
    return after if below < len(lines) and lines[below].startswith(">") else len(lines)


def without_list_footer(text: str) -> str:
    """The text without what a mailing list put below a line of underscores."""
    at = text.rfind("\n______")
    if at >= 0 and len(text) - at < 2000 and _LIST_FOOTER.search(text, at):
        return text[:at].rstrip("_\n ")
    return text


def _after_head(lines: list[str], number: int) -> int:
    """The line after a head "On … wrote:" that begins at line `number`, wrapped over four at most; else 0."""
    if not _MAY_BEGIN_HEAD.search(lines[number]):
        return 0
    head = ""
    for end in range(number, min(number + 4, len(lines))):
        line = lines[end].strip()
        if not line or line.startswith(">") or len(head) + len(line) > _LONGEST_HEAD:
            return 0
        head = f"{head} {line}" if head else line
        if line.endswith((":", "：")):
            proven = _DATE.search(head) or _ADDRESS.search(head)
            return end + 1 if proven and _HEAD_END.search(head) else 0
    return 0


def _starts_original(lines: list[str], number: int) -> bool:
    """Whether an earlier mail begins here and goes on to the end."""
    line = lines[number]
    if len(line) > 200 or not line.strip():
        return False
    if _ORIGINAL_LINE.match(line) or _FORWARD_LINE.match(line):
        return True
    if _RULE_LINE.match(line):
        below = _first_filled(lines, number + 1)
        return below < len(lines) and _is_header_block(lines, below)
    return _is_header_block(lines, number)


def _is_header_block(lines: list[str], number: int) -> bool:
    """Whether the fields of a quoted mail stand here, as Outlook writes them.

    From and two more with an address, or three more: pupils head a letter with From, To and Date too.
    """
    if not _FROM_LABEL.match(lines[number]):
        return False
    block = lines[number : number + 8]
    labels = sum(_OTHER_LABEL.match(line) is not None for line in block[1:])
    return labels >= (2 if any(map(_ADDRESS.search, block)) else 3)


def _first_filled(lines: list[str], number: int = 0) -> int:
    while number < len(lines) and not lines[number].strip():
        number += 1
    return number


def _without_signature(lines: list[str]) -> str:
    """Joined lines up to the signature: after "-- " (RFC 3676, 4.3), or what a phone puts last."""
    for number, line in enumerate(lines):
        short = len(lines) - number <= _LONGEST_SIGNATURE
        if line == "-- " or (line.rstrip() == "--" and short):
            lines = lines[:number]
            break
    end = len(lines)
    while end and (not lines[end - 1].strip() or _PHONE.match(lines[end - 1])):
        end -= 1
    return "\n".join(line.rstrip() for line in lines[:end]).strip("\n")
