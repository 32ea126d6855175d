"""Reading: raw octets become meaning, and no mail, however broken, raises.

Of a mail: guard makes the header block safe, parts finds the parts; headers, addresses, charset, body,
markup, quotes, kinds, files and links each understand one thing; mime puts a Reading together.
"""
