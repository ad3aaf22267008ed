# SPDX-License-Identifier: Apache-2.0
"""Compose projects at random, but the same ones for the same seed: anchors, merge keys, extends, overrides and variables over the keys that
docker-compose 1.29 knows. project(seed) gives {name: text} and the files to load."""
import random
import re

import yaml


class Anchor:
    def __init__(self, name, value):
        self.name, self.value = name, value


class Alias:
    def __init__(self, name):
        self.name = name


class Raw(str):
    """Text that stands in the file as it is."""


PLAIN = re.compile(r'^[A-Za-z0-9_./$][A-Za-z0-9_./=${}?+-]*( [A-Za-z0-9_./-]+)*$')


class Writer:
    """YAML text with anchors and aliases, block or flow style, every kind of scalar."""

    def __init__(self, rng):
        self.rng = rng

    def scalar(self, value):
        if isinstance(value, Raw):
            return str(value)
        if value is None:
            return self.rng.choice(['null', '~', ''])
        if isinstance(value, bool):
            return self.rng.choice(['true', 'True', 'yes', 'on'] if value else ['false', 'False', 'no', 'off'])
        if isinstance(value, int):
            return self.rng.choice([str(value), str(value), '0x%x' % value if value >= 0 else str(value)])
        if isinstance(value, float):
            return repr(value)
        style = self.rng.random()
        if style < 0.6 and PLAIN.match(value) and yaml.safe_load(value) == value:
            return value
        if style < 0.8 and '\n' not in value:
            return "'" + value.replace("'", "''") + "'"
        return '"' + value.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n') + '"'

    def flow(self, value):
        if isinstance(value, Alias):
            return '*%s ' % value.name
        if isinstance(value, Anchor):
            return '&%s %s' % (value.name, self.flow(value.value))
        if isinstance(value, dict):
            return '{' + ', '.join('%s: %s' % (k, self.flow(v)) for k, v in value.items()) + '}'
        if isinstance(value, list):
            return '[' + ', '.join(self.flow(v) for v in value) + ']'
        text = self.scalar(value)
        if not text:
            return '~'
        return '"' + text + '"' if text[0] not in '\'"' and re.search(r'[{}\[\],:#]', text) else text

    def block(self, value, indent):
        """The text behind a key or a dash, with its line end."""
        mark = ''
        if isinstance(value, Anchor):
            mark, value = ' &' + value.name, value.value
        if isinstance(value, Alias):
            return ' *%s\n' % value.name
        if isinstance(value, (dict, list)) and (not value or self.rng.random() < 0.15):
            return '%s %s\n' % (mark, self.flow(value))
        pad = ' ' * indent
        if isinstance(value, dict):
            return mark + '\n' + ''.join('%s%s:%s' % (pad, k, self.block(v, indent + 2)) for k, v in value.items())
        if isinstance(value, list):
            return mark + '\n' + ''.join('%s-%s' % (pad, self.item(v, indent + 2)) for v in value)
        return '%s %s%s\n' % (mark, self.scalar(value), self.rng.choice(['', '', '  # note']))

    def item(self, value, indent):
        if isinstance(value, dict) and value:
            return ' ' + self.flow(value) + '\n'
        return self.block(value, indent)

    def document(self, root):
        return ''.join('%s:%s' % (k, self.block(v, 2)) for k, v in root.items())


class Project:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.files = {}
        self.variables = {}
        self.names = ['api', 'worker', 'db', 'proxy']
        self.version = self.rng.choice(['2.4', '3.8', None])
        self.anchors = {}

    # values

    def chance(self, p):
        return self.rng.random() < p

    def pick(self, *items):
        return self.rng.choice(items)

    def some(self, items, low=1, high=3):
        return self.rng.sample(items, self.rng.randint(low, min(high, len(items))))

    def text(self, value):
        """The value, or a variable in its place."""
        value = str(value)
        if not self.chance(0.25) or '$' in value or '}' in value or not value:
            return value
        name = 'V%d' % len(self.variables)
        form = self.rng.randrange(8)
        if form == 0:
            return '${UNSET_%d:-%s}' % (self.rng.randrange(5), value)
        if form == 1:
            return '${UNSET_%d-%s}' % (self.rng.randrange(5), value)
        if form == 2:
            self.variables['EMPTY'] = ''
            return '${EMPTY:-%s}' % value
        cut = self.rng.randint(0, len(value) - 1) if form > 5 and len(value) > 2 else 0
        self.variables[name] = value[cut:]
        reference = self.pick('$%s', '${%s}', '${%s:-other}', '${%s-other}', '${%s:?must be set}', '${%s?must be set}') % name
        if cut and reference.startswith('$V'):
            reference = '${%s}' % name
        return value[:cut] + reference

    def number(self, value):
        text = self.text(value)
        return value if text == str(value) else text

    def flag(self):
        value = self.pick(True, False)
        text = self.text('true' if value else 'false')
        return Raw(text) if '$' in text else value

    def pairs(self, names, values, number=True):
        chosen = self.some(names, 1, 4)
        if self.chance(0.5):
            return {k: self.pick(self.text(self.pick(*values)), self.rng.randint(0, 70000) if number else 'n') for k in chosen}
        return ['%s=%s' % (k, self.text(self.pick(*values))) for k in chosen]

    def environment(self):
        value = self.pairs(['A', 'B', 'MODE', 'URL', 'LEVEL', 'PATH_X'], ['x', 'a b', 'http://h:80/p?q=1', '0755', 'it''s', 'yes', '1.10', 'a=b', '$$literal'])
        if isinstance(value, dict) and self.chance(0.1):
            value['FROM_OUTSIDE'] = None
        return value

    def port(self, published):
        target = self.pick(80, 443, 8080, 53)
        form = self.rng.randrange(6)
        if form == 0:
            return {'target': target, 'published': self.number(published), 'protocol': self.pick('tcp', 'udp'), 'mode': self.pick('host', 'ingress')}
        if form == 1:
            return target
        return self.text(self.pick('%d:%d' % (published, target), '127.0.0.1:%d:%d' % (published, target), '%d:%d/udp' % (published, target),
            '%d-%d:%d-%d' % (published, published + 2, 9000, 9002)))

    def ports(self):
        out = []
        for published in self.some(range(1000, 9000, 1000), 1, 3):
            port = self.port(published)
            if port not in out:
                out.append(port)
        return out

    def volume(self, target):
        form = self.rng.randrange(7)
        if form == 0:
            return {'type': 'bind', 'source': self.pick('./data', '/srv', './a/../b'), 'target': target, 'read_only': self.flag()}
        if form == 1:
            return {'type': 'volume', 'source': 'named', 'target': target, 'volume': {'nocopy': self.pick(True, False)}}
        if form == 2:
            return {'type': 'tmpfs', 'target': target}
        if form == 3:
            return target
        return self.text(self.pick('./data:%s', './:%s:ro', 'named:%s', 'other:%s:ro', '/srv/x:%s:rw', '../up:%s') % target)

    def volumes(self):
        return [self.volume(target) for target in self.some(['/data', '/cfg', '/var/lib/x', '/run/s', '/logs'], 1, 3)]

    def healthcheck(self):
        out = {'test': self.pick(['CMD', 'curl', '-f', self.text('http://localhost')], ['CMD-SHELL', 'exit 0'], 'exit 0')}
        for key, values in (('interval', ['30s', '1m30s']), ('timeout', ['5s', '500ms']), ('start_period', ['10s'])):
            if self.chance(0.5):
                out[key] = self.text(self.pick(*values))
        if self.chance(0.5):
            out['retries'] = self.number(self.rng.randint(1, 9))
        if self.chance(0.3):
            del out['test']
            out.setdefault('interval', '7s')
        return out

    def networks(self):
        if self.chance(0.5):
            return self.some(['front', 'back', 'default'], 1, 2)
        return {n: self.pick(None, {'aliases': self.some(['x', 'y', 'z'])}, {'ipv4_address': '172.16.238.%d' % self.rng.randint(2, 200)})
            for n in self.some(['front', 'back'], 1, 2)}

    def grants(self, name):
        out = []
        for source in self.some([name + '1', name + '2'], 1, 2):
            out.append(self.pick(source, {'source': source, 'target': self.pick('/etc/' + source, source + '.txt'), 'mode': self.pick(256, 292)}))
        return out

    def deploy(self):
        out = {}
        if self.chance(0.5):
            out['replicas'] = self.number(self.rng.randint(1, 5))
        if self.chance(0.5):
            out['resources'] = {'limits': {'cpus': self.pick('0.5', '1.5'), 'memory': self.text(self.pick('64M', '1g'))}}
        if self.chance(0.4):
            out['restart_policy'] = {'condition': self.pick('any', 'on-failure'), 'max_attempts': self.rng.randint(1, 4)}
        if self.chance(0.3):
            out['labels'] = self.pairs(['l1', 'l2'], ['v'], False)
        if self.chance(0.3):
            out['placement'] = {'constraints': self.some(['node.role==manager', 'node.labels.x==1', 'node.id!=a'])}
        return out or {'mode': 'replicated'}

    def build(self):
        if self.chance(0.3):
            return self.text(self.pick('.', './app', 'app'))
        out = {'context': self.text(self.pick('.', './app', 'https://example.com/x.git'))}
        if self.chance(0.5):
            out['dockerfile'] = self.text(self.pick('Dockerfile', 'Dockerfile.prod'))
        if self.chance(0.5):
            out['args'] = self.pairs(['VERSION', 'TOKEN', 'N'], ['1', 'a b', '2.10'])
        if self.chance(0.3):
            out['labels'] = self.pairs(['b1', 'b2'], ['v'], False)
        if self.chance(0.3):
            out['target'] = self.text('prod')
        if self.chance(0.2):
            out['cache_from'] = self.some(['c/a', 'c/b', 'c/c'])
        return out

    def logging(self):
        out = {}
        if self.chance(0.8):
            out['driver'] = self.pick('json-file', 'syslog')
        if self.chance(0.7):
            out['options'] = {k: self.text(self.pick('10m', '3')) for k in self.some(['max-size', 'max-file', 'tag'])}
        return out or {'driver': 'none'}

    def ulimits(self):
        return {k: self.pick(self.rng.randint(1, 9000), {'soft': self.number(1000), 'hard': self.rng.randint(2000, 3000)})
            for k in self.some(['nofile', 'nproc', 'core'])}

    def maker(self):
        r = self.rng
        return {
            'command': lambda: self.pick(self.text('run --all'), ['run', self.text('--x'), '$$HOME'], ['a']),
            'entrypoint': lambda: self.pick('/init', ['/init', '-v'], self.text('/bin/start')),
            'environment': self.environment,
            'env_file': lambda: self.pick('a.env', ['a.env'], ['a.env', './b.env']),
            'labels': lambda: self.pairs(['com.x.a', 'com.x.b', 'tier'], ['v', 'w x', '']),
            'ports': self.ports,
            'volumes': self.volumes,
            'cap_add': lambda: self.some(['NET_ADMIN', 'SYS_PTRACE', 'ALL', 'CHOWN']),
            'cap_drop': lambda: self.some(['ALL', 'MKNOD', 'SETUID']),
            'security_opt': lambda: self.some(['no-new-privileges:true', 'seccomp:unconfined', 'apparmor:unconfined', 'label:type:x']),
            'privileged': self.flag, 'read_only': self.flag, 'tty': self.flag, 'stdin_open': self.flag, 'init': lambda: self.pick(True, False),
            'user': lambda: self.text(self.pick('root', '1000:1000', 'nobody')),
            'working_dir': lambda: self.text('/app'), 'hostname': lambda: self.text('h1'), 'container_name': lambda: self.text('c1'),
            'restart': lambda: self.text(self.pick('always', 'on-failure:3', 'no', 'unless-stopped')),
            'tmpfs': lambda: self.pick(self.text('/tmp'), ['/tmp', '/run:size=64m']),
            'devices': lambda: self.some(['/dev/a:/dev/x', '/dev/b:/dev/x:r', '/dev/c:/dev/y'], 1, 1),
            'dns': lambda: self.pick(self.text('8.8.8.8'), ['1.1.1.1', '9.9.9.9']),
            'dns_search': lambda: self.pick('a.example', ['b.example']),
            'extra_hosts': lambda: self.pick({'one': '10.0.0.1', 'two': self.text('10.0.0.2')}, ['one:10.0.0.3', 'three:10.0.0.4']),
            'ulimits': self.ulimits, 'logging': self.logging, 'healthcheck': self.healthcheck,
            'sysctls': lambda: self.pick({'net.core.somaxconn': 1024}, ['net.ipv4.tcp_syncookies=0', 'net.core.somaxconn=512']),
            'networks': self.networks, 'build': self.build, 'deploy': self.deploy,
            'secrets': lambda: self.grants('s'), 'configs': lambda: self.grants('c'),
            'mem_limit': lambda: self.text(self.pick('512m', '1g')), 'cpus': lambda: self.pick(0.5, 1.5), 'pids_limit': lambda: r.randint(1, 500),
            'pid': lambda: self.text('host'), 'ipc': lambda: self.text('host'), 'userns_mode': lambda: self.text('host'),
            'stop_grace_period': lambda: self.text('10s'), 'shm_size': lambda: self.pick('64m', 1048576),
            'expose': lambda: self.some([Raw('3000'), '4000', Raw('5000')]), 'external_links': lambda: self.some(['e1', 'e2:x']),
            'group_add': lambda: self.some(['mail', '100', 'video']), 'dns_opt': lambda: self.some(['use-vc', 'no-tld-query']),
            'device_cgroup_rules': lambda: self.some(['c 1:3 mr', 'a 7:* rmw']), 'oom_score_adj': lambda: r.randint(-100, 100),
            'cgroup_parent': lambda: self.text('m-executor'), 'stop_signal': lambda: 'SIGUSR1', 'mem_swappiness': lambda: self.number(r.randint(0, 99)),
            'storage_opt': lambda: {'size': self.text('1G')}, 'profiles': lambda: self.some(['debug', 'test']),
        }

    def service(self, low=2, high=9):
        makers = self.maker()
        keys = self.some(sorted(makers), low, high)
        if 'userns_mode' in keys and 'privileged' in keys:
            keys.remove('privileged')
        return {k: makers[k]() for k in keys}

    # shapes

    def common(self):
        """x- mappings with anchors, for merge keys and aliases."""
        out = {}
        for i in range(self.rng.randint(0, 3)):
            body = self.service(1, 4)
            if self.anchors and self.chance(0.4):
                body = {'<<': Alias(self.rng.choice(sorted(self.anchors))), **body}
            name = 'common%d' % i
            out['x-' + name] = Anchor(name, body)
            self.anchors[name] = body
        return out

    def with_anchors(self, service):
        if not self.anchors or not self.chance(0.6):
            return service
        names = sorted(self.anchors)
        form = self.rng.randrange(3)
        if form == 0:
            return {'<<': Alias(self.rng.choice(names)), **service}
        if form == 1:
            return {**service, '<<': [Alias(n) for n in self.some(names, 1, 3)]}
        key = self.rng.choice(['environment', 'labels', 'ulimits', 'logging'])
        inner = 'e%d' % self.rng.randrange(1000)
        value = service.get(key)
        if isinstance(value, dict) and inner not in self.anchors:
            self.inner.append((key, inner))
            return {**service, key: Anchor(inner, value)}
        return service

    def reuse(self, service):
        """A mapping that an earlier service has, as it is or with more."""
        if self.inner and self.chance(0.5):
            key, name = self.rng.choice(self.inner)
            more = {'environment': ('MORE', 'm'), 'labels': ('more', 'm'), 'ulimits': ('stack', 7), 'logging': ('driver', 'local')}[key]
            service[key] = self.pick(Alias(name), {'<<': Alias(name), more[0]: more[1]})
        return service

    def depend(self, services):
        for name in self.some(sorted(services), 0, 2):
            others = [n for n in services if n != name and n > name]
            if not others:
                continue
            services[name]['depends_on'] = self.pick(others, {o: {'condition': self.pick('service_started', 'service_healthy')} for o in others})
            if self.chance(0.3) and 'network_mode' not in services[name]:
                services[name]['links'] = self.pick([others[0]], [others[0] + ':alias'])
            if self.chance(0.2):
                services[name]['volumes_from'] = [others[0] + ':ro']

    def main(self, names):
        self.anchors, self.inner = {}, []
        root = {'version': self.version} if self.version else {}
        root.update(self.common())
        services = {}
        for name in names:
            service = {'image': self.text(self.pick('nginx:1.25', 'registry.example:5000/a/b:2', 'postgres')), **self.service()}
            services[name] = self.reuse(self.with_anchors(service))
        self.depend(services)
        root['services'] = services
        root.update(self.resources())
        return root

    def resources(self):
        return {
            'networks': {'front': None, 'back': self.pick(None, {'driver': 'bridge', 'internal': True}), 'default': {'driver': 'bridge'}},
            'volumes': {'named': self.pick(None, {'driver': 'local'}), 'other': {}},
            'secrets': {'s1': {'file': './s1.txt'}, 's2': {'external': True}},
            'configs': {'c1': {'file': self.text('./c1.txt')}, 'c2': {'external': True}},
        }

    def extend(self, root, file_name):
        services = root['services']
        if self.chance(0.6):
            services['base'] = {'image': 'base:1', **self.service(2, 6)}
            if self.chance(0.4):
                services['base2'] = {'extends': {'service': 'base'}, **self.service(1, 4)}
            for name in self.some([n for n in services if not n.startswith('base')], 1, 2):
                services[name]['extends'] = self.pick('base', {'service': self.pick('base', 'base2') if 'base2' in services else 'base'})
        if self.chance(0.5):
            other = {'version': self.version} if self.version else {}
            shared = {'one': {'image': 'shared:1', **self.service(2, 6)}}
            if self.chance(0.5):
                shared['two'] = {'extends': {'service': 'one'}, **self.service(1, 4)}
            if self.chance(0.3):
                third = {'version': self.version} if self.version else {}
                third['services'] = {'deep': {'image': 'deep:1', **self.service(1, 4)}}
                self.put('lib/more/deep.yml', third)
                shared['one']['extends'] = {'file': './more/deep.yml', 'service': 'deep'}
            other['services'] = shared
            self.put('lib/shared.yml', other)
            for name in self.some([n for n in services if not n.startswith('base')], 1, 2):
                services[name]['extends'] = {'file': self.pick('lib/shared.yml', './lib/shared.yml'), 'service': self.pick(*shared)}

    def override(self):
        root = {'version': self.version} if self.version else {}
        services = {n: self.service(1, 6) for n in self.some(self.names, 1, 3)}
        if self.chance(0.3):
            services['extra'] = {'image': 'extra', **self.service(1, 3)}
        root['services'] = services
        if self.chance(0.2):
            root['volumes'] = {'third': None}
        return root

    def differ(self, root, override):
        """What the specification has otherwise than docker-compose 1.29: see differences.tsv."""
        service = root['services'][self.rng.choice(self.names)]
        form = self.rng.randrange(8)
        labels = service.get('labels')
        if form == 0:
            service['labels'] = {'nested': '${UNSET_1:-${UNSET_2:-inner}}'}
        elif form == 1:
            service['labels'] = {'alternative': '${EMPTY:+x}${UNSET_1+y}z'}
            self.variables['EMPTY'] = ''
        elif form == 2 and override:
            override['networks'] = {'back': {'driver_opts': {'o': '1'}}}
            root['networks']['back'] = {'driver': 'bridge', 'labels': {'l': '1'}}
        elif form == 3 and override:
            override['volumes'] = {'named': {'labels': {'l': '2'}}}
            root['volumes']['named'] = {'driver': 'local'}
        elif form == 4 and 'base' in root['services']:
            root['services']['base']['depends_on'] = [self.names[0]]
        elif form == 5:
            service['labels'] = {'word': '$DOTTED'}
            self.dotted = True
        elif form == 6 and override and 'build' not in service:
            name = self.rng.choice(self.names)
            root['services'][name]['ports'] = ['8080:80']
            override['services'].setdefault(name, {})['ports'] = ['8080:80/tcp']
        elif labels is None and override:
            override['services'][self.names[0]] = {'extends': 'base'}

    def spoil(self, root):
        """A project that nobody should accept."""
        service = root['services'][self.rng.choice(self.names)]
        service.update(self.pick({'extends': {'service': 'nowhere'}}, {'extends': {'file': 'nowhere.yml', 'service': 'x'}}, {'image': '${NEEDED_1:?say so}'},
            {'image': 'a:${'}, {'command': 'cost $ 5'}, {'user': '${1}'}))
        if self.chance(0.2):
            a, b = self.names[0], self.names[1]
            root['services'][a]['extends'], root['services'][b]['extends'] = b, {'service': a}

    def put(self, name, root):
        self.files[name] = Writer(self.rng).document(root)

    def dotenv(self):
        lines = ['# variables of the project', '']
        for name, value in sorted(self.variables.items()):
            quote = self.pick('', "'", '"') if not re.search(r'[\'"\\$#]', value) else ''
            if re.search(r'[ #]', value) and not quote:
                quote = "'" if "'" not in value else '"'
            lines.append('%s%s=%s%s%s%s' % (self.pick('', '', 'export '), name, quote, value, quote, self.pick('', '', '  # note') if quote else ''))
        if self.dotted:
            lines += ['PART=p', 'DOTTED=a-$PART-b']
        return self.pick('\n', '\n', '\r\n').join(lines) + '\n'

    def make(self):
        root = self.main(self.some(self.names, 2, 4))
        self.names = list(root['services'])
        self.extend(root, 'docker-compose.yml')
        later = [self.override() for _ in range(self.pick(0, 0, 1, 1, 2))]
        names = ['docker-compose.override.yml'] if len(later) == 1 and self.chance(0.5) else ['second.yml', 'third.yml'][:len(later)]
        self.dotted = False
        if self.chance(0.1):
            self.differ(root, later[0] if later else None)
        if self.chance(0.05):
            self.spoil(root)
        self.put('docker-compose.yml', root)
        for name, override in zip(names, later):
            self.put(name, override)
        load = ['docker-compose.yml'] + [n for n in names if 'override' not in n]
        self.files['.env'] = self.dotenv()
        for directory in ('', 'lib/', 'lib/more/'):
            self.files[directory + 'a.env'] = 'FILE_A=1\nMODE=from-%sa\nQUOTED="x y"\n' % directory.replace('/', '-')
            self.files[directory + 'b.env'] = 'FILE_B=2\n# note\nexport LEVEL=b\n'
            self.files[directory + 'app/Dockerfile'] = 'FROM scratch\n'
        return self.files, load


def project(seed):
    return Project(seed).make()
