# SPDX-License-Identifier: Apache-2.0
"""Compares Merlon's model of Compose projects with docker-compose's own (its Python package, in this process), over generated projects.
usage: compare.py COMPOSE_MODEL COUNT [FIRST_SEED]

Both sides are brought into one form by docker-compose itself: it loads the project, and it loads the model that Merlon made of the project as if that were
a file. What differs then must be in differences.tsv. TAP on standard output, one line for 50 projects."""
import collections
import contextlib
import copy
import functools
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile

import yaml
from jsonschema import RefResolver

from compose.config import config as compose
from compose.config import validation
from compose.config.environment import Environment
from compose.config.errors import ConfigurationError
from compose.config.serialize import denormalize_config

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from generate import project  # noqa: E402

GROUP = 50
ORDERED = re.compile(r'\.(command|entrypoint|test|dns|dns_search|tmpfs)$')
KINDS = {bool: 'bool', int: 'int', float: 'float', str: 'str', type(None): 'null'}


def plain(value):
    """docker-compose's own objects as dicts, lists and scalars."""
    if hasattr(value, 'repr'):
        return plain(value.repr())
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(v) for v in value]
    return value


def effective(directory, files, config=None):
    environment = Environment.from_env_file(directory)
    if config is None:
        details = compose.find(directory, files, environment)
    else:
        details = compose.ConfigDetails(directory, [compose.ConfigFile(os.path.join(directory, 'docker-compose.yml'), config)], environment)
    return canonical(plain(denormalize_config(compose.load(details))))


def as_map(value, separator):
    if isinstance(value, list):
        return {k.strip(): v.strip() for k, _, v in (str(item).partition(separator) for item in value)}
    return value


def canonical(config):
    """What docker-compose brings into one form only when it merges, brought into it always."""
    for service in config['services'].values():
        if 'labels' in service.get('deploy', {}):
            service['deploy']['labels'] = as_map(service['deploy']['labels'], '=')
        for key, change in CHANGES.items():
            if key in service:
                service[key] = change(service[key])
    return config


CHANGES = {
    'extra_hosts': lambda v: as_map(v, ':'),
    'networks': lambda v: {n: c or {} for n, c in v.items()},
    'expose': lambda v: [str(i) for i in v],
    'group_add': lambda v: [str(i) for i in v],
    'secrets': lambda v: [{'source': i} if isinstance(i, str) else i for i in v],
    'configs': lambda v: [{'source': i} if isinstance(i, str) else i for i in v],
}


def resolved(text, cache={}):
    if text not in cache:
        cache[text] = yaml.safe_load(text) if text else None
    return cache[text]


def to_config(node, wrong):
    """Merlon's model as docker-compose wants to read it; scalars whose kind PyYAML sees differently go to `wrong`."""
    if isinstance(node, dict):
        return {k: to_config(v, wrong) for k, v in node.items() if not k.startswith('x-')}
    if node[0] == 'seq':
        return [to_config(v, wrong) for v in node[1:]]
    kind, text, how = node
    if kind == 'unknown':
        return {'unknown': text}
    if how in ('quoted', 'interpolated'):
        return text.replace('$', '$$')
    value = resolved(text)
    if KINDS.get(type(value), 'str') != kind:
        wrong.append('%r is %s, not %s' % (text, KINDS.get(type(value), 'str'), kind))
    return value.replace('$', '$$') if isinstance(value, str) else value


def differences(path, ours, theirs, out):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(set(ours) | set(theirs)):
            differences('%s.%s' % (path, key), ours.get(key, '(absent)'), theirs.get(key, '(absent)'), out)
        return
    if isinstance(ours, list) and isinstance(theirs, list) and not ORDERED.search(path):
        unordered = lambda items: sorted(set(json.dumps(i, sort_keys=True) for i in items))  # noqa: E731
        if unordered(ours) == unordered(theirs):
            return
    elif ours == theirs and type(ours) is type(theirs):
        return
    out.append((path, ours, theirs))


def more(ours, theirs):
    text = lambda items: set(json.dumps(i, sort_keys=True) for i in items)  # noqa: E731
    return isinstance(ours, list) and isinstance(theirs, list) and text(theirs) < text(ours)


RELATIONS = {
    'any': lambda ours, theirs: True,
    'more': more,
    'fewer': lambda ours, theirs: more(theirs, ours),
    'absent-there': lambda ours, theirs: theirs == '(absent)',
}


def without_defects():
    """docker-compose 1.29 merges into the very mappings of the base (logging.options, parts of deploy), so a service changes when another extends it."""
    merge = compose.merge_service_dicts
    compose.merge_service_dicts = lambda base, override, version: merge(copy.deepcopy(base), copy.deepcopy(override), version)


def hurry():
    """The same answers in a quarter of the time: the parser written in C, and the schema read once."""
    yaml.safe_load = lambda stream: yaml.load(stream, Loader=yaml.CSafeLoader)
    validation.load_jsonschema = functools.lru_cache(validation.load_jsonschema)
    resolver = functools.lru_cache(lambda base, schema: RefResolver(base, json.loads(schema)))
    validation.RefResolver = lambda base, schema: resolver(base, json.dumps(schema))


def read_table():
    rows = []
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'differences.tsv')) as table:
        for line in table:
            if line.strip() and not line.startswith('#'):
                name, path, relation, _ = line.rstrip('\n').split('\t', 3)
                rows.append((name, re.compile(path), RELATIONS[relation]))
    return rows


@contextlib.contextmanager
def unchecked():
    """Our model was made of a project that docker-compose has checked; merged lists may repeat elements, which the schema refuses in a file."""
    kept = compose.validate_against_config_schema
    compose.validate_against_config_schema = lambda *_: None
    try:
        yield
    finally:
        compose.validate_against_config_schema = kept


class Comparer:
    def __init__(self, program):
        self.program = program
        self.table = read_table()
        self.explained = collections.Counter()
        self.refused = 0

    def model(self, directory, files):
        run = subprocess.run([self.program, directory] + files, capture_output=True, text=True)
        if run.returncode:
            return {'model': {}, 'gaps': {}, 'broken': 'compose-model: %d %s' % (run.returncode, run.stderr), 'diagnostics': []}
        return json.loads(run.stdout)

    def theirs(self, directory, files):
        names = files
        if files == ['docker-compose.yml'] and os.path.exists(os.path.join(directory, 'docker-compose.override.yml')):
            names = files + ['docker-compose.override.yml']
        return effective(directory, names)

    def judge(self, directory, files):
        """Lines that say what is unequal and not in the table."""
        got = self.model(directory, files)
        # A variable that only the deployment has is a warning, and its value unknown: docker-compose cannot go on without it.
        errors = [d for d in got['diagnostics'] if ': error: ' in d or d.endswith(' is required and not set')]
        try:
            want = self.theirs(directory, files)
        except ConfigurationError as e:
            self.refused += 1
            if os.environ.get('VERBOSE'):
                print('# refused:', ' '.join(str(e.msg).split()))
            message = ' '.join(str(e.msg).split())
            if errors or got['gaps'] or self.explain(('(refused) ' + message, '', '')):
                return []
            return ['docker-compose refuses it, Merlon does not: %s' % message]
        wrong, found = [], []
        if errors or got['gaps'] or got['broken']:
            if self.explain(('(accepted) ' + ' '.join(errors), '', '')):
                return []
            return ['%s %s %s' % (errors[:3], got['gaps'], got['broken'])]
        try:
            with unchecked():
                ours = effective(directory, files, to_config(got['model'], wrong))
        except ConfigurationError as e:
            return ['docker-compose does not take our model: %s' % ' '.join(str(e.msg).split())]
        differences('', ours, want, found)
        return wrong + ['%s: ours %r, theirs %r' % d for d in found if not self.explain(d)]

    def explain(self, difference):
        path, ours, theirs = difference
        for name, pattern, relation in self.table:
            if pattern.search(path) and relation(ours, theirs):
                self.explained[name] += 1
                return True
        return False


def write(directory, files):
    for name, text in files.items():
        path = os.path.join(directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', newline='') as out:
            out.write(text)


def one(comparer, seed, keep):
    directory = os.path.realpath(tempfile.mkdtemp(prefix='merlon-compose-'))
    try:
        files, load = project(seed)
        write(directory, files)
        wrong = comparer.judge(directory, load)
        for line in wrong:
            print('# seed %d: %s' % (seed, line))
        return not wrong
    finally:
        if not keep:
            shutil.rmtree(directory)
        else:
            print('# kept in', directory)


def main():
    program, count = os.path.abspath(sys.argv[1]), int(sys.argv[2])
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    hurry()
    logging.disable(logging.CRITICAL)
    for name in list(os.environ):
        if re.match(r'(V\d+|UNSET_\d|EMPTY|FROM_OUTSIDE|COMPOSE_.*)$', name):
            del os.environ[name]
    without_defects()
    comparer = Comparer(program)
    groups = (count + GROUP - 1) // GROUP
    print('1..%d' % (groups + 1))
    failed = 0
    for group in range(groups):
        seeds = range(first + group * GROUP, first + min(count, (group + 1) * GROUP))
        bad = sum(not one(comparer, seed, count == 1) for seed in seeds)
        failed += bad
        print('%s %d - %d projects as docker-compose has them' % ('not ok' if bad else 'ok', group + 1, len(seeds)), flush=True)
    stale = [name for name, _, _ in comparer.table if count >= 1000 and not comparer.explained[name]]
    print('%s %d - every listed difference was met %s' % ('not ok' if stale else 'ok', groups + 1, ' '.join(stale)))
    print('# %d projects, %d unequal, %d refused by docker-compose, explained: %s' % (count, failed, comparer.refused, dict(comparer.explained)))
    return 1 if failed or stale else 0


if __name__ == '__main__':
    sys.exit(main())
