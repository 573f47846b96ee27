#!/usr/bin/env python3
"""Do the tests of a module notice when its code is wrong?

Draws small mutations of a module's sources with a repeatable seed, builds each alone, runs the module's tests on it
until one fails, and lists those that no test noticed.  `make mutate MODULE=pe SEED=2 COUNT=40` calls it.

How it is fast: all objects stand in one shared library; a mutant is a second, small one that the tests load before it,
so only the changed file is compiled and nothing else linked.  The tests run once on objects that count lines (gcov); a
mutant then needs only the tests that reach its line, the quickest first, until the first "not ok".  Those that no test
noticed run the tests in C again, with the changed file and arenas under the sanitizers of `make check-asan`.

The order in which mutants are drawn depends on the seed and on each one's own line alone: a change of other lines draws
no others.

Not drawn: comments, texts, preprocessor lines, assertions, prefetches, enumerations, sizes of declared arrays, numbers
and sums handed to allocators (rooms that are too small are what `make check-asan` sees), -2 for -1 as an argument ("up
to the end", "none") or as what is returned ("failed", "none"), `{0}`, the dropping of calls that only give memory or
files back (leaks are what `make check-asan` sees), what is said when memory runs out (tests of failing allocations are
apart).  Not counted: mutants that do not compile, those whose object is that of the source byte for byte, and those
of tests/mutants_equivalent.tsv.
"""
import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

# Tests of the program for modules of which much is seen only there.
CLI_TESTS = {
    'plan': 'errors input lists design plot_axes memory mixed search system identity',
    'explore': 'assign',
    'network': 'network partners input tensors',
    'store': 'database merge diff policy identity results trust columns front',
    'report': 'none',
    'evaluate': 'run columns assign mixed system',
    'validate': 'tables lists verify hawq errors',
    'accel': 'design system plan/refusals.c',
    'memory': 'memory banks sram_voltage schedule dram',
    'plot': 'plot_kinds plot_axes plot_style',
    'tech': 'tech liberty import evaluate/fpga.c',
    'base': 'errors input outputs codes usage plot/child.c',
    'circuit': 'rtl verify',
}
# Tests that build the program: the sound one would stand in the place of the mutants from then on.
BUILD_IT = {'tests/cli/test_install.sh'}
GIVES_BACK = re.compile(r'(^|_)(free|close|finalize|fclose|pclose|destroy|release|unlock|freelocale|unlink|rewind)($|_)')
ALLOCATES = re.compile('alloc|_grow$')
NO_MEMORY = re.compile('no_memory|NO_MEMORY|out.of.memory')
TOKEN = re.compile(r'''
    (?P<skip>\s+|//[^\n]*|/\*.*?\*/|\\\n)
  | (?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
  | (?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<sign><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
''', re.X | re.S)
SWAPS = {'<': ['<='], '<=': ['<'], '>': ['>='], '>=': ['>'], '==': ['!='], '!=': ['=='], '&&': ['||'], '||': ['&&'],
         '+=': ['-='], '-=': ['+='], '*=': ['/='], '/=': ['*='], '<<': ['>>'], '>>': ['<<']}
ARITHMETIC = {'+': '-', '-': '+', '*': '/', '/': '*'}
LIMITS = {'fmin': 'fmax', 'fmax': 'fmin', 'qy_min64': 'qy_max64', 'qy_max64': 'qy_min64', 'qy_min_int': 'qy_max_int',
          'qy_max_int': 'qy_min_int', 'qy_min': 'qy_max', 'qy_max': 'qy_min'}
NO_STATEMENT = {'return', 'if', 'for', 'while', 'do', 'switch', 'case', 'default', 'goto', 'break', 'continue', 'else',
                'struct', 'union', 'enum', 'static', 'const', 'extern', 'typedef', 'sizeof', 'assert', 'va_end',
                'va_start', 'unsigned', 'int', 'char', 'double', 'float', 'long', 'short', 'bool', 'void'}

UNSEEN = ('assert', '_Static_assert', 'static_assert', '__builtin_prefetch')

# Indices beyond an array stop the program, as they do under `make check-asan`.
BOUNDS = ['-fsanitize=bounds', '-fsanitize-undefined-trap-on-error']

# What a file is compiled with to be looked at more closely, and the first words of what is said then.
SANITIZED = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer']
SANITIZER_SAYS = re.compile(rb'ERROR: AddressSanitizer|: runtime error: ')
ARENAS = 'src/base/alloc.c'  # leave gaps between their pieces under the sanitizer

Mutation = collections.namedtuple('Mutation', 'file line text change start end new')


def tokens_of(source):
    """(kind, text, start) of every token; preprocessor lines are passed over."""
    tokens, at = [], 0
    while at < len(source):
        if source[at] == '#' and source[:at].rpartition('\n')[2].strip() == '':
            while True:
                end = source.find('\n', at)
                end = len(source) if end < 0 else end
                at = end + 1
                if source[end - 1:end] != '\\':
                    break
            continue
        match = TOKEN.match(source, at)
        if match.lastgroup != 'skip':
            tokens.append((match.lastgroup, match.group(), at))
        at = match.end()
    return tokens


def partners(tokens):
    """The index of the bracket that closes each opening one, and the other way round."""
    other, open_at = {}, []
    for i, (kind, text, _) in enumerate(tokens):
        if kind == 'sign' and text in '([{':
            open_at.append(i)
        elif kind == 'sign' and text in ')]}' and open_at:
            other[i] = open_at.pop()
            other[other[i]] = i
    return other


def declares(tokens, other, bracket):
    """Is this bracket, whose name follows a comma, the size of another array of one declaration?"""
    i = bracket - 2
    while i > 0 and tokens[i][1] not in (';', '{', '}', '(', '['):
        i = other.get(i, i) - 1 if tokens[i][1] in ')]}' else i - 1
    if tokens[i][1] in ('(', '['):
        return False
    words = [t for t in tokens[i + 1:i + 5] if t[1] not in ('const', 'static', '*')]
    return len(words) > 1 and words[0][0] == words[1][0] == 'name' and words[0][1] not in ('return', 'else', 'case')


def passed_over(tokens, other):
    """Indices inside assertions, prefetches, enumerations, `{0}` and sizes of declared arrays."""
    out = set()
    for i, (kind, text, _) in enumerate(tokens):
        if kind == 'name' and text in UNSEEN and i + 1 in other:
            out.update(range(i, other[i + 1] + 1))
        elif kind == 'name' and ALLOCATES.search(text) and i + 1 in other:
            out.update(j for j in range(i, other[i + 1])
                       if tokens[j][0] == 'number' or tokens[j][1] in ARITHMETIC or tokens[j][1] in LIMITS)
        elif kind == 'name' and text == 'enum':
            j = i + 1 if i + 1 < len(tokens) and tokens[i + 1][1] == '{' else i + 2
            if j < len(tokens) and tokens[j][1] == '{':
                out.update(range(i, other[j] + 1))
        elif text == '{' and other.get(i) == i + 2 and tokens[i + 1][1] == '0':
            out.add(i + 1)
        elif text == '[' and i > 1 and tokens[i - 1][0] == 'name' and (
                tokens[i - 2][0] == 'name' and tokens[i - 2][1] not in ('return', 'else', 'case') or
                tokens[i - 2][1] == '*' and tokens[i - 3][0] == 'name' and
                tokens[i - 4][1] in (';', '{', '}', 'const') or tokens[i - 2][1] == ',' and declares(tokens, other, i)):
            end = other[i]
            while tokens[end + 1][1] == '[':
                end = other[end + 1]
            out.update(range(i, end + 1))
    return out


def number_swaps(text):
    match = re.fullmatch(r'(\d+)([uUlL]*)', text)
    if match and not (text.startswith('0') and len(match.group(1)) > 1):
        value = int(match.group(1))
        return [f'{value + 1}{match.group(2)}'] + ([f'{value - 1}{match.group(2)}'] if value > 0 else [])
    if re.fullmatch(r'\d*\.\d*|\d+\.?\d*[eE][-+]?\d+|\d*\.\d+[eE][-+]?\d+', text) and text != '.':
        return [f'({text} + 1)', f'({text} - 1)']
    return []


def mutations_of(path, source):
    """Every mutation that can be drawn in a source.  Lines of one text are told apart: TEXT, TEXT <2>, ..."""
    tokens = tokens_of(source)
    other = partners(tokens)
    out_of_reach = passed_over(tokens, other)
    starts = [0] + [m.end() for m in re.finditer('\n', source)]
    found, seen = [], collections.Counter()
    texts, before = [], collections.Counter()
    for line in source.split('\n'):
        text = ' '.join(line.split())
        before[text] += 1
        texts.append(text if before[text] == 1 else f'{text} <{before[text]}>')

    def add(start, end, new, change):
        line = source.count('\n', 0, start)
        whole = source[starts[line]:].split('\n', 1)[0]
        if NO_MEMORY.search(whole) and (
                change in ('if always false', 'return 0', 'statement dropped', '&& to ||', '|| to &&') or
                'qy_fail' in whole and change[0].isdigit()):
            return
        text = texts[line]
        seen[line, change] += 1
        if seen[line, change] > 1:
            change += f' ({seen[line, change]})'
        old = source[start:end]
        new += '\n' * (old.count('\n') - new.count('\n'))
        found.append(Mutation(path, line + 1, text, change, start, end, new))

    for i, (kind, text, at) in enumerate(tokens):
        if i in out_of_reach or i == 0 or i + 1 >= len(tokens):
            continue
        before, after = tokens[i - 1], tokens[i + 1]
        operand = before[0] in ('number', 'name', 'text') and before[1] not in NO_STATEMENT or before[1] in (')', ']')
        if kind == 'number':
            for new in number_swaps(text):
                none = (tokens[i - 2][1], after[1]) in ((',', ','), (',', ')'), ('return', ';'))
                if new == '2' and before[1] == '-' and none:
                    continue
                add(at, at + len(text), new, f'{text} to {new}')
        elif kind == 'sign' and text in SWAPS and operand:
            for new in SWAPS[text]:
                add(at, at + len(text), new, f'{text} to {new}')
        elif kind == 'sign' and text in ARITHMETIC and operand and source[at + 1] in ' \n':
            add(at, at + 1, ARITHMETIC[text], f'{text} to {ARITHMETIC[text]}')
        elif text == '!':
            add(at, at + 1, '', '! dropped')
        elif kind == 'name' and text in LIMITS and after[1] == '(':
            add(at, at + len(text), LIMITS[text], f'{text} to {LIMITS[text]}')
        elif text in ('if', 'while') and after[1] == '(' and i + 1 in other:
            start, end = after[2], tokens[other[i + 1]][2] + 1
            whole = source[start:end]
            for value, word in ((1, 'true'), (0, 'false')):
                if text == 'if' or value == 0:
                    add(start, end, f'({whole}, {value})', f'{text} always {word}')
        elif text == 'return' and after[1] not in (';', '0', '{'):
            end = i
            while tokens[end][1] != ';':
                end = other[end] if tokens[end][1] in '([{' and end in other else end
                end += 1
            add(at, tokens[end][2], 'return 0', 'return 0')
        if kind == 'name' and text not in NO_STATEMENT and before[1] in (';', '{', '}', ')', 'else') and \
                after[0] == 'sign' and after[1] not in (':', '*', ')', ','):
            end, names = i, [text]
            while end < len(tokens) and tokens[end][1] not in (';', '{', '}'):
                if tokens[end][1] in '([' and end in other:
                    end = other[end]
                end += 1
            called = text if after[1] == '(' else ''
            if end < len(tokens) and tokens[end][1] == ';' and not GIVES_BACK.search(called):
                add(at, tokens[end][2], '', 'statement dropped')
    return found


def shuffled(candidates, seed):
    """By hashes of the seed and of each one's file, line's text, change, and how many such came before."""
    seen, order = collections.Counter(), []
    for m in candidates:
        own = (m.file, m.text, m.change)
        seen[own] += 1
        order.append((hashlib.sha256(repr((seed, own, seen[own])).encode()).digest(), m))
    return [m for _, m in sorted(order)]


def equivalents(path):
    """(file, line's text, change) of the mutations that change nothing, with the reason."""
    table = {}
    if os.path.exists(path):
        for line in open(path, encoding='utf-8'):
            cells = line.rstrip('\n').split('\t')
            if len(cells) == 4 and not line.startswith('#'):
                table[tuple(cells[:3])] = cells[3]
    return table


class Build:
    """Objects, libraries and copies of the tree under one directory."""

    def __init__(self, options):
        self.build = os.path.abspath(options.build)
        self.here = os.path.abspath(options.build + '-mutate')
        self.compiler = options.cc.split()
        flags = (options.cppflags + ' ' + options.cflags).replace(f'-isystem {options.build}/',
                                                                  f'-isystem {self.build}/').split()
        self.flags = flags + ['-w', '-g0', '-O1']
        self.link = options.ldflags.split()
        self.libraries = options.ldlibs.split()
        self.all = os.path.join(self.here, 'all')
        found = subprocess.run(self.compiler + ['-print-file-name=libasan.so'], capture_output=True, text=True,
                               check=False).stdout.strip()
        self.sanitizer = os.path.realpath(found) if os.path.isabs(found) else None  # gcc's alone
        os.makedirs(self.all, exist_ok=True)

    def run(self, command, **more):
        done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
        if done.returncode != 0:
            sys.exit(f'mutate: {" ".join(command)[:200]}\n{done.stderr[:2000]}')

    def shared(self, out, inputs, name):
        self.run(self.compiler + ['-shared', '-s', f'-Wl,-soname,{name}', '-o', out] + self.link + inputs)

    def libraries_of_all(self):
        """The shared library of every object, and one without any that mutants stand in for."""
        archive, whole = f'{self.build}/libquarry.a', f'{self.all}/libeverything.so'
        objects = sorted(f'{self.build}/src/cli/{f}' for f in os.listdir(f'{self.build}/src/cli') if f.endswith('.o'))
        if not os.path.exists(whole) or os.path.getmtime(whole) < os.path.getmtime(f'{self.build}/quarry'):
            self.shared(whole, ['-Wl,--whole-archive', archive, '-Wl,--no-whole-archive'] + objects + self.libraries,
                        'libeverything.so')
        if self.sanitizer:
            self.arenas = f'{self.all}/arenas.o'
            self.run(self.compiler + self.flags + SANITIZED + ['-c', '-o', self.arenas, ARENAS])
        empty = f'{self.all}/empty.c'
        with open(empty, 'w', encoding='utf-8') as file:
            file.write('typedef int nothing;\n')
        self.shared(f'{self.all}/libmutant.so', [empty], 'libmutant.so')
        self.link_program([empty], f'{self.here}/quarry')

    def link_program(self, inputs, out):
        """A program on a mutant's library, or on the empty one where a test leaves no environment that names one."""
        self.run(self.compiler + self.flags + ['-Itests', '-o', out] + inputs + self.link +
                 ['-Wl,--no-as-needed', f'-L{self.all}', '-lmutant', '-leverything', '-Wl,--enable-new-dtags',
                  f'-Wl,-rpath,{self.all}'] + self.libraries)

    def beside_program(self, tests):
        """What tests of the program find beside it: the readers in one program, allocations that fail."""
        if 'tests/cli/test_fuzz.sh' in tests:
            os.makedirs(f'{self.here}/fuzz', exist_ok=True)
            self.link_program(sorted(f'tests/fuzz/{f}' for f in os.listdir('tests/fuzz') if f.endswith('.c')),
                              f'{self.here}/fuzz/fuzz')
        if 'tests/cli/test_allocations.c' in tests:
            os.makedirs(f'{self.here}/tests', exist_ok=True)
            self.run(self.compiler + self.flags + ['-shared', '-o', f'{self.here}/tests/fail_alloc.so',
                                                   'tests/fail_alloc.c'])

    def program_of(self, source):
        """The test program of a source; made when it is older than the source or a header of the tests."""
        out = f'{self.here}/{source[:-2]}'
        os.makedirs(os.path.dirname(out), exist_ok=True)
        near = [source] + [f'{d}/{f}' for d in ('tests', os.path.dirname(source)) for f in os.listdir(d)
                           if f.endswith('.h')]
        if not os.path.exists(out) or os.path.getmtime(out) < max(os.path.getmtime(f) for f in near):
            self.link_program([source], out)
        return out

    def tree(self, name):
        """A copy of what tests read, which a mutant may spoil."""
        out = f'{self.here}/{name}'
        shutil.rmtree(out, ignore_errors=True)
        os.makedirs(out)
        for entry in ('Makefile', 'README.md', 'db', 'experiments', 'include', 'plots', 'src', 'tests'):
            copy = shutil.copytree if os.path.isdir(entry) else shutil.copy2
            copy(entry, f'{out}/{entry}')
        return out


class Test:
    def __init__(self, build, source):
        self.source = source
        self.command = [build.program_of(source)] if source.endswith('.c') else [source]
        self.seconds, self.cpu_seconds, self.lines = 0.0, 0.0, {}

    def run(self, build, tree, library, limited=True, more=None, fails=re.compile(b'^not ok')):
        """None when it passes, otherwise what was seen.  Stops at the first line that fails; limited: to a few times
        the processor's time that it took on sound code (a sanitizer sets its own limits, and maps terabytes)."""
        scratch = f'{tree}/scratch'
        shutil.rmtree(scratch, ignore_errors=True)
        os.makedirs(f'{scratch}/cache')
        environment = dict(os.environ, BUILD=build.here, TMPDIR=scratch, XDG_CACHE_HOME=f'{scratch}/cache',
                           LD_LIBRARY_PATH=f'{library}:{build.all}', **(more or {}))
        for name in ('SEED', 'CASES'):  # of the draw, which make hands on: tests that read them would be other ones
            environment.pop(name, None)
        memory = '' if 'LD_PRELOAD' in environment else 'ulimit -v 8000000; '
        limit = f'ulimit -c 0; {memory}ulimit -t {int(self.cpu_seconds * 2) + 4}; ' if limited else ''
        process = subprocess.Popen(['sh', '-c', limit + 'exec "$@"', 'sh'] + self.command, cwd=tree, env=environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   start_new_session=True)
        late = threading.Timer(self.seconds * 5 + 30 if limited else 1800, os.killpg, (process.pid, signal.SIGKILL))
        late.start()
        planned = False
        try:
            for line in process.stdout:
                if fails.search(line):
                    return line.decode(errors='replace').strip()
                planned |= line.startswith(b'1..')
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if not limited:
                self.cpu_seconds = usage.ru_utime + usage.ru_stime
            return None if process.returncode == 0 and planned else f'ended with {process.returncode}'
        finally:
            late.cancel()
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.stdout.close()
            process.wait()


def lines_reached(directory, tree, files):
    """For each source the lines that were counted: line -> times."""
    reached = {}
    counts_of = [os.path.join(base, name) for base, _, names in os.walk(directory) for name in names
                 if name.endswith('.gcda')]
    done = subprocess.run(['gcov', '--json-format', '--stdout'] + counts_of, capture_output=True, check=False,
                          cwd=tree) if counts_of else None
    for line in done.stdout.splitlines() if done else []:
        for file in json.loads(line).get('files', []):
            if file['file'] in files:
                counts = reached.setdefault(file['file'], {})
                for row in file['lines']:
                    counts[row['line_number']] = counts.get(row['line_number'], 0) + row['count']
    return reached


class Kept:
    """What tests of a module were counted to reach, kept while no source, no data and not the test itself changes."""

    def __init__(self, build, module):
        self.path = f'{build.here}/counts-{module}.json'
        self.rest = hashlib.sha256()
        for top in ('src', 'include', 'db', 'experiments'):
            for base, folders, names in os.walk(top):
                folders.sort()
                for name in sorted(names):
                    with open(f'{base}/{name}', 'rb') as file:
                        self.rest.update(f'{base}/{name}\n'.encode() + hashlib.sha256(file.read()).digest())
        try:
            with open(self.path, encoding='utf-8') as file:
                self.rows = json.load(file)
        except (OSError, ValueError):
            self.rows = {}

    def key(self, source):
        one = self.rest.copy()
        folder = os.path.dirname(source)
        for path in [source] + sorted(f'{d}/{f}' for d in ('tests', folder) for f in os.listdir(d)
                                      if f.endswith('.h')):
            with open(path, 'rb') as file:
                one.update(file.read())
        return one.hexdigest()

    def take(self, test):
        """Whether the test's counts were kept; if so they are set."""
        row = self.rows.get(test.source)
        if row and row['key'] == self.key(test.source):
            test.failed, test.seconds, test.cpu_seconds = None, row['seconds'], row['cpu_seconds']
            test.lines = {f: {int(n): c for n, c in lines.items()} for f, lines in row['lines'].items()}
            return True
        return False

    def add(self, test):
        if not test.failed:
            self.rows[test.source] = {'key': self.key(test.source), 'seconds': test.seconds,
                                      'cpu_seconds': test.cpu_seconds, 'lines': test.lines}

    def write(self):
        with open(self.path, 'w', encoding='utf-8') as file:
            json.dump(self.rows, file)


def counting_library(build, tree, files, module, pool):
    """The directory of a library whose objects of the module count lines."""
    library = f'{build.here}/counting-{module}'
    shutil.rmtree(library, ignore_errors=True)
    os.makedirs(library)
    objects = {path: f'{library}/{os.path.basename(path)[:-2]}.o' for path in files}
    counting = ['--coverage', '-fprofile-abs-path', '-c']
    list(pool.map(lambda path: build.run(build.compiler + build.flags + counting + ['-o', objects[path], path],
                                         cwd=tree), files))
    build.shared(f'{library}/libmutant.so', ['--coverage'] + list(objects.values()), 'libmutant.so')
    return library


def count_lines(build, trees, tests, files, module, pool):
    """Runs every test once on counting objects; leaves out those that fail on sound code."""
    kept = Kept(build, module)
    uncounted = [test for test in tests if not kept.take(test)]
    library = counting_library(build, trees[0], files, module, pool) if uncounted else None
    free, wanted = list(trees), {f'{trees[0]}/{f}' for f in files}

    def one(test):
        tree, counts = free.pop(), f'{library}/{test.source.replace("/", "-")}'
        start = time.monotonic()
        test.failed = test.run(build, tree, library, False, {'GCOV_PREFIX': counts})
        test.seconds = time.monotonic() - start
        free.append(tree)
        for base, _, names in os.walk(counts):
            for name in names:
                if name.endswith('.gcda'):
                    shutil.copy(f'{library}/{name[:-5]}.gcno', base)
        test.lines = lines_reached(counts, trees[0], wanted)
        shutil.rmtree(counts, ignore_errors=True)

    list(pool.map(one, uncounted))
    for test in uncounted:
        kept.add(test)
        if test.failed:
            print(f'left out: {test.source} fails on sound code here ({test.failed})', flush=True)
    kept.write()
    if library:
        shutil.rmtree(library)
    return [test for test in tests if not test.failed]


def reaches(test, tree, mutation):
    """Whether a test came to the mutated line, or to the counted lines next to it; tables count as reached."""
    counts = test.lines.get(f'{tree}/{mutation.file}')
    if not counts:
        return False
    before = max((n for n in counts if n <= mutation.line), default=None)
    after = min((n for n in counts if n >= mutation.line), default=None)
    near = [n for n in (before, after) if n is not None and abs(n - mutation.line) < 8]
    return not near or any(counts[n] > 0 for n in near)


def print_unreached(tests, tree):
    """The lines of each file that no test came to, as ranges."""
    counts = collections.defaultdict(collections.Counter)
    for test in tests:
        for file, lines in test.lines.items():
            counts[os.path.relpath(file, tree)].update(lines)
    for file, lines in sorted(counts.items()):
        none = [n for n in sorted(lines) if lines[n] == 0]
        print(f'{file}: {len(lines) - len(none)} of {len(lines)} lines reached; not:', *none)


class Mutants:
    def __init__(self, build, tests, counting_tree, sources, jobs):
        self.build, self.tests, self.counting_tree, self.sources = build, tests, counting_tree, sources
        self.trees = [build.tree(f'tree-{n}') for n in range(jobs)]
        self.free_trees = list(self.trees)
        self.lock = threading.Lock()
        self.kills = collections.Counter()
        self.tell, self.every = False, False
        self.originals = {}

    def with_tree(self, work, *given):
        with self.lock:
            tree = self.free_trees.pop()
        try:
            return work(tree, *given)
        finally:
            with self.lock:
                self.free_trees.append(tree)

    def compile(self, tree, path, source, out, checks):
        """The object's bytes, or None when it does not compile.  The tree's own source is put back."""
        with open(f'{tree}/{path}', 'w', encoding='utf-8') as file:
            file.write(source)
        done = subprocess.run(self.build.compiler + self.build.flags + checks + ['-c', '-o', out, path], cwd=tree,
                              check=False, capture_output=True)
        with open(f'{tree}/{path}', 'w', encoding='utf-8') as file:
            file.write(self.sources[path])
        if done.returncode != 0:
            return None
        with open(out, 'rb') as file:
            return file.read()

    def mutated(self, mutation):
        source = self.sources[mutation.file]
        return source[:mutation.start] + mutation.new + source[mutation.end:]

    def library(self, directory, checks, beside=()):
        self.build.shared(f'{directory}/libmutant.so', checks + [f'{directory}/m.o', *beside], 'libmutant.so')

    def make(self, tree, number, mutation):
        """The directory of a mutant's library, or None when it does not compile or is the same object."""
        directory = f'{self.build.here}/mutant-{number}'
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory)
        object_file = f'{directory}/m.o'
        if mutation.file not in self.originals:
            self.originals[mutation.file] = self.compile(tree, mutation.file, self.sources[mutation.file], object_file,
                                                         BOUNDS)
        made = self.compile(tree, mutation.file, self.mutated(mutation), object_file, BOUNDS)
        if made is None or made == self.originals[mutation.file]:
            shutil.rmtree(directory)
            return None
        self.library(directory, [])
        return directory

    def look_closely(self, tree, mutation, directory, tests):
        """What a sanitizer says of the mutant in one of the tests, but not of sound code; else None."""
        more = {'LD_PRELOAD': self.build.sanitizer,
                'ASAN_OPTIONS': 'detect_leaks=0:allocator_may_return_null=1:hard_rss_limit_mb=8000'}

        arenas = [self.build.arenas] if mutation.file != ARENAS else []

        def make(source):
            if self.compile(tree, mutation.file, source, f'{directory}/m.o', SANITIZED):
                self.library(directory, SANITIZED, arenas)

        def said(test):
            seen = test.run(self.build, tree, directory, True, more, SANITIZER_SAYS)
            return seen if seen and SANITIZER_SAYS.search(seen.encode()) else None

        make(self.mutated(mutation))
        for test in tests:
            seen = said(test)
            if seen:
                make(self.sources[mutation.file])
                return None if said(test) else f'{test.source}: {seen}'
        return None

    def draw(self, candidates, known, count, pool):
        """The first COUNT of the shuffled candidates, one a line, that compile to something else."""
        drawn, lines, at = [], set(), 0
        while len(drawn) < count and at < len(candidates):
            batch = []
            while len(batch) < count - len(drawn) and at < len(candidates):
                mutation = candidates[at]
                fresh = self.every or (mutation.file, mutation.line) not in lines
                if fresh and mutation[0:1] + mutation[2:4] not in known:
                    lines.add((mutation.file, mutation.line))
                    batch.append((at, mutation))
                at += 1
            for (_, mutation), directory in zip(batch, pool.map(
                    lambda item: self.with_tree(self.make, *item), batch)):
                if directory:
                    drawn.append((mutation, directory))
        return drawn

    def judge(self, tree, mutation, directory):
        """(what noticed it or None, how many tests ran)."""
        fit = [t for t in self.tests if reaches(t, self.counting_tree, mutation)]
        fit.sort(key=lambda t: (t.cpu_seconds + 0.05) / (1 + self.kills[t.source]))
        for test in fit:
            seen = test.run(self.build, tree, directory)
            if seen:
                self.kills[test.source] += 1
                if self.tell:
                    print(f'noticed  {mutation.file}:{mutation.line}  {mutation.change}  [{mutation.text}]  '
                          f'{test.source}: {seen}', flush=True)
                return f'{test.source}: {seen}', len(fit)
        in_c = [t for t in fit if t.source.endswith('.c')]
        seen = self.look_closely(tree, mutation, directory, in_c) if self.build.sanitizer else None
        if seen:
            if self.tell:
                print(f'noticed  {mutation.file}:{mutation.line}  {mutation.change}  [{mutation.text}]  {seen}',
                      flush=True)
            return seen, len(fit)
        if self.tell:
            print(f'survived {mutation.file}:{mutation.line}  {mutation.change}  [{mutation.text}]', flush=True)
        return None, len(fit)


def options_given():
    parser = argparse.ArgumentParser(description='mutate a module and run its tests')
    parser.add_argument('module')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--count', type=int, default=40)
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    parser.add_argument('--build', default='build')
    parser.add_argument('--list', action='store_true', help='only print every mutation that can be drawn')
    parser.add_argument('--unreached', action='store_true', help='only print the lines that no test comes to')
    parser.add_argument('--killed', action='store_true', help='print the noticed ones too')
    parser.add_argument('--at', default='', help='only the mutations of these lines: src/pe/mac.c:20,src/pe/mac.c:31')
    parser.add_argument('--listed', default='', metavar='WORDS',
                        help='those listed as equivalent for a reason with these words: which are noticed after all')
    parser.add_argument('--quick', action='store_true', help="only the module's own tests in C")
    for name in ('cc', 'cppflags', 'cflags', 'ldflags', 'ldlibs'):
        parser.add_argument('--' + name, default='')
    return parser.parse_args()


def main():
    options = options_given()
    if not os.path.isdir(f'src/{options.module}') or not os.path.isdir(f'tests/{options.module}'):
        print(f'mutate: expected MODULE, a folder of src and tests, found "{options.module}"', file=sys.stderr)
        return 2
    files = sorted(f'src/{options.module}/{f}' for f in os.listdir(f'src/{options.module}') if f.endswith('.c'))
    candidates, sources = [], {}
    for path in files:
        with open(path, encoding='utf-8') as file:
            sources[path] = file.read()
        candidates += mutations_of(path, sources[path])
    if options.list:
        for m in candidates:
            print(f'{m.file}:{m.line}\t{m.text}\t{m.change}')
        return 0
    known = equivalents('tests/mutants_equivalent.tsv')
    present = {m[0:1] + m[2:4] for m in candidates}
    for key in known:
        if key[0].startswith(f'src/{options.module}/') and key not in present:
            print('tests/mutants_equivalent.tsv: no longer in the source: ' + ' | '.join(key))
    candidates = shuffled(candidates, options.seed)
    if options.listed:
        candidates = [m for m in candidates if options.listed in known.get(m[0:1] + m[2:4], '')]
        known, options.count, options.killed = {}, len(candidates), True
    if options.at:
        candidates = [m for m in candidates if f'{m.file}:{m.line}' in options.at.split(',')]

    build = Build(options)
    build.libraries_of_all()
    counting_tree = build.tree('tree-counting')
    names = [f'tests/{options.module}/{f}' for f in sorted(os.listdir(f'tests/{options.module}'))
             if re.fullmatch(r'test_\w+\.(c|sh)', f)]
    names += [f'tests/{t.replace("/", "/test_")}' if '/' in t else f'tests/cli/test_{t}.sh'
              for t in CLI_TESTS.get(options.module, '').split()]
    names = [n for n in names if os.path.exists(n) and n not in BUILD_IT]
    if options.quick:
        names = [n for n in names if re.fullmatch(f'tests/{options.module}/test_\\w+\\.c', n)]
    build.beside_program(names)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        tests = list(pool.map(lambda n: Test(build, n), names))
        trees = [counting_tree] + [build.tree(f'tree-{n}') for n in range(1, options.jobs)]
        tests = count_lines(build, trees, tests, files, options.module, pool)
        if options.unreached:
            print_unreached(tests, counting_tree)
            return 0
        mutants = Mutants(build, tests, counting_tree, sources, options.jobs)
        mutants.tell, mutants.every = options.killed, bool(options.at or options.listed)
        drawn = mutants.draw(candidates, known, options.count, pool)
        results = list(pool.map(lambda d: mutants.with_tree(mutants.judge, *d), drawn))
    survivors = [(m, ran) for (m, _), (seen, ran) in zip(drawn, results) if not seen]
    for directory in [d for _, d in drawn] + trees + mutants.trees:
        shutil.rmtree(directory, ignore_errors=True)
    for m, ran in sorted(survivors):
        print(f'survived {m.file}:{m.line}  {m.change}  [{m.text}]  {ran} tests reach it')
    score = 100.0 * (len(drawn) - len(survivors)) / max(1, len(drawn))
    print(f'{options.module}: seed {options.seed}: {len(drawn) - len(survivors)} of {len(drawn)} mutants noticed, '
          f'{score:.1f} %')
    return 0 if drawn and score >= 90 else 1


if __name__ == '__main__':
    sys.exit(main())
