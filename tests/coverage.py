#!/usr/bin/env python3
"""Lines and branches that the tests reach, by module, and the files least reached: a table from gcov's JSON.

`make coverage` builds with --coverage, runs the tests and calls it with the directory of the build.
"""
import json
import os
import subprocess
import sys


def counts(build):
    """For each source: {line: times}, {(line, n): times of the n-th branch there}."""
    sources = {}
    for base, _, names in os.walk(f'{build}/src'):
        for name in sorted(names):
            if not name.endswith('.gcno'):
                continue
            done = subprocess.run(['gcov', '--json-format', '--stdout', '--branch-probabilities',
                                   os.path.join(base, name)], capture_output=True, check=True)
            for text in done.stdout.splitlines():
                for file in json.loads(text)['files']:
                    path = os.path.relpath(file['file'])
                    if not path.startswith('src/'):
                        continue
                    lines, branches = sources.setdefault(path, ({}, {}))
                    for row in file['lines']:
                        at = row['line_number']
                        lines[at] = lines.get(at, 0) + row['count']
                        for n, branch in enumerate(b for b in row['branches'] if not b['throw']):
                            branches[at, n] = branches.get((at, n), 0) + branch['count']
    return sources


def share(table):
    """Per cent of a table's entries that were reached, or a dash."""
    return f'{100 * sum(1 for n in table if n > 0) / len(table):.1f}' if table else '-'


def main():
    sources = counts(sys.argv[1])
    modules = {}
    for path, (lines, branches) in sources.items():
        for name in (path.split('/')[1], 'all'):
            both = modules.setdefault(name, ([], []))
            both[0].extend(lines.values())
            both[1].extend(branches.values())
    print(f'{"module":<12}{"lines":>8}{"reached":>9}{"branches":>10}{"reached":>9}')
    for name in sys.argv[2].split() + ['all']:
        if name in modules:
            lines, branches = modules[name]
            print(f'{name:<12}{len(lines):>8}{share(lines):>8}%{len(branches):>10}{share(branches):>8}%')
    print('\nleast reached files (lines, branches)')
    few = sorted((sum(1 for n in lines.values() if n > 0) / len(lines), path) for path, (lines, _) in sources.items()
                 if len(lines) >= 10)
    for part, path in few[:20]:
        print(f'{100 * part:7.1f} % {share(sources[path][1].values()):>6} %  {path}')


if __name__ == '__main__':
    main()
