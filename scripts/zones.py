#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes policies/cel/zone-steps.c and zone-data.c from a zoneinfo directory: zones.py ZONEINFO VERSION OUTDIR.

What happened before 1970 is left out, and so are changes that the zone's rule (the POSIX string at a file's end) foretells."""
import calendar
import collections
import datetime
import os
import re
import struct
import sys

DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_'
EPOCH = datetime.date(1970, 1, 1)


def zone_names(top):
    for folder, _, files in os.walk(top):
        for file in files:
            name = os.path.relpath(os.path.join(folder, file), top)
            if name.startswith(('posix/', 'right/')) or name in ('localtime', 'posixrules', 'Factory'):
                continue
            with open(os.path.join(top, name), 'rb') as zone:
                if zone.read(4) == b'TZif':
                    yield name


def load(path):
    """First offset, changes (second, offset), POSIX string: RFC 8536, the 64-bit part."""
    data = open(path, 'rb').read()
    isut, isstd, leap, times, types, chars = struct.unpack('>6l', data[20:44])
    at = 44 + times * 5 + types * 6 + chars + leap * 8 + isstd + isut
    isut, isstd, leap, times, types, chars = struct.unpack('>6l', data[at + 20:at + 44])
    at += 44
    moments = struct.unpack('>%dq' % times, data[at:at + 8 * times])
    at += 8 * times
    index = data[at:at + times]
    at += times
    offsets = [struct.unpack('>l', data[at + 6 * i:at + 6 * i + 4])[0] for i in range(types)]
    at += 6 * types + chars + leap * 12 + isstd + isut
    return offsets[0], [(t, offsets[i]) for t, i in zip(moments, index)], data[at:].decode().strip()


def seconds(text):
    sign, hours, minutes, secs = re.match(r'([+-]?)(\d+)(?::(\d+))?(?::(\d+))?$', text).groups()
    return (-1 if sign == '-' else 1) * (int(hours) * 3600 + int(minutes or 0) * 60 + int(secs or 0))


def posix_rule(text):
    """(standard, summer, begin, end), or None without summer time."""
    name = r'(?:<[^>]*>|[A-Za-z]+)'
    standard, summer, begin, end = re.match(name + r'([-+0-9:]+)(?:' + name + r'([-+0-9:]*),([^,]*),([^,]*))?$', text).groups()
    if begin is None:
        return None
    days = []
    for day in (begin, end):
        date, _, time = day.partition('/')
        days.append(tuple(int(x) for x in date[1:].split('.')) + (seconds(time) if time else 7200,))
    base = -seconds(standard)
    return (base, -seconds(summer) if summer else base + 3600, *days)


def moment(day, year):
    month, week, weekday, second = day
    first = (datetime.date(year, month, 1) - EPOCH).days
    at = first + (weekday - (first + 4) % 7) % 7 + (week - 1) * 7
    while at >= first + calendar.monthrange(year, month)[1]:
        at -= 7
    return at * 86400 + second


def by_rule(rule, utc):
    standard, summer, first, last = rule
    year = (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=utc + standard)).year
    begin, end = moment(first, year) - standard, moment(last, year) - summer
    inside = begin <= utc < end if begin < end else not end <= utc < begin
    return summer if inside else standard


def quiet(rule, after, until):
    """Whether the rule has no change of its own between two moments."""
    standard, summer, first, last = rule
    years = range(1970 + after // 31556952 - 1, 1970 + until // 31556952 + 2)
    own = [moment(first, y) - standard for y in years] + [moment(last, y) - summer for y in years]
    return not any(after < when < until for when in own)


def history(path):
    """(offset in 1970, changes, rule) without what says nothing."""
    offset, changes, text = load(path)
    rule, kept, now = posix_rule(text), [], offset
    for when, to in changes:
        if when > 0 and to != now:
            kept.append((when, to))
        offset, now = to if when <= 0 else offset, to
    while rule and kept:
        when, to = kept[-1]
        last, before = kept[-2] if len(kept) > 1 else (0, offset)
        if by_rule(rule, when) != to or by_rule(rule, when - 1) != before or not quiet(rule, last, when):
            break
        kept.pop()
    return offset, tuple(kept), rule


def steps(zone):
    minute, offset = 0, zone[0]
    for when, to in zone[1]:
        yield when // 60 - minute, to - offset
        minute, offset = when // 60, to


def head(what, version):
    return ('/* SPDX-License-Identifier: Apache-2.0 */\n/* The %s (tzdata %s, public domain): written by scripts/zones.py. */\n'
            '#include "policies/cel/zone-priv.h"\n\n' % (what, version))


def wrapped(words, width, glue):
    lines, line = [], ''
    for word in words:
        if line and len(line) + len(glue) + len(word) > width:
            lines.append(line + glue)
            line = word
        else:
            line = line + glue + word if line else word
    return lines + [line]


def write_steps(out, order, rules, version):
    out.write(head('changes of IANA time zones since 1970', version))
    out.write('/* Minutes since the change before, and by how many seconds the offset changes: the commonest first. */\n'
              'const struct ml_zone_step ml_zone_steps[] = {\n')
    for line in wrapped(['{%d, %d},' % step for step in order], 98, ' '):
        out.write('\t%s\n' % line.rstrip())
    out.write('};\nconst size_t ml_zone_nsteps = sizeof(ml_zone_steps) / sizeof(ml_zone_steps[0]);\n\n'
              '/* Standard and summer offsets, when summer time begins and ends: month, week (5: the last), weekday, second of the local day. */\n'
              'const struct ml_zone_rule ml_zone_rules[] = {\n')
    for standard, summer, begin, end in rules:
        out.write('\t{%d, %d, {%d, %d, %d, %d}, {%d, %d, %d, %d}},\n' % ((standard, summer) + begin + end))
    out.write('};\n')


def write_zones(out, zones, order, rules, version):
    index = {step: DIGITS[i // 64] + DIGITS[i % 64] for i, step in enumerate(order)}
    out.write(head('names and histories of the IANA time zones since 1970', version))
    out.write('/* Names, offset in 1970, rule behind the last change (-1: none), changes as pairs of base-64 digits that count in ml_zone_steps. */\n'
              'const struct ml_zone ml_zones[] = {\n')
    for zone, names in zones.items():
        text = ''.join(index[step] for step in steps(zone))
        numbers = '%d, %d' % (zone[0], rules.index(zone[2]) if zone[2] else -1)
        line = '\t{"%s", %s, "%s"},' % (' '.join(names), numbers, text)
        if len(line) >= 100:
            quoted = '\n\t\t'.join('"%s"' % x for x in wrapped(names, 80, ' '))
            pairs = '\n\t\t'.join('"%s"' % text[i:i + 90] for i in range(0, max(len(text), 1), 90))
            line = '\t{%s, %s,\n\t\t%s},' % (quoted, numbers, pairs)
        out.write(line + '\n')
    out.write('};\nconst size_t ml_nzones = sizeof(ml_zones) / sizeof(ml_zones[0]);\n')


def main():
    top, version, target = sys.argv[1:]
    zones = collections.OrderedDict()
    for name in sorted(zone_names(top)):
        zones.setdefault(history(os.path.join(top, name)), []).append(name)
    common = collections.Counter(step for zone in zones for step in steps(zone))
    order = sorted(common, key=lambda step: (-common[step], step))
    rules = sorted({zone[2] for zone in zones if zone[2]})
    with open(os.path.join(target, 'zone-steps.c'), 'w') as out:
        write_steps(out, order, rules, version)
    with open(os.path.join(target, 'zone-data.c'), 'w') as out:
        write_zones(out, zones, order, rules, version)


if __name__ == '__main__':
    main()
